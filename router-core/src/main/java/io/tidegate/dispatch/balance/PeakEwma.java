package io.tidegate.dispatch.balance;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The time to first token of one endpoint, by size of the prompt: rises to a slower one at once, comes down over the decay time (Finagle's peak
 * EWMA). Any thread; of two that report at once one may be lost.
 */
public final class PeakEwma {
  private static final int[] BOUNDS = {4 << 10, 16 << 10, 64 << 10};
  private static final long STAMP = 0xffff_ffffL;
  private static final double NANOS_PER_MILLI = 1e6;

  /** In each the value in milliseconds as a float above its time in milliseconds. */
  private final AtomicLongArray cells = new AtomicLongArray(BOUNDS.length + 1);
  private final long decayMillis;

  public PeakEwma(long decayNanos) {
    this.decayMillis = Math.max(1, decayNanos / 1_000_000);
  }

  /** The first token of an answer to a prompt of that size came after {@code nanos}, or had not come by then. */
  public void seen(int promptBytes, long nanos, long nowNanos) {
    int cell = cell(promptBytes);
    long old = cells.get(cell);
    double sample = Math.max(1e-3, nanos / NANOS_PER_MILLI);
    double before = Float.intBitsToFloat((int) (old >>> 32));
    double value = sample;
    if (old != 0 && sample < before) {
      double keeps = Math.exp(-(double) since(old, nowNanos) / decayMillis);
      value = before * keeps + sample * (1 - keeps);
    }
    cells.set(cell, (long) Float.floatToRawIntBits((float) value) << 32 | nowNanos / 1_000_000 & STAMP);
  }

  /** Nanoseconds to expect; less with each moment nothing is heard, so that an endpoint is asked again. 0 if nothing is known. */
  public double nanos(int promptBytes, long nowNanos) {
    long cell = cells.get(cell(promptBytes));
    if (cell == 0) {
      return 0;
    }
    return Float.intBitsToFloat((int) (cell >>> 32)) * NANOS_PER_MILLI * Math.exp(-(double) since(cell, nowNanos) / decayMillis);
  }

  private static long since(long cell, long nowNanos) {
    // What another thread stamped may lie a little ahead.
    return Math.max(0, (int) (nowNanos / 1_000_000 - cell & STAMP));
  }

  private static int cell(int promptBytes) {
    int at = 0;
    while (at < BOUNDS.length && promptBytes >= BOUNDS[at]) {
      at++;
    }
    return at;
  }
}
