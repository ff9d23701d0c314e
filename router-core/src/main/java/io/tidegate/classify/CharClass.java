package io.tidegate.classify;

import java.util.Arrays;

/**
 * One table look-up per character for the gate: five bits of letter class (folded to lower case), flags that need a closer look, and flags
 * that say which further views the text needs.
 */
final class CharClass {
  static final int DIGIT = 1 << 5;
  static final int AT = 1 << 6;
  /** First character of a word of the lexicon that is not ASCII. */
  static final int WIDE_START = 1 << 7;
  /** A Chinese numeral: a long run of them is a number in disguise. */
  static final int NUMERAL = 1 << 8;
  /** A dash or space outside ASCII: odd only beside a digit. */
  static final int ODD_BESIDE_DIGIT = 1 << 9;
  /** Any flag that takes the gate off its fast path. */
  static final int SLOW = DIGIT | AT | WIDE_START | NUMERAL | ODD_BESIDE_DIGIT;
  /** Place of the bit that is set with any of {@link #SLOW}. */
  static final int SLOW_BIT = 10;
  /** Place of the bit of ASCII's small letters. */
  static final int LOWER_BIT = 11;

  static final int PERCENT = 1 << 13;
  static final int AMPERSAND = 1 << 14;
  static final int BACKSLASH = 1 << 15;
  /** Text that folding would change: ignorables, full-width, foreign digits, letters that look like Latin ones. */
  static final int ODD = 1 << 16;

  /** A plus sign: texts may be joined by it. */
  static final int PLUS = 1 << 18;
  static final int HAN = 1 << 19;

  /** Set by the gate, not the table: characters stand one by one. */
  static final int APART = 1 << 17;

  /** The sign bit: a character of base64, base64url or hexadecimal text. */
  static final int ENCODED = 1 << 31;

  static final int CLASS_DIGIT = 27;
  private static final int CLASS_HYPHEN = 28;
  private static final int CLASS_UNDERSCORE = 29;
  private static final int CLASS_OTHER = 30;
  private static final int CLASS_WIDE = 31;

  private CharClass() {}

  /** The table for a lexicon whose wide words start with {@code wideStarts}. */
  static int[] table(CharSequence wideStarts) {
    int[] table = new int[1 << 16];
    for (int c = 0; c < 128; c++) {
      table[c] = ascii((char) c);
    }
    Arrays.fill(table, 128, table.length, CLASS_WIDE);
    Arrays.fill(table, 0x4e00, 0xa000, CLASS_WIDE | HAN);
    for (int c = 128; c < table.length; c = c == 0x33ff ? 0xa000 : c == 0xabff ? 0xd800 : c == 0xdbff ? 0xfb00 : c + 1) {
      table[c] |= wide((char) c);
    }
    for (int i = 0; i < Numerals.FORMS.length(); i++) {
      table[Numerals.FORMS.charAt(i)] = CLASS_WIDE | NUMERAL;
    }
    for (int i = 0; i < wideStarts.length(); i++) {
      table[wideStarts.charAt(i)] |= WIDE_START;
    }
    for (int c = 0; c < table.length; c++) {
      table[c] |= (table[c] & SLOW) != 0 ? 1 << SLOW_BIT : 0;
    }
    return table;
  }

  private static int ascii(char c) {
    if (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z') {
      return ENCODED | (c & 31) | (c & 0x20) << LOWER_BIT - 5;
    }
    if (c >= '0' && c <= '9') {
      return ENCODED | DIGIT | CLASS_DIGIT;
    }
    return switch (c) {
      case '-' -> ENCODED | CLASS_HYPHEN;
      case '_' -> ENCODED | CLASS_UNDERSCORE;
      case '/' -> ENCODED;
      case '+' -> ENCODED | PLUS | CLASS_OTHER;
      case '=' -> ENCODED | CLASS_OTHER;
      case '@' -> AT | CLASS_OTHER;
      case '%' -> PERCENT | CLASS_OTHER;
      case '&' -> AMPERSAND | CLASS_OTHER;
      case '\\' -> BACKSLASH | CLASS_OTHER;
      default -> c < 0x20 && c != '\t' && c != '\n' && c != '\r' || c == 0x7f ? ODD | CLASS_OTHER : CLASS_OTHER;
    };
  }

  private static int wide(char c) {
    if (isSpace(c) && c != 0x3000) {
      return ODD;
    }
    if (isDash(c) || c == 0x3000) {
      return ODD_BESIDE_DIGIT;
    }
    if (c >= 0x3000 && c <= 0x30ff) {
      return 0;
    }
    if (c >= 0xff00 && c <= 0xffef) {
      boolean letterOrDigit = c >= 0xff10 && c <= 0xff19 || c >= 0xff21 && c <= 0xff3a || c >= 0xff41 && c <= 0xff5a;
      return letterOrDigit || c == 0xff20 || c == 0xff05 || c == 0xff06 || c == 0xff3f || c == 0xff0e || c == 0xff0b || c == 0xff0f
          || c == 0xff3c ? ODD : 0;
    }
    if (Character.isHighSurrogate(c)) {
      // Emoji proper (D83D) are plain; other planes hold digits, mathematical letters and tags.
      return c == 0xd83d || c >= 0xd840 && c <= 0xd8bf ? 0 : ODD;
    }
    if (Character.isLowSurrogate(c)) {
      return 0;
    }
    return Folding.changes(c) ? ODD : 0;
  }

  static boolean isDash(char c) {
    return c >= 0x2010 && c <= 0x2015 || c == 0x2212 || c == 0xfe63 || c == 0xff0d || c == 0x2043 || c == 0x30fc || c == 0xfe58;
  }

  static boolean isSpace(char c) {
    return c == 0xa0 || c >= 0x2000 && c <= 0x200a || c == 0x202f || c == 0x205f || c == 0x3000 || c == 0x1680 || c == 0x2028 || c == 0x2029;
  }
}
