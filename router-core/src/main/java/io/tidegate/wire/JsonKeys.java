package io.tidegate.wire;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/** Finds a key that an object has twice, compared after unescaping (hazard A12). */
final class JsonKeys {
  /** Up to so many keys each pair is compared, mostly by length alone. */
  private static final int PAIRWISE = 16;

  private JsonKeys() {}

  /** The later node of a pair among {@code keys[from..to)}, or -1. */
  static int duplicate(byte[] bytes, int[] tape, int[] keys, int from, int to) {
    if (to - from > PAIRWISE || anyEscaped(tape, keys, from, to)) {
      return byHash(bytes, tape, keys, from, to);
    }
    for (int i = from + 1; i < to; i++) {
      int entry = keys[i] * JsonParser.STRIDE;
      int start = tape[entry];
      int end = tape[entry + 1];
      for (int j = from; j < i; j++) {
        int other = keys[j] * JsonParser.STRIDE;
        if (tape[other + 1] - tape[other] == end - start && Arrays.equals(bytes, start, end, bytes, tape[other], tape[other + 1])) {
          return keys[i];
        }
      }
    }
    return -1;
  }

  private static boolean anyEscaped(int[] tape, int[] keys, int from, int to) {
    int flags = 0;
    for (int i = from; i < to; i++) {
      flags |= tape[keys[i] * JsonParser.STRIDE + 2];
    }
    return (flags & JsonParser.ESCAPED) != 0;
  }

  /** The JDK's hash set turns crowded buckets into trees, so that keys made to collide cost a logarithm, not a square. */
  private static int byHash(byte[] bytes, int[] tape, int[] keys, int from, int to) {
    Set<String> seen = new HashSet<>((to - from) * 2);
    for (int i = from; i < to; i++) {
      int entry = keys[i] * JsonParser.STRIDE;
      if (!seen.add(JsonStrings.decode(bytes, tape[entry], tape[entry + 1], (tape[entry + 2] & JsonParser.ESCAPED) != 0))) {
        return keys[i];
      }
    }
    return -1;
  }
}
