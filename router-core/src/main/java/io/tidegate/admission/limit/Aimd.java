package io.tidegate.admission.limit;

/**
 * Additive increase, multiplicative decrease, under a known cap: × 0.9 when the target says that it has too much, + 1 % of the cap (at least 1)
 * for a window of a second in which it did not and the limit was in use. One decrease a window: a target that refuses twenty at once has said one
 * thing. It starts at the cap, which is what the account's owner promises.
 */
public final class Aimd implements Algorithm {
  static final long WINDOW_NANOS = 1_000_000_000L;
  private static final double DECREASE = 0.9;

  private int cap;
  private double step;
  private double limit;
  private long windowEndNanos;
  private boolean begun;
  private boolean lowered;
  private int most;

  /** @param cap never passed; at least 1 */
  public Aimd(int cap) {
    if (cap < 1) {
      throw new IllegalArgumentException("a cap below one lets nothing through");
    }
    this.cap = cap;
    this.step = step(cap);
    this.limit = cap;
  }

  private static double step(int cap) {
    return Math.max(1, cap / 100.0);
  }

  /** What was given up because the target had too much stays given up, as a number of places. */
  @Override
  public void cap(int places) {
    limit = Math.max(1, Math.min(places, limit + places - cap));
    cap = places;
    step = step(places);
  }

  @Override
  public int limit() {
    return Math.max(1, (int) limit);
  }

  @Override
  public void firstToken(long nanos, int ahead, int promptBytes, int inFlight, int silent, long nowNanos) {
    most = Math.max(most, inFlight);
  }

  @Override
  public void answered(int inFlight, boolean told, long nowNanos) {
    most = Math.max(most, inFlight);
    if (over(nowNanos)) {
      if (!lowered && most * 2 >= limit()) {
        limit = Math.min(cap, limit + step);
      }
      open(nowNanos);
    }
  }

  @Override
  public void busy(long nowNanos) {
    if (over(nowNanos)) {
      open(nowNanos);
    }
    if (!lowered) {
      lowered = true;
      limit = Math.max(1, limit * DECREASE);
    }
  }

  private boolean over(long nowNanos) {
    return !begun || nowNanos - windowEndNanos >= 0;
  }

  private void open(long nowNanos) {
    begun = true;
    lowered = false;
    most = 0;
    windowEndNanos = nowNanos + WINDOW_NANOS;
  }
}
