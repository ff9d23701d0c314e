package io.tidegate.admission.queue;

/**
 * Tells a standing queue from a burst, as CoDel does: overloaded if through a whole interval the oldest request's wait never fell below the target.
 * It looks at the oldest one that waits, not at the one that is taken: in overload the newest is taken, whose wait says nothing. Confined.
 */
final class Codel {
  private final long targetNanos;
  private final long intervalNanos;
  private boolean begun;
  private boolean overloaded;
  private long endNanos;
  private long least;

  Codel(long targetNanos, long intervalNanos) {
    this.targetNanos = targetNanos;
    this.intervalNanos = intervalNanos;
  }

  /** @param oldestNanos how long the oldest has waited; 0 if none does */
  boolean overloaded(long oldestNanos, long nowNanos) {
    if (!begun) {
      begun = true;
      open(oldestNanos, nowNanos);
    }
    least = Math.min(least, oldestNanos);
    if (nowNanos - endNanos >= 0) {
      overloaded = least > targetNanos;
      open(oldestNanos, nowNanos);
    }
    return overloaded;
  }

  /** In overload: a wait past this helps nobody. */
  long patienceNanos() {
    return 2 * targetNanos;
  }

  private void open(long oldestNanos, long nowNanos) {
    least = oldestNanos;
    endNanos = nowNanos + intervalNanos;
  }
}
