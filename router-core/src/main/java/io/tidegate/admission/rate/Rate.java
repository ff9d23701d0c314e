package io.tidegate.admission.rate;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A rate with a burst, as one number: the instant at which everything taken so far is paid for (GCRA). Any thread, never waits.
 *
 * <p>Something is given while that instant is less than the burst ahead, however much is asked for: so one request passes the budget at most, by
 * what it takes itself, and the next waits until that is paid.
 */
final class Rate {
  private final double nanosPerUnit;
  private final long burstNanos;
  private final AtomicLong paidNanos = new AtomicLong();

  /** @param burst units that may come at once after a pause; at least 1 */
  Rate(double unitsPerSecond, double burst, long nowNanos) {
    if (!(unitsPerSecond > 0) || !(burst >= 1)) {
      throw new IllegalArgumentException("a rate needs to be above zero and its burst at least one");
    }
    this.nanosPerUnit = 1e9 / unitsPerSecond;
    this.burstNanos = (long) Math.ceil(burst * nanosPerUnit);
    paidNanos.set(nowNanos);
  }

  /** Takes {@code units} and returns 0, or takes nothing and returns the nanoseconds until there is something again. */
  long take(long units, long nowNanos) {
    long cost = (long) (units * nanosPerUnit);
    while (true) {
      long paid = paidNanos.get();
      long ahead = Math.max(0, paid - nowNanos);
      if (ahead >= burstNanos) {
        return ahead - burstNanos + 1;
      }
      if (paidNanos.compareAndSet(paid, nowNanos + ahead + cost)) {
        return 0;
      }
    }
  }

  /** Takes more, or gives back with a negative number, without asking. */
  void correct(long units) {
    paidNanos.addAndGet((long) (units * nanosPerUnit));
  }
}
