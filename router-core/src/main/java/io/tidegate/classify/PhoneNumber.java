package io.tidegate.classify;

import static io.tidegate.model.Likelihood.LIKELY;
import static io.tidegate.model.Likelihood.POSSIBLE;
import static io.tidegate.model.Likelihood.VERY_LIKELY;

import io.tidegate.model.Likelihood;
import java.util.Locale;
import java.util.Set;

/**
 * Telephone numbers: Chinese mobile and landline, North American (NANP), Japanese and Korean forms, anything in E.164 with a plus, and other
 * digit groups right behind a word such as "tel". None has a check digit, so neighbours and context decide.
 */
final class PhoneNumber extends BuiltIn {
  private static final String TYPE = "PHONE";
  private static final long CONTEXT = Topic.PHONE.bit();
  private static final int LABEL_REACH = 22;
  private static final int TABLE_REACH = 300;
  private static final int USUAL = DigitSpan.SPACE | DigitSpan.DASH | DigitSpan.DOT | DigitSpan.PAREN;

  /** An air waybill is an airline's three digits and eight more. */
  private static final Nearby AIR = new Nearby("awb", "waybill", "air freight", "mawb", "hawb", "空运", "航空");

  private static final Set<String> SMALL_WORDS = Set.of("is", "at", "on", "me", "no", "nr", "num", "number", "us", "to", "the", "s", "home", "work", "office", "cell", "my", "via", "or", "nummer", "numero", "ext", "x", "new",
      "him", "her", "them", "back", "now", "also", "uk", "intl", "primary", "day", "evening", "a", "for", "des", "n", "num\u00e9ro");

  PhoneNumber() {
    super("phone", 0, 7, 15, 0, 0);
  }

  @Override
  void onNumber(DigitSpan n, Sink sink) {
    boolean plus = plus(n);
    if (n.gluedRight() || n.gluedLeft() && !wordBefore(n) || !plus && n.partOfLonger() || !n.only(USUAL | DigitSpan.SLASH | DigitSpan.OTHER | DigitSpan.WRAP)) {
      return;
    }
    Likelihood likelihood = judge(n, plus);
    if (likelihood != null) {
      int from = n.start;
      while (from > 0 && n.start - from < 2 && (n.piece.chars[from - 1] == '+' || n.piece.chars[from - 1] == '(')) {
        from--;
      }
      sink.found(TYPE, from, n.end, likelihood);
    }
  }

  private static boolean plus(DigitSpan n) {
    return n.previous() == '+' || n.previous() == '(' && n.piece.peek(n.start - 2) == '+';
  }

  private static boolean wordBefore(DigitSpan n) {
    return n.piece.before(CONTEXT, n.start, 12);
  }

  private static @org.jspecify.annotations.Nullable Likelihood judge(DigitSpan n, boolean plus) {
    boolean context = n.piece.near(CONTEXT, n.start, n.end);
    boolean usual = n.only(USUAL);
    if (plus && n.digits[0] != 0 && n.count >= 8 && usual && n.groupCount <= 6) {
      return context ? VERY_LIKELY : LIKELY;
    }
    if (chineseMobile(n, 0) && usual || chineseMobile(n, 2) && n.startsWith("86") || chineseMobile(n, 4) && n.startsWith("0086")) {
      if (n.arithmetic()) {
        return POSSIBLE;
      }
      boolean waybill = n.shape(3, 8) && AIR.in(n.piece, n.start - 20, n.start);
      return !context && (waybill || Nearby.REFERENCE.in(n.piece, n.start - 12, n.start)) ? POSSIBLE : context ? VERY_LIKELY : LIKELY;
    }
    if (american(n)) {
      return context ? VERY_LIKELY : LIKELY;
    }
    if (dashedLocal(n) || spacedLocal(n)) {
      return LIKELY;
    }
    boolean label = label(n);
    if (label && !drawn(n) && usual && n.groupCount <= 5 && n.count <= 13 && !date(n)) {
      return LIKELY;
    }
    if (n.count == 10 && n.whole() && n.digits[0] >= 2 && n.digits[3] >= 2 && (context || n.piece.before(CONTEXT, n.start, TABLE_REACH))) {
      return context ? LIKELY : POSSIBLE;
    }
    return null;
  }

  /** 1[3-9] and nine digits from {@code at} on, whole, in up to four groups, or spelled out. */
  private static boolean chineseMobile(DigitSpan n, int at) {
    return n.count == at + 11 && n.digits[at] == 1 && n.digits[at + 1] >= 3 && (n.groupCount <= 4 + (at > 0 ? 1 : 0) || n.spelled())
        && !(n.groups[0] == 1 && n.groupCount <= 4) && (n.separators & DigitSpan.WRAP) == 0;
  }

  /** A word such as "tel" with nothing but small words and marks between it and the number. */
  private static boolean label(DigitSpan n) {
    Piece piece = n.piece;
    int hit = piece.lastHit(CONTEXT, n.start - LABEL_REACH, n.start);
    if (hit < 0) {
      return false;
    }
    int han = 0;
    for (int i = piece.hitEnd[hit]; i < n.start; i++) {
      char c = piece.chars[i];
      if (Piece.letter(c)) {
        int end = i;
        while (end < n.start && Piece.letter(piece.chars[end])) {
          end++;
        }
        if (!SMALL_WORDS.contains(new String(piece.chars, i, end - i).toLowerCase(Locale.ROOT))) {
          return false;
        }
        i = end - 1;
      } else if (Nearby.han(c) && ++han > 3 || Piece.digit(c)) {
        return false;
      }
    }
    return true;
  }

  private static boolean american(DigitSpan n) {
    int from = n.count == 11 && n.digits[0] == 1 ? 1 : 0;
    if (n.count != from + 10 || n.digits[from] < 2 || n.digits[from] == 4 && n.digits[from + 1] == 0 && n.digits[from + 2] == 0 || !n.only(USUAL)) {
      return false;
    }
    boolean grouped = from == 1 ? n.shape(1, 3, 3, 4) : n.shape(3, 3, 4);
    boolean bracketed = n.shape(3, 7) && n.previous() == '(' && n.following() != ')';
    boolean tollFree = n.digits[from] == 8 && n.digits[from + 1] == n.digits[from + 2];
    return (grouped && n.digits[from + 3] >= 1 || bracketed) && !tollFree && (n.separators & ~DigitSpan.SPACE) != 0 || grouped && tollFree && context(n);
  }

  private static boolean context(DigitSpan n) {
    return n.piece.near(CONTEXT, n.start, n.end);
  }

  /** Area code with 0 and a dash or brackets: China, Japan, Korea, and much of Europe. */
  private static boolean dashedLocal(DigitSpan n) {
    if (n.digits[0] != 0 || n.count < 10 || n.count > 12 || n.groupCount < 2 || n.groupCount > 3 || n.digits[1] == 0
        || (n.separators & (DigitSpan.DASH | DigitSpan.PAREN)) == 0 || !n.only(USUAL)) {
      return false;
    }
    int first = n.groups[0];
    int last = n.groups[n.groupCount - 1];
    return first >= 2 && first <= 4 && (last == 4 || last == 7 || last == 8) && (n.groupCount == 2 || n.groups[1] >= 3 && n.groups[1] <= 4);
  }

  /** Pairs of digits that go on behind: numbers of a lottery or a table rather than one. */
  private static boolean drawn(DigitSpan n) {
    for (int i = 0; i < n.groupCount; i++) {
      if (n.groups[i] != 2) {
        return false;
      }
    }
    return n.following() == ' ' && Piece.digit(n.piece.peek(n.end + 1));
  }

  /** A trunk prefix of three or four digits with 0, then groups of two to four, as most of Europe writes them. */
  private static boolean spacedLocal(DigitSpan n) {
    if (n.digits[0] != 0 || n.digits[1] == 0 || n.count < 10 || n.count > 11 || n.separators != DigitSpan.SPACE || n.groupCount < 3 || n.groupCount > 5 || n.groups[0] < 3 || n.groups[0] > 4
        || n.following() == ' ' && Piece.digit(n.piece.peek(n.end + 1)) || n.previous() == ' ' && Piece.digit(n.piece.peek(n.start - 2))) {
      return false;
    }
    for (int i = 1; i < n.groupCount; i++) {
      if (n.groups[i] < 2 || n.groups[i] > 4) {
        return false;
      }
    }
    return true;
  }

  private static boolean date(DigitSpan n) {
    return n.count == 8 && (n.shape(4, 2, 2) || n.shape(2, 2, 4) || n.whole() && (n.startsWith("19") || n.startsWith("20"))
        && CheckDigits.date(2000, n.pair(4), n.pair(6))) || n.groupCount > 1 && n.groups[0] == 4 && n.groups[1] <= 2 && (n.startsWith("19") || n.startsWith("20"));
  }
}
