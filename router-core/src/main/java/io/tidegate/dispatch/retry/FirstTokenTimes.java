package io.tidegate.dispatch.retry;

import java.util.Arrays;

/**
 * How long one upstream took to its first token lately: a histogram of two generations, in steps of a quarter of a doubling from a millisecond up.
 * Nothing is allocated to note a time. Confined to one loop.
 */
public final class FirstTokenTimes {
  /** Fewer say nothing. */
  public static final int MIN_SAMPLES = 20;
  static final long GENERATION_NANOS = 60_000_000_000L;
  private static final int STEPS = 4;
  private static final int BUCKETS = 22 * STEPS;
  private static final long UNIT_NANOS = 1_000_000;

  private int[] young = new int[BUCKETS];
  private int[] old = new int[BUCKETS];
  private int samples;
  private int oldSamples;
  private long bornNanos;

  public FirstTokenTimes(long nowNanos) {
    this.bornNanos = nowNanos;
  }

  public void add(long nanos, long nowNanos) {
    age(nowNanos);
    young[bucket(nanos)]++;
    samples++;
  }

  /** The least that half of them took; 0 while too little is known. */
  public long medianNanos(long nowNanos) {
    return edge(0.5, 0, nowNanos);
  }

  /** What 95 of 100 took at most; 0 while too little is known. */
  public long p95Nanos(long nowNanos) {
    return edge(0.95, 1, nowNanos);
  }

  private long edge(double share, int upper, long nowNanos) {
    age(nowNanos);
    int all = samples + oldSamples;
    if (all < MIN_SAMPLES) {
      return 0;
    }
    long rank = (long) Math.ceil(share * all);
    int bucket = 0;
    for (long seen = young[0] + (long) old[0]; seen < rank; seen += young[bucket] + (long) old[bucket]) {
      bucket++;
    }
    return lowerEdge(bucket + upper);
  }

  private void age(long nowNanos) {
    long age = nowNanos - bornNanos;
    if (age < GENERATION_NANOS) {
      return;
    }
    int[] free = old;
    Arrays.fill(free, 0);
    if (age < 2 * GENERATION_NANOS) {
      old = young;
      oldSamples = samples;
    } else {
      Arrays.fill(young, 0);
      old = young;
      oldSamples = 0;
    }
    young = free;
    samples = 0;
    bornNanos = nowNanos;
  }

  /** Below two milliseconds all are one. */
  private static int bucket(long nanos) {
    long units = nanos / UNIT_NANOS;
    if (units < 2) {
      return 0;
    }
    // In quarters of a doubling: the two bits behind the highest.
    long fine = units * STEPS;
    int octave = 63 - Long.numberOfLeadingZeros(units);
    int step = (int) (fine >>> octave) - STEPS;
    return Math.min(BUCKETS - 1, octave * STEPS + step);
  }

  private static long lowerEdge(int bucket) {
    if (bucket < STEPS) {
      return bucket == 0 ? 0 : 2 * UNIT_NANOS;
    }
    int octave = bucket / STEPS;
    return ((long) (bucket % STEPS + STEPS) << octave) * UNIT_NANOS / STEPS;
  }
}
