package io.tidegate.classify;

import static io.tidegate.model.Likelihood.POSSIBLE;
import static io.tidegate.model.Likelihood.VERY_LIKELY;

/** Private keys: PEM, OpenPGP and PuTTY armour, and the first bytes of unarmoured ones. */
final class PrivateKey extends BuiltIn {
  private static final String TYPE = "PRIVATE_KEY";
  private static final int HEADER_REACH = 48;
  private static final int BODY_REACH = 400;
  private static final int MIN_BODY = 20;

  PrivateKey() {
    super("private-key", Topic.PEM.bit(), 0, 0, 0, 0);
  }

  @Override
  void onWord(Piece piece, int hit, Sink sink) {
    int start = piece.hitStart[hit];
    int end = piece.hitEnd[hit];
    if (piece.chars[start] != '-') {
      boolean longEnough = body(piece, end) >= MIN_BODY;
      sink.found(TYPE, start, end, longEnough ? VERY_LIKELY : POSSIBLE);
      return;
    }
    int key = -1;
    for (int i = end; i < piece.length && i < end + HEADER_REACH && key < 0; i++) {
      key = Nearby.matches(piece, i, "private key") ? i + 11 : -1;
    }
    if (key < 0) {
      return;
    }
    while (key < piece.length && (piece.chars[key] == '-' || Piece.letter(piece.chars[key]) || piece.chars[key] == ' ')) {
      key++;
      if (piece.chars[key - 1] == '-' && key < piece.length && piece.chars[key] != '-') {
        break;
      }
    }
    sink.found(TYPE, start, key, body(piece, key) >= MIN_BODY ? VERY_LIKELY : POSSIBLE);
  }

  /** Characters of base64 that follow, over white space, header lines and written-out line ends. */
  private static int body(Piece piece, int from) {
    int count = 0;
    for (int i = from; i < piece.length && i < from + BODY_REACH && count < MIN_BODY; i++) {
      char c = piece.chars[i];
      if (Piece.alnum(c) || c == '+' || c == '/') {
        count += c == 'n' && piece.peek(i - 1) == '\\' ? 0 : 1;
      } else if (c == '.' && piece.peek(i + 1) == '.' || c == '<' || c == '*') {
        return 0;
      } else if (c == '-' && piece.peek(i + 1) == '-') {
        return count;
      }
    }
    return count;
  }
}
