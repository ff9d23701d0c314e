package io.tidegate.admission.queue;

/** How fast the room empties: requests granted in the last ten seconds. Confined to the room's loop. */
final class DrainRate {
  private static final int SECONDS = 10;
  private static final long SECOND_NANOS = 1_000_000_000L;
  private static final int LONGEST = 60;

  private final int[] counts = new int[SECONDS];
  private final long[] seconds = new long[SECONDS];

  DrainRate() {
    java.util.Arrays.fill(seconds, Long.MIN_VALUE);
  }

  void granted(long nowNanos) {
    long second = Math.floorDiv(nowNanos, SECOND_NANOS);
    int at = (int) Math.floorMod(second, (long) SECONDS);
    if (seconds[at] != second) {
      seconds[at] = second;
      counts[at] = 0;
    }
    counts[at]++;
  }

  /** Seconds until {@code ahead} requests and one more have been granted, 1 to 60; the longest if none was granted lately. */
  int secondsFor(int ahead, long nowNanos) {
    long second = Math.floorDiv(nowNanos, SECOND_NANOS);
    long granted = 0;
    long oldest = second;
    for (int i = 0; i < SECONDS; i++) {
      if (seconds[i] != Long.MIN_VALUE && second - seconds[i] < SECONDS) {
        granted += counts[i];
        oldest = Math.min(oldest, seconds[i]);
      }
    }
    if (granted == 0) {
      return LONGEST;
    }
    long span = second - oldest + 1;
    return (int) Math.max(1, Math.min(LONGEST, ((ahead + 1L) * span + granted - 1) / granted));
  }
}
