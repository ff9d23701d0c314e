package io.tidegate.classify;

import static io.tidegate.model.Likelihood.LIKELY;
import static io.tidegate.model.Likelihood.POSSIBLE;
import static io.tidegate.model.Likelihood.VERY_LIKELY;

/** Chinese resident identity number, GB 11643: 18 characters with MOD 11-2 check, spaced or not; 15 digits (old form) only with context. */
final class ResidentId extends BuiltIn {
  private static final String TYPE = "CN_ID";
  private static final long CONTEXT = Topic.CN_ID.bit();
  private static final int TABLE_REACH = 400;
  private static final int LAST_YEAR = 2030;
  // First two digits: province-level areas of GB/T 2260, and the residence permits of Taiwan, Hong Kong and Macau people.
  private static final String AREAS = "11,12,13,14,15,21,22,23,31,32,33,34,35,36,37,41,42,43,44,45,46,50,51,52,53,54,61,62,63,64,65,71,81,82,83,91,";

  ResidentId() {
    super("cn-id", 0, 15, 18, 0, 0);
  }

  @Override
  boolean checksDigits() {
    return true;
  }

  @Override
  void onNumber(DigitSpan n, Sink sink) {
    switch (n.count) {
      case 15 -> old(n, sink);
      case 17 -> {
        int x = n.end;
        while (x < n.piece.length && x - n.end < 2 && (n.piece.chars[x] == ' ' || n.piece.chars[x] == '-')) {
          x++;
        }
        char last = n.piece.peek(x);
        if ((last | 0x20) == 'x' && !Piece.alnum(n.piece.peek(x + 1))) {
          judge(n, x + 1, 'X', sink);
        } else if ((n.previous() | 0x20) == 'x' && !Piece.alnum(n.piece.peek(n.start - 2)) && n.whole()) {
          backwards(n, n.start - 1, 17, 'X', sink);
        }
      }
      case 18 -> {
        if (!judge(n, n.end, (char) ('0' + n.digits[17]), sink)) {
          backwards(n, n.start, 17, (char) ('0' + n.digits[0]), sink);
        }
      }
      default -> { }
    }
  }

  private static boolean judge(DigitSpan n, int end, char check, Sink sink) {
    byte[] d = n.digits;
    if (!shape(d)) {
      return false;
    }
    boolean context = n.piece.near(CONTEXT, n.start, end) || n.piece.before(CONTEXT, n.start, TABLE_REACH);
    if (CheckDigits.residentCheck(d) == check) {
      sink.found(TYPE, n.start, end, VERY_LIKELY);
    } else if (!n.guessed) {
      sink.found(TYPE, n.start, end, context ? LIKELY : POSSIBLE);
    }
    return true;
  }

  private static boolean shape(byte[] d) {
    int year = d[6] * 1000 + d[7] * 100 + d[8] * 10 + d[9];
    return area(d) && year >= 1880 && year <= LAST_YEAR && CheckDigits.date(year, d[10] * 10 + d[11], d[12] * 10 + d[13]);
  }

  private static boolean area(byte[] d) {
    return AREAS.contains(String.valueOf((char) ('0' + d[0])) + (char) ('0' + d[1]) + ",");
  }

  private static void old(DigitSpan n, Sink sink) {
    byte[] d = n.digits;
    if (area(d) && CheckDigits.date(1900 + n.pair(6), n.pair(8), n.pair(10)) && n.piece.near(CONTEXT, n.start, n.end) && !n.gluedRight() && !n.guessed) {
      sink.found(TYPE, n.start, n.end, LIKELY);
    }
  }

  /** Written backwards (hazard A11); the date and the check digit together make chance hits rare. The check character comes first. */
  private static void backwards(DigitSpan n, int start, int body, char check, Sink sink) {
    if (!n.whole()) {
      return;
    }
    byte[] back = new byte[body];
    for (int i = 0; i < body; i++) {
      back[i] = n.digits[n.count - 1 - i];
    }
    if (shape(back) && CheckDigits.residentCheck(back) == check) {
      sink.found(TYPE, start, n.end, LIKELY);
    }
  }
}
