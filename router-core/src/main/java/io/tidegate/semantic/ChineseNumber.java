package io.tidegate.semantic;

/** A number in Chinese numerals, in digits: 三百零五 is 305. */
final class ChineseNumber {
  private static final String DIGITS = "零一二三四五六七八九";

  private ChineseNumber() {}

  static String value(String numerals) {
    boolean units = false;
    for (int i = 0; i < numerals.length(); i++) {
      units |= "十百千万亿".indexOf(numerals.charAt(i)) >= 0;
    }
    if (numerals.length() > 15) {
      return numerals;
    }
    if (!units) {
      StringBuilder digits = new StringBuilder();
      for (int i = 0; i < numerals.length(); i++) {
        digits.append(digit(numerals.charAt(i)));
      }
      return digits.toString();
    }
    long total = 0;
    long section = 0;
    long digit = 0;
    for (int i = 0; i < numerals.length(); i++) {
      char c = numerals.charAt(i);
      switch (c) {
        case '十', '百', '千' -> {
          section += Math.max(digit, c == '十' || digit > 0 ? Math.max(1, digit) : 1) * (c == '十' ? 10 : c == '百' ? 100 : 1000);
          digit = 0;
        }
        case '万', '亿' -> {
          long unit = c == '万' ? 10_000L : 100_000_000L;
          total += Math.max(1, section + digit) * unit;
          section = 0;
          digit = 0;
        }
        default -> digit = digit(c);
      }
    }
    return Long.toString(total + section + digit);
  }

  private static int digit(char c) {
    return c == '〇' ? 0 : c == '两' ? 2 : Math.max(0, DIGITS.indexOf(c));
  }
}
