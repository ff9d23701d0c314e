package io.tidegate.classify;

import static io.tidegate.model.Likelihood.LIKELY;
import static io.tidegate.model.Likelihood.POSSIBLE;
import static io.tidegate.model.Likelihood.VERY_LIKELY;

/** Passports, travel permits, Hong Kong and Taiwan identity cards: short forms that need context or a bracketed check digit. */
final class DocumentNumber extends BuiltIn {
  private static final String TAIWAN_LETTERS = "ABCDEFGHJKLMNPQRSTUVXYWZIO";

  DocumentNumber() {
    super("travel-document", 0, 0, 0, 7, 11);
  }

  @Override
  void onToken(Piece piece, int start, int end, Sink sink) {
    char[] a = piece.chars;
    int length = end - start;
    int letters = 0;
    while (letters < length && Piece.letter(a[start + letters])) {
      letters++;
    }
    boolean trailing = true;
    for (int i = start + letters; i < end - 1; i++) {
      trailing &= Piece.digit(a[i]);
    }
    boolean digits = trailing && Piece.digit(a[end - 1]);
    int count = length - letters;
    boolean passport = near(piece, Topic.PASSPORT, start, end);
    if (digits && length == 9 && (letters == 1 && "EGDSPHMKLegdsp".indexOf(a[start]) >= 0 || letters == 2 && (a[start] | 0x20) == 'e')) {
      sink.found("PASSPORT", start, end, passport ? VERY_LIKELY : POSSIBLE);
    } else if (passport && count >= 5 && letters <= 3 && length >= 7 && length <= 10 && digits) {
      sink.found("PASSPORT", start, end, LIKELY);
    } else if (passport && length == 9 && letters >= 1 && distinctDigits(piece, start, end) >= 5) {
      sink.found("PASSPORT", start, end, LIKELY);
    }
    if (near(piece, Topic.TRAVEL_PERMIT, start, end) && digits && count >= 8 && letters <= 2) {
      sink.found("CN_TRAVEL_PERMIT", start, end, letters == 1 ? VERY_LIKELY : LIKELY);
    }
    if (letters == 1 || letters == 2) {
      hongKong(piece, start, end, letters, sink);
    }
    if (letters == 1 && length == 10 && digits && Piece.upper(a[start])) {
      taiwan(piece, start, sink);
    }
  }

  private static boolean near(Piece piece, Topic topic, int start, int end) {
    return piece.near(topic.bit(), start, end);
  }

  private static int distinctDigits(Piece piece, int start, int end) {
    int count = 0;
    for (int i = start; i < end; i++) {
      count += Piece.digit(piece.chars[i]) ? 1 : 0;
    }
    return count;
  }

  /** A123456(3): one or two letters, six digits, check character modulo 11, usually in brackets. */
  private static void hongKong(Piece piece, int start, int end, int letters, Sink sink) {
    char[] a = piece.chars;
    int six = start + letters;
    boolean bracketed = end == six + 6 && (piece.peek(end) == '(' || piece.peek(end) == '\uff08') && (piece.peek(end + 2) == ')' || piece.peek(end + 2) == '\uff09');
    if (!bracketed && end != six + 7) {
      return;
    }
    char check = Nearby.fold(piece.peek(bracketed ? end + 1 : end - 1));
    int sum = letters == 1 ? 36 * 9 : (Nearby.fold(a[start]) - 'a' + 10) * 9;
    sum += (Nearby.fold(a[six - 1]) - 'a' + 10) * 8;
    for (int i = 0; i < 6; i++) {
      if (!Piece.digit(a[six + i])) {
        return;
      }
      sum += (a[six + i] - '0') * (7 - i);
    }
    int expected = (11 - sum % 11) % 11;
    boolean valid = check == (expected == 10 ? 'a' : (char) ('0' + expected));
    boolean context = piece.near(Topic.CN_ID.bit() | Topic.NATIONAL_ID.bit(), start, end);
    int to = bracketed ? end + 3 : end;
    if (bracketed && valid || context && valid) {
      sink.found("NATIONAL_ID", start, to, VERY_LIKELY);
    } else if (bracketed && context) {
      sink.found("NATIONAL_ID", start, to, LIKELY);
    } else if (bracketed || valid) {
      sink.found("NATIONAL_ID", start, to, POSSIBLE);
    }
  }

  /** One letter, sex or residence digit, check digit modulo 10. */
  private static void taiwan(Piece piece, int start, Sink sink) {
    char[] a = piece.chars;
    int value = TAIWAN_LETTERS.indexOf(a[start]) + 10;
    if ("1289".indexOf(a[start + 1]) < 0) {
      return;
    }
    int sum = value / 10 + value % 10 * 9 + a[start + 9] - '0';
    for (int i = 1; i < 9; i++) {
      sum += (a[start + i] - '0') * (9 - i);
    }
    boolean context = piece.near(Topic.CN_ID.bit() | Topic.NATIONAL_ID.bit(), start, start + 10);
    boolean valid = sum % 10 == 0;
    if (context) {
      sink.found("NATIONAL_ID", start, start + 10, valid ? VERY_LIKELY : LIKELY);
    } else if (valid) {
      sink.found("NATIONAL_ID", start, start + 10, POSSIBLE);
    }
  }
}
