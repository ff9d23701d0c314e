package io.tidegate.wire;

/** Well-formed UTF-8 (Unicode 15 table 3-7): no overlong form, no surrogate, nothing above U+10FFFF. */
final class Utf8 {
  private Utf8() {}

  /** The byte after the multi-byte character at {@code at}, whose byte is negative; {@code ~at} if it is not well-formed. */
  static int step(byte[] b, int at) {
    int lead = b[at] & 0xFF;
    int left = b.length - at;
    if (lead >= 0xE1 && lead != 0xED && lead <= 0xEF) {
      return left >= 3 && b[at + 1] < (byte) 0xC0 && b[at + 2] < (byte) 0xC0 ? at + 3 : ~at;
    }
    if (lead < 0xC2 || lead > 0xF4) {
      return ~at;
    }
    if (lead < 0xE0) {
      return left >= 2 && b[at + 1] < (byte) 0xC0 ? at + 2 : ~at;
    }
    if (left < 3 || b[at + 1] >= (byte) 0xC0 || b[at + 2] >= (byte) 0xC0) {
      return ~at;
    }
    int second = b[at + 1] & 0xFF;
    return switch (lead) {
      case 0xE0 -> second >= 0xA0 ? at + 3 : ~at;
      case 0xED -> second < 0xA0 ? at + 3 : ~at;
      default -> left >= 4 && b[at + 3] < (byte) 0xC0 && (lead != 0xF0 || second >= 0x90) && (lead != 0xF4 || second < 0x90) ? at + 4 : ~at;
    };
  }

  /** Value of a hexadecimal digit, -1 if it is none. */
  static int hexDigit(int c) {
    if (c >= '0' && c <= '9') {
      return c - '0';
    }
    int lower = c | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  }
}
