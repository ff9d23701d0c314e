package io.tidegate.lab.emulator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Many byte strings looked for in one walk, by their first four bytes. Used by one thread. */
final class Needles {
  /** Shortest needle, in bytes. */
  static final int WINDOW = 4;

  private final Map<Integer, List<Needle>> byStart = new HashMap<>();
  /** One bit per 16-bit hash of a start: most places of a text are dismissed by it. */
  private final long[] filter = new long[1024];

  private record Needle(byte[] bytes, Canary.Sighting sighting) {}

  void add(byte[] bytes, Canary.Sighting sighting) {
    int start = (bytes[0] & 0xff) << 24 | (bytes[1] & 0xff) << 16 | (bytes[2] & 0xff) << 8 | bytes[3] & 0xff;
    byStart.computeIfAbsent(start, unused -> new ArrayList<>()).add(new Needle(bytes, sighting));
    int bit = hash(start);
    filter[bit >>> 6] |= 1L << bit;
  }

  void walk(byte[] text, Consumer<Canary.Sighting> found) {
    int window = 0;
    for (int i = 0; i < text.length; i++) {
      window = window << 8 | text[i] & 0xff;
      int bit = hash(window);
      if (i < WINDOW - 1 || (filter[bit >>> 6] & 1L << bit) == 0) {
        continue;
      }
      int from = i - WINDOW + 1;
      for (Needle needle : byStart.getOrDefault(window, List.of())) {
        int to = from + needle.bytes().length;
        if (to <= text.length && Arrays.equals(text, from, to, needle.bytes(), 0, needle.bytes().length)) {
          found.accept(needle.sighting());
        }
      }
    }
  }

  private static int hash(int start) {
    return start * 0x9E3779B1 >>> 16;
  }
}
