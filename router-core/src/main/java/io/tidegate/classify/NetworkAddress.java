package io.tidegate.classify;

import static io.tidegate.model.Likelihood.LIKELY;
import static io.tidegate.model.Likelihood.POSSIBLE;
import static io.tidegate.model.Likelihood.VERY_LIKELY;

/** IPv4, IPv6 and MAC addresses. */
final class NetworkAddress extends BuiltIn {
  private static final Nearby VERSION = new Nearby("version", " v", "版本", "release");

  NetworkAddress() {
    super("network-address", 0, 5, 12, 1, 4);
  }

  @Override
  void onNumber(DigitSpan n, Sink sink) {
    if (n.groupCount != 4 || n.separators != DigitSpan.DOT || n.previous() == '.' || Piece.alnum(n.previous()) || n.following() == '.' && Piece.digit(n.piece.peek(n.end + 1))) {
      return;
    }
    int at = 0;
    for (int g = 0; g < 4; g++) {
      int value = 0;
      for (int i = 0; i < n.groups[g]; i++) {
        value = value * 10 + n.digits[at++];
      }
      if (value > 255 || n.groups[g] > 3) {
        return;
      }
    }
    boolean version = VERSION.in(n.piece, n.start - 16, n.start);
    sink.found("IP_ADDRESS", n.start, n.end, version ? POSSIBLE : LIKELY);
  }

  @Override
  void onToken(Piece piece, int first, int end, Sink sink) {
    char after = piece.peek(end);
    int start = first;
    // Groups of letters only are not tokens of their own: go back to the first of them.
    while ((after == ':' || after == '-') && end - first == 2 && piece.peek(start - 1) == after && lettersOnly(piece, start - 3) && first - start < 15) {
      start -= 3;
    }
    if (after != ':' && (after != '-' || end - first != 2) || hex(piece.peek(start - 1)) || piece.peek(start - 1) == ':' && piece.peek(start - 2) != ':') {
      return;
    }
    int i = start;
    int groups = 0;
    boolean pairs = true;
    boolean gap = false;
    int last = start;
    while (i < piece.length && i - start < 48) {
      int from = i;
      while (i < piece.length && hex(piece.chars[i]) && i - from < 5) {
        i++;
      }
      if (i > from) {
        groups++;
        pairs &= i - from == 2;
        last = i;
      }
      if (i - from > 4 || piece.peek(i) != after) {
        break;
      }
      i++;
      if (piece.peek(i) == ':') {
        gap = true;
        i++;
      }
    }
    boolean alone = !Piece.alnum(piece.peek(last));
    if (groups == 6 && pairs && !gap && alone) {
      sink.found("MAC_ADDRESS", start, last, VERY_LIKELY);
    } else if (after == ':' && alone && (groups == 8 && !gap || gap && groups >= 2 && groups <= 7)) {
      sink.found("IP_ADDRESS", start, last, LIKELY);
    }
  }

  private static boolean lettersOnly(Piece piece, int at) {
    return hex(piece.peek(at)) && hex(piece.peek(at + 1)) && !Piece.digit(piece.peek(at)) && !Piece.digit(piece.peek(at + 1));
  }

  private static boolean hex(char c) {
    return Piece.digit(c) || (c | 0x20) >= 'a' && (c | 0x20) <= 'f';
  }
}
