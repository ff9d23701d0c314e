package io.tidegate.lab.dialect;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Seeded numbers: the same seed, body and order give the same answer. */
final class Chance {
  private Chance() {}

  static SplittableRandom of(long seed, byte[] body) {
    return new SplittableRandom(seed * 0x9E3779B97F4A7C15L ^ Arrays.hashCode(body));
  }

  /** An identifier in the manner of real services: differs from call to call, repeats with the seed. */
  static String id(long seed, long number) {
    SplittableRandom random = new SplittableRandom(seed * 31 + number);
    return String.format("%016x%08x", random.nextLong(), random.nextInt());
  }
}
