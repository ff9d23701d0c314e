package io.tidegate.classify;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Text written as hexadecimal bytes apart: {@code 31 31 30}, {@code 31:31:30} (hazard A11). */
final class HexPairsView {
  private static final int LEAST = 9;

  private HexPairsView() {}

  /** Whether digits stand in step with such bytes: those of plain text begin with one. */
  static boolean likely(Piece piece) {
    int steps = 0;
    for (int i = 1; i < piece.digitRuns; i++) {
      int step = piece.digitStart[i] - piece.digitStart[i - 1];
      steps = step == 3 ? steps + 1 : step < 3 ? steps : 0;
      if (steps >= LEAST - 2) {
        return true;
      }
    }
    return false;
  }

  /** The bytes' text, a line for each row of them, not yet gated; null if there is none. */
  static @Nullable Piece of(Piece source) {
    char[] out = new char[source.length / 3 + 2];
    int[] places = new int[out.length];
    int length = 0;
    int limit = 0;
    for (int i = 0; i < source.length; i++) {
      int pairs = pairs(source, i);
      if (pairs >= LEAST) {
        byte[] bytes = new byte[pairs];
        for (int j = 0; j < pairs; j++) {
          bytes[j] = (byte) (Character.digit(source.chars[i + 3 * j], 16) << 4 | Character.digit(source.chars[i + 3 * j + 1], 16));
        }
        String text = new String(bytes, StandardCharsets.UTF_8);
        for (int j = 0; j < text.length() && length < out.length - 1; j++) {
          out[length] = text.charAt(j);
          places[length++] = i;
        }
        i += 3 * pairs - 2;
        limit = i + 1;
        out[length] = '\n';
        places[length++] = Math.min(limit, source.length - 1);
      }
    }
    return length == 0 ? null : Piece.of(out, length).derivedFrom(source, places, Math.min(limit, source.length));
  }

  /** How many bytes begin at {@code from}. */
  private static int pairs(Piece source, int from) {
    if (hex(source.peek(from - 1)) || !hex(source.peek(from)) || !hex(source.peek(from + 1))) {
      return 0;
    }
    char separator = source.peek(from + 2);
    if (separator != ' ' && separator != ':' && separator != '-' && separator != ',' && separator != '\n') {
      return 0;
    }
    int count = 1;
    int i = from + 3;
    while (i + 1 < source.length && source.chars[i - 1] == separator && hex(source.chars[i]) && hex(source.chars[i + 1])) {
      count++;
      i += 3;
    }
    return hex(source.peek(i - 1)) ? 0 : count;
  }

  private static boolean hex(char c) {
    return c < 0x80 && Character.digit(c, 16) >= 0;
  }
}
