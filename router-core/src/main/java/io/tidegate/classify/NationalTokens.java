package io.tidegate.classify;

import static io.tidegate.model.Likelihood.LIKELY;
import static io.tidegate.model.Likelihood.POSSIBLE;
import static io.tidegate.model.Likelihood.VERY_LIKELY;

/** Personal numbers of other countries with letters in them: NINO, PAN, NIF, codice fiscale, NRIC, MBI, VIN and others. */
final class NationalTokens extends BuiltIn {
  private static final long IDENTITY = Topic.NATIONAL_ID.bit() | Topic.SSN.bit() | Topic.CN_ID.bit() | Topic.TAX_ID.bit();
  private static final String NIF_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE";

  NationalTokens() {
    super("national-token", 0, 6, 6, 4, 18);
  }

  /** Each pattern character: 9 digit, A letter, anything else itself; the whole token must match. */
  private static boolean shape(Piece piece, int start, int end, String pattern) {
    if (end - start != pattern.length()) {
      return false;
    }
    for (int i = 0; i < pattern.length(); i++) {
      char c = piece.chars[start + i];
      char p = pattern.charAt(i);
      if (p == '9' ? !Piece.digit(c) : p == 'A' ? !Piece.letter(c) : p != '*' && c != p) {
        return false;
      }
    }
    return true;
  }

  @Override
  void onToken(Piece piece, int start, int end, Sink sink) {
    boolean context = piece.near(IDENTITY, start, end);
    boolean upper = Piece.upper(piece.chars[start]) || Piece.digit(piece.chars[start]);
    switch (end - start) {
      case 4 -> dashedMbi(piece, start, sink);
      case 9 -> nine(piece, start, end, context, upper, sink);
      case 10 -> {
        if (shape(piece, start, end, "AAAAA9999A") && (context || upper && "PCHABGJLFT".indexOf(piece.chars[start + 3]) >= 0)) {
          sink.found("TAX_ID", start, end, context ? VERY_LIKELY : LIKELY);
        }
      }
      case 11 -> {
        if (mbi(piece, start, end)) {
          sink.found("HEALTH_ID", start, end, piece.near(Topic.HEALTH_ID.bit() | Topic.PATIENT.bit(), start, end) ? VERY_LIKELY : POSSIBLE);
        }
      }
      case 15 -> {
        if (shape(piece, start, end, "99AAAAA9999A*A*") && upper) {
          sink.found("TAX_ID", start, end, LIKELY);
        }
      }
      case 16 -> {
        if (shape(piece, start, end, "AAAAAA99A99A999A") && upper) {
          sink.found("NATIONAL_ID", start, end, context ? VERY_LIKELY : LIKELY);
        }
      }
      case 17 -> vin(piece, start, end, sink);
      case 18 -> {
        if (shape(piece, start, end, "AAAA999999AAAAAA99") && (piece.chars[start + 10] == 'H' || piece.chars[start + 10] == 'M')) {
          sink.found("NATIONAL_ID", start, end, VERY_LIKELY);
        }
      }
      default -> { }
    }
  }

  private static void nine(Piece piece, int start, int end, boolean context, boolean upper, Sink sink) {
    char[] a = piece.chars;
    if (shape(piece, start, end, "99999999A") || "XYZxyz".indexOf(a[start]) >= 0 && shape(piece, start + 1, end, "9999999A")) {
      int number = "XYZ".indexOf(Character.toUpperCase(a[start]));
      for (int i = start + (number >= 0 ? 1 : 0), value = Math.max(0, number); i < end; i++) {
        if (i == end - 1) {
          boolean valid = NIF_LETTERS.charAt(value % 23) == Character.toUpperCase(a[i]);
          if (context || valid && upper) {
            sink.found("NATIONAL_ID", start, end, valid ? context ? VERY_LIKELY : LIKELY : LIKELY);
          }
        }
        value = value * 10 + a[i] - '0';
      }
    } else if (shape(piece, start, end, "A9999999A") && "STFGMstfgm".indexOf(a[start]) >= 0) {
      boolean valid = nric(a, start);
      if (context || valid && upper) {
        sink.found("NATIONAL_ID", start, end, valid && context ? VERY_LIKELY : LIKELY);
      }
    } else if (shape(piece, start, end, "AA999999A") && nino(a[start], a[start + 1], a[end - 1])) {
      sink.found("NATIONAL_ID", start, end, context ? VERY_LIKELY : upper ? LIKELY : POSSIBLE);
    }
  }

  /** UK national insurance number with spaces: {@code AB 12 34 56 C}. */
  @Override
  void onNumber(DigitSpan n, Sink sink) {
    Piece piece = n.piece;
    if (n.shape(2, 2, 2) && n.only(DigitSpan.SPACE | DigitSpan.DASH) && (n.previous() == ' ' || n.previous() == '-') && (n.following() == ' ' || n.following() == '-')) {
      int first = n.start - 3;
      boolean alone = !Piece.alnum(piece.peek(first - 1)) && !Piece.alnum(piece.peek(n.end + 2));
      if (alone && nino(piece.peek(first), piece.peek(first + 1), piece.peek(n.end + 1))) {
        boolean context = piece.near(IDENTITY, n.start, n.end);
        sink.found("NATIONAL_ID", first, n.end + 2, context ? VERY_LIKELY : Piece.upper(piece.peek(first)) ? LIKELY : POSSIBLE);
      }
    }
  }

  private static boolean nino(char first, char second, char last) {
    return "ABCEGHJKLMNOPRSTWXYZ".indexOf(Character.toUpperCase(first)) >= 0 && "ABCEGHJKLMNPRSTWXYZ".indexOf(Character.toUpperCase(second)) >= 0
        && "ABCD".indexOf(Character.toUpperCase(last)) >= 0 && !(Character.toUpperCase(first) == 'G' && Character.toUpperCase(second) == 'B');
  }

  private static boolean nric(char[] a, int at) {
    int[] weights = {2, 7, 6, 5, 4, 3, 2};
    int sum = "TGtg".indexOf(a[at]) >= 0 ? 4 : (a[at] | 0x20) == 'm' ? 3 : 0;
    for (int i = 0; i < 7; i++) {
      sum += (a[at + 1 + i] - '0') * weights[i];
    }
    String letters = "STst".indexOf(a[at]) >= 0 ? "JZIHGFEDCBA" : "XWUTRQPNMLK";
    return letters.charAt(sum % 11) == Character.toUpperCase(a[at + 8]);
  }

  /** US Medicare beneficiary identifier: C A AN N A AN N A A N N without S L O I B Z. */
  private static boolean mbi(Piece piece, int start, int end) {
    char[] a = piece.chars;
    String kinds = "9AX9AX9AA99";
    if (a[start] == '0') {
      return false;
    }
    for (int i = 0; i < 11; i++) {
      char c = Character.toUpperCase(a[start + i]);
      boolean letter = Piece.letter(c) && "SLOIBZ".indexOf(c) < 0;
      char kind = kinds.charAt(i);
      if (kind == '9' ? !Piece.digit(c) : kind == 'A' ? !letter : !letter && !Piece.digit(c)) {
        return false;
      }
    }
    return end - start == 11;
  }

  private static void dashedMbi(Piece piece, int start, Sink sink) {
    if (piece.peek(start + 4) != '-' || piece.peek(start + 8) != '-' || Piece.alnum(piece.peek(start + 13))) {
      return;
    }
    char[] joined = new char[11];
    for (int i = 0, from = start; i < 11; i++, from++) {
      from += i == 4 || i == 7 ? 1 : 0;
      joined[i] = piece.peek(from);
    }
    if (mbi(Piece.of(joined, 11), 0, 11)) {
      sink.found("HEALTH_ID", start, start + 13, piece.near(Topic.HEALTH_ID.bit() | Topic.PATIENT.bit(), start, start + 13) ? VERY_LIKELY : LIKELY);
    }
  }

  private static void vin(Piece piece, int start, int end, Sink sink) {
    char[] a = new char[17];
    int letters = 0;
    boolean upper = true;
    for (int i = 0; i < 17; i++) {
      char c = piece.chars[start + i];
      upper &= !Piece.letter(c) || Piece.upper(c);
      a[i] = Character.toUpperCase(c);
      letters += Piece.letter(c) ? 1 : 0;
      if (a[i] == 'I' || a[i] == 'O' || a[i] == 'Q') {
        return;
      }
    }
    boolean tail = Piece.digit(a[13]) && Piece.digit(a[14]) && Piece.digit(a[15]) && Piece.digit(a[16]);
    boolean context = piece.near(Topic.VIN.bit(), start, end);
    if (letters < 2 || letters > 14 || !tail && !context) {
      return;
    }
    boolean valid = CheckDigits.vin(a, 0);
    if (context || valid && upper) {
      sink.found("VIN", start, end, context && valid ? VERY_LIKELY : LIKELY);
    } else if (upper) {
      sink.found("VIN", start, end, POSSIBLE);
    }
  }
}
