package io.tidegate.classify;

import static io.tidegate.model.Likelihood.LIKELY;
import static io.tidegate.model.Likelihood.POSSIBLE;
import static io.tidegate.model.Likelihood.VERY_LIKELY;

/** Payment cards, ISO/IEC 7812: issuer prefix, length and Luhn. Short and odd lengths need context, for EAN-13 codes look alike. */
final class PaymentCard extends BuiltIn {
  private static final long CONTEXT = Topic.CARD.bit();
  private static final int TABLE_REACH = 200;

  PaymentCard() {
    super("payment-card", 0, 12, 19, 0, 0);
  }

  @Override
  boolean checksDigits() {
    return true;
  }

  @Override
  void onNumber(DigitSpan n, Sink sink) {
    if (n.gluedLeft() && n.whole() && !cardWordBefore(n) || n.gluedRight() || decimal(n) || listed(n)) {
      return;
    }
    boolean usual = grouping(n);
    boolean luhn = CheckDigits.luhn(n.digits, n.count) && !uniform(n);
    boolean brand = brand(n);
    boolean context = n.piece.near(CONTEXT, n.start, n.end);
    if (n.guessed && !(luhn && brand && n.count >= 15)) {
      return;
    }
    String type = n.startsWith("62") || n.startsWith("95") || chinese(n) ? "CN_BANK_CARD" : "CREDIT_CARD";
    if (!usual) {
      if (luhn && brand && context && n.count >= 15) {
        sink.found(type, n.start, n.end, LIKELY);
      }
    } else if (luhn && brand && (n.count >= 15 || context)) {
      sink.found(type, n.start, n.end, VERY_LIKELY);
    } else if (luhn && (brand && n.count == 14 || context)) {
      sink.found(type, n.start, n.end, LIKELY);
    } else if (n.count >= 14 && (brand || n.shape(4, 4, 4, 4)) && (context || brand && n.piece.before(CONTEXT, n.start, TABLE_REACH))) {
      sink.found(type, n.start, n.end, LIKELY);
    } else if (luhn && n.count >= 14 && n.digits[0] != 0 || brand && n.count >= 15) {
      sink.found(type, n.start, n.end, POSSIBLE);
    }
  }

  private static boolean cardWordBefore(DigitSpan n) {
    return n.piece.before(CONTEXT, n.start, 20);
  }

  /** Spelled digits or groups with commas that go on in the same way on either side: a list of numbers. Cards may well stand side by side otherwise. */
  private static boolean listed(DigitSpan n) {
    if (n.whole() || !n.spelled() && (n.separators & DigitSpan.OTHER) == 0) {
      return false;
    }
    Piece p = n.piece;
    boolean comma = (n.separators & DigitSpan.OTHER) != 0;
    int left = n.start - 1;
    boolean leftMark = !comma;
    while (n.start - left <= 3 && separator(p.peek(left))) {
      leftMark |= p.peek(left--) != ' ';
    }
    int right = n.end;
    boolean rightMark = !comma;
    while (right - n.end <= 3 && separator(p.peek(right))) {
      rightMark |= p.peek(right++) != ' ';
    }
    return leftMark && left < n.start - 1 && Piece.digit(p.peek(left)) || rightMark && right > n.end && Piece.digit(p.peek(right));
  }

  private static boolean separator(char c) {
    return c == ' ' || c == ',' || c == '|' || c == '_';
  }

  private static boolean decimal(DigitSpan n) {
    return n.previous() == '.' && Piece.digit(n.piece.peek(n.start - 2)) || n.following() == '.' && Piece.digit(n.piece.peek(n.end + 1))
        || n.previous() == '-' && Piece.alnum(n.piece.peek(n.start - 2)) || n.following() == '-' && Piece.alnum(n.piece.peek(n.end + 1));
  }

  /** In one run, in fours, as American Express and Diners print it, by issuer and account, or spelled out. */
  private static boolean grouping(DigitSpan n) {
    if (n.whole()) {
      return true;
    }
    if ((n.separators & DigitSpan.OTHER) != 0 && !n.spelled()) {
      return n.shape(4, 4, 4, 4) && n.only(DigitSpan.OTHER | DigitSpan.SPACE) && CheckDigits.luhn(n.digits, n.count);
    }
    if (n.spelled() || n.shape(4, 6, 5) || n.shape(4, 6, 4) || n.groupCount == 2 && n.groups[0] == 6) {
      return n.only(DigitSpan.SPACE | DigitSpan.DASH | DigitSpan.DOT | DigitSpan.OTHER);
    }
    if (n.separators == DigitSpan.SLASH && n.groupCount <= 4) {
      return CheckDigits.luhn(n.digits, n.count);
    }
    for (int i = 0; i < n.groupCount - 1; i++) {
      if (n.groups[i] != 4) {
        return false;
      }
    }
    return n.groups[n.groupCount - 1] <= 4 && (n.only(DigitSpan.SPACE | DigitSpan.DASH | DigitSpan.DOT) || n.count >= 16);
  }

  private static boolean uniform(DigitSpan n) {
    for (int i = 1; i < n.count; i++) {
      if (n.digits[i] != n.digits[0]) {
        return false;
      }
    }
    return true;
  }

  private static boolean brand(DigitSpan n) {
    int count = n.count;
    int two = n.pair(0);
    int four = two * 100 + n.pair(2);
    return switch (n.digits[0]) {
      case 4 -> count == 13 || count == 16 || count == 19;
      case 5 -> two >= 51 && two <= 55 && count == 16 || (two == 50 || two >= 56) && count >= 15;
      case 2 -> four >= 2221 && four <= 2720 && count == 16 || four >= 2200 && four <= 2204 && count >= 16 || four == 2131 && count == 15;
      case 3 -> (two == 34 || two == 37) && count == 15 || (two == 36 || two == 38 || two == 39 || four / 10 <= 305 && two == 30 || four == 3095) && count >= 14
          && count != 15 || four >= 3528 && four <= 3589 && count >= 16;
      case 6 -> two == 62 && count >= 16 || (four == 6011 || four / 10 >= 644 && two <= 65) && count >= 16 || (two == 60 || two == 63 || two >= 67) && count >= 16;
      case 1 -> four == 1800 && count == 15;
      case 8 -> (two == 81 || two == 82) && count >= 16 && count <= 19 && n.piece.near(CONTEXT, n.start, n.end);
      case 9 -> four == 9558 && count >= 16 || four == 9792 && count == 16;
      default -> false;
    };
  }

  private static boolean chinese(DigitSpan n) {
    for (int i = n.start - 1; i >= 0 && i > n.start - 12; i--) {
      if (Nearby.han(n.piece.chars[i])) {
        return true;
      }
    }
    return false;
  }
}
