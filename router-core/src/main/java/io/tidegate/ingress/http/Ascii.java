package io.tidegate.ingress.http;

import java.nio.charset.StandardCharsets;

/** Byte classes of RFC 9110 and comparisons over raw bytes. */
final class Ascii {
  static final byte CR = '\r';
  static final byte LF = '\n';
  static final byte SP = ' ';
  static final byte HT = '\t';

  private static final byte TOKEN = 1;
  private static final byte VALUE = 2;
  private static final byte TARGET = 4;
  private static final byte[] CLASS = new byte[256];
  /** Lower case, and {@code _} as {@code -} (hazard A8). */
  private static final byte[] FOLD = new byte[256];

  static {
    for (int c = 0; c < 256; c++) {
      boolean letterOrDigit = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
      int kind = 0;
      if (letterOrDigit || c < 128 && "!#$%&'*+-.^_`|~".indexOf(c) >= 0) {
        kind |= TOKEN;
      }
      if (c >= 0x20 && c != 0x7f || c == HT) {
        kind |= VALUE;
      }
      if (letterOrDigit || c < 128 && "-._~!$&'()*+,;=:@/%?".indexOf(c) >= 0) {
        kind |= TARGET;
      }
      CLASS[c] = (byte) kind;
      FOLD[c] = (byte) (c >= 'A' && c <= 'Z' ? c + 32 : c == '_' ? '-' : c);
    }
  }

  private Ascii() {}

  /** tchar of RFC 9110 section 5.6.2. */
  static boolean token(byte b) {
    return (CLASS[b & 0xff] & TOKEN) != 0;
  }

  /** field-vchar, space or tab. */
  static boolean value(byte b) {
    return (CLASS[b & 0xff] & VALUE) != 0;
  }

  /** Path or query of RFC 3986. */
  static boolean target(byte b) {
    return (CLASS[b & 0xff] & TARGET) != 0;
  }

  static byte fold(byte b) {
    return FOLD[b & 0xff];
  }

  static boolean equal(byte[] bytes, int start, String text) {
    for (int i = 0; i < text.length(); i++) {
      if (bytes[start + i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Whether the range spells {@code lower}, letters of any case. {@code lower} is lower case ASCII. */
  static boolean equalIgnoreCase(byte[] bytes, int start, int end, String lower) {
    if (end - start != lower.length()) {
      return false;
    }
    for (int i = 0; i < lower.length(); i++) {
      byte b = bytes[start + i];
      if ((b >= 'A' && b <= 'Z' ? b + 32 : b) != lower.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Whether the range, folded, begins with {@code lower}. */
  static boolean foldedStart(byte[] bytes, int start, int end, String lower) {
    if (end - start < lower.length()) {
      return false;
    }
    for (int i = 0; i < lower.length(); i++) {
      if (FOLD[bytes[start + i] & 0xff] != lower.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  static byte[] bytes(String ascii) {
    return ascii.getBytes(StandardCharsets.US_ASCII);
  }
}
