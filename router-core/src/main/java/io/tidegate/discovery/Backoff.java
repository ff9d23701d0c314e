package io.tidegate.discovery;

import java.util.random.RandomGenerator;

/** Waits after failures: doubling, with jitter over the upper half, so that many daemons do not return to a weak agent together. */
final class Backoff {
  private Backoff() {}

  /**
   * Wait before try {@code failures} + 1: uniform in [d/2, d) with d = min(capNanos, baseNanos · 2^(failures-1)). Never overflows.
   *
   * @param failures in a row so far, at least 1
   * @throws IllegalArgumentException if failures &lt; 1, baseNanos &lt;= 1 or capNanos &lt; baseNanos
   */
  static long waitNanos(int failures, long baseNanos, long capNanos, RandomGenerator random) {
    if (failures < 1 || baseNanos <= 1 || capNanos < baseNanos) {
      throw new IllegalArgumentException("back-off out of range");
    }
    long wait = baseNanos;
    for (int i = 1; i < failures && wait < capNanos; i++) {
      wait = wait > capNanos / 2 ? capNanos : wait * 2;
    }
    return random.nextLong(wait / 2, wait);
  }
}
