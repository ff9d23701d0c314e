package io.tidegate.line;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Makes a stored answer's marks of its making new: {@code created} is now, and each {@code id} is another of the same form. Without that an answer tells
 * when it was made, and that somebody has had it before (hazard C4). Lengths stay as they are. Inside of a string the quotes of a member's name would be
 * escaped, so text is never touched.
 */
final class Anew {
  private static final byte[] CREATED = "\"created\":".getBytes(StandardCharsets.UTF_8);
  private static final byte[] ID = "\"id\":".getBytes(StandardCharsets.UTF_8);

  private Anew() {}

  /**
   * @param seconds civil time now
   * @param seed unforeseeable, and another for each request
   */
  static byte[] made(byte[] answer, long seconds, long seed) {
    byte[] out = answer.clone();
    byte[] now = Long.toString(seconds).getBytes(StandardCharsets.UTF_8);
    for (int at = after(out, CREATED, 0); at >= 0; at = after(out, CREATED, at)) {
      int end = at;
      while (end < out.length && out[end] >= '0' && out[end] <= '9') {
        end++;
      }
      if (end - at == now.length) {
        System.arraycopy(now, 0, out, at, now.length);
      }
    }
    for (int at = after(out, ID, 0); at >= 0; at = after(out, ID, at)) {
      if (at < out.length && out[at] == '"') {
        rename(out, at + 1, seed);
      }
    }
    return out;
  }

  /** What follows the last hyphen or underscore becomes another, the same for the same. */
  private static void rename(byte[] out, int from, long seed) {
    int end = from;
    int begin = from;
    boolean hex = true;
    while (end < out.length && out[end] != '"' && out[end] != '\\') {
      if (out[end] == '-' || out[end] == '_') {
        begin = end + 1;
        hex = true;
      } else {
        hex &= out[end] >= '0' && out[end] <= '9' || out[end] >= 'a' && out[end] <= 'f';
      }
      end++;
    }
    SplittableRandom random = new SplittableRandom(seed ^ 31L * Arrays.hashCode(Arrays.copyOfRange(out, from, end)));
    for (int i = begin; i < end; i++) {
      byte old = out[i];
      if (hex) {
        out[i] = (byte) "0123456789abcdef".charAt(random.nextInt(16));
      } else if (old >= '0' && old <= '9') {
        out[i] = (byte) ('0' + random.nextInt(10));
      } else if (old >= 'a' && old <= 'z') {
        out[i] = (byte) ('a' + random.nextInt(26));
      } else if (old >= 'A' && old <= 'Z') {
        out[i] = (byte) ('A' + random.nextInt(26));
      }
    }
  }

  private static int after(byte[] in, byte[] what, int from) {
    outer:
    for (int i = from; i <= in.length - what.length; i++) {
      for (int j = 0; j < what.length; j++) {
        if (in[i + j] != what[j]) {
          continue outer;
        }
      }
      return i + what.length;
    }
    return -1;
  }
}
