package io.tidegate.classify;

/** Digits written as Chinese numerals, plain, formal and as spoken over the phone (hazard A11). */
final class Numerals {
  static final String FORMS = "〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖貳參陸两兩幺";
  private static final String VALUES = "00123456789123456789236221";

  /** Runs shorter than this are words and amounts, not numbers to dial. */
  static final int MIN_RUN = 8;

  private Numerals() {}

  /** 0..9, or -1. */
  static int value(char c) {
    if (c < 0x3000 || c > 0x96f6) {
      return -1;
    }
    int at = FORMS.indexOf(c);
    return at < 0 ? -1 : VALUES.charAt(at) - '0';
  }
}
