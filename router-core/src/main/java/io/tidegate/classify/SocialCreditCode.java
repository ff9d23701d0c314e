package io.tidegate.classify;

import static io.tidegate.model.Likelihood.LIKELY;
import static io.tidegate.model.Likelihood.POSSIBLE;
import static io.tidegate.model.Likelihood.VERY_LIKELY;

/** Unified social credit code of Chinese organisations, GB 32100-2015. */
final class SocialCreditCode extends BuiltIn {
  private static final String TYPE = "CN_USCC";
  private static final String FIRST = "123456789ANY";

  SocialCreditCode() {
    super("cn-uscc", 0, 0, 0, 18, 18);
  }

  @Override
  void onToken(Piece piece, int start, int end, Sink sink) {
    char[] a = new char[18];
    boolean letters = false;
    for (int i = 0; i < 18; i++) {
      char c = piece.chars[start + i];
      a[i] = c >= 'a' && c <= 'z' ? (char) (c & ~0x20) : c;
      letters |= a[i] > '9';
    }
    if (FIRST.indexOf(a[0]) < 0 || !Piece.digit(a[2]) || !Piece.digit(a[3]) || !Piece.digit(a[7])) {
      return;
    }
    boolean context = piece.near(Topic.USCC.bit() | Topic.TAX_ID.bit(), start, end);
    boolean valid = CheckDigits.socialCredit(a, 0);
    if (letters && valid || context && valid) {
      sink.found(TYPE, start, end, VERY_LIKELY);
    } else if (context) {
      sink.found(TYPE, start, end, LIKELY);
    } else if (letters && a[0] == '9') {
      sink.found(TYPE, start, end, POSSIBLE);
    }
  }
}
