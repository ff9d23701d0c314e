package io.tidegate.wire;

import java.nio.charset.StandardCharsets;

/** Reading of string literals that the parser has already found valid. */
final class JsonStrings {
  private JsonStrings() {}

  /** Text between two offsets, byte for character; for numbers. */
  static String latin1(byte[] b, int from, int to) {
    return new String(b, from, to - from, StandardCharsets.ISO_8859_1);
  }

  /** The string whose quotes stand at {@code start} and {@code end - 1}. */
  static String decode(byte[] b, int start, int end, boolean escaped) {
    int from = start + 1;
    int to = end - 1;
    if (!escaped) {
      return new String(b, from, to - from, StandardCharsets.UTF_8);
    }
    StringBuilder out = new StringBuilder(to - from);
    int run = from;
    for (int i = from; i < to; ) {
      if (b[i] != '\\') {
        i++;
        continue;
      }
      append(out, b, run, i);
      if (b[i + 1] == 'u') {
        out.append((char) (Utf8.hexDigit(b[i + 2]) << 12 | Utf8.hexDigit(b[i + 3]) << 8 | Utf8.hexDigit(b[i + 4]) << 4
            | Utf8.hexDigit(b[i + 5])));
        i += 6;
      } else {
        out.append(simple(b[i + 1]));
        i += 2;
      }
      run = i;
    }
    append(out, b, run, to);
    return out.toString();
  }

  private static void append(StringBuilder out, byte[] b, int from, int to) {
    if (from < to) {
      out.append(new String(b, from, to - from, StandardCharsets.UTF_8));
    }
  }

  private static char simple(byte escape) {
    return switch (escape) {
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      default -> (char) escape;
    };
  }

  /** Whether the string equals {@code text}, plain ASCII. */
  static boolean equalsAscii(byte[] b, int start, int end, boolean escaped, String text) {
    if (escaped) {
      return decode(b, start, end, true).equals(text);
    }
    int length = text.length();
    if (end - start - 2 != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (b[start + 1 + i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
