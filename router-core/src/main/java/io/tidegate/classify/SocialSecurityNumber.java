package io.tidegate.classify;

import static io.tidegate.model.Likelihood.LIKELY;
import static io.tidegate.model.Likelihood.POSSIBLE;
import static io.tidegate.model.Likelihood.VERY_LIKELY;

/** US social security numbers and ITINs. There is no check digit: the dashes, the area and the context decide. */
final class SocialSecurityNumber extends BuiltIn {
  private static final String TYPE = "US_SSN";
  private static final long CONTEXT = Topic.SSN.bit();
  private static final int TABLE_REACH = 600;

  SocialSecurityNumber() {
    super("us-ssn", 0, 9, 9, 0, 0);
  }

  @Override
  void onNumber(DigitSpan n, Sink sink) {
    boolean grouped = n.shape(3, 2, 4);
    if (!grouped && !n.whole() && !n.spelled() || n.gluedRight() || n.partOfLonger()) {
      return;
    }
    int area = n.digits[0] * 100 + n.pair(1);
    boolean valid = area != 0 && area != 666 && area < 900 && n.pair(3) != 0 && (n.digits[5] | n.digits[6] | n.digits[7] | n.digits[8]) != 0;
    boolean context = n.piece.near(CONTEXT, n.start, n.end);
    boolean dashed = grouped && (n.separators & DigitSpan.DASH) != 0 && n.only(DigitSpan.DASH | DigitSpan.SPACE | DigitSpan.WRAP);
    if (n.gluedLeft() && !context) {
      return;
    }
    if (dashed) {
      if (context || n.piece.before(CONTEXT, n.start, TABLE_REACH)) {
        sink.found(TYPE, n.start, n.end, valid ? VERY_LIKELY : LIKELY);
      } else {
        sink.found(TYPE, n.start, n.end, valid ? LIKELY : POSSIBLE);
      }
    } else if (context) {
      sink.found(TYPE, n.start, n.end, LIKELY);
    } else if (valid && grouped) {
      sink.found(TYPE, n.start, n.end, POSSIBLE);
    }
  }
}
