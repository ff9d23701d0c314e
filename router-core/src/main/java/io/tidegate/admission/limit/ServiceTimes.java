package io.tidegate.admission.limit;

/** Mean time that requests took, over the last ten minutes, in steps of one. Used by one thread at a time. */
final class ServiceTimes {
  private static final int MINUTES = 10;
  private static final long MINUTE_NANOS = 60_000_000_000L;

  private final long[] sums = new long[MINUTES];
  private final int[] counts = new int[MINUTES];
  private final long[] minutes = new long[MINUTES];

  void add(long nanos, long nowNanos) {
    long minute = Math.floorDiv(nowNanos, MINUTE_NANOS);
    int at = (int) Math.floorMod(minute, (long) MINUTES);
    if (minutes[at] != minute) {
      minutes[at] = minute;
      sums[at] = 0;
      counts[at] = 0;
    }
    sums[at] += nanos;
    counts[at]++;
  }

  /** 0 if nothing ended in that time. */
  long mean(long nowNanos) {
    long minute = Math.floorDiv(nowNanos, MINUTE_NANOS);
    long sum = 0;
    long count = 0;
    for (int i = 0; i < MINUTES; i++) {
      if (minute - minutes[i] < MINUTES) {
        sum += sums[i];
        count += counts[i];
      }
    }
    return count == 0 ? 0 : sum / count;
  }
}
