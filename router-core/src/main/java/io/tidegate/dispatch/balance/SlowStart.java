package io.tidegate.dispatch.balance;

/** What part of its weight an endpoint has after it came, or came back (R4.9; Envoy's slow start with aggression 1). */
public final class SlowStart {
  /** From the first instant on: one that gets nothing cannot show that it is well. */
  public static final double LEAST = 0.1;

  private SlowStart() {}

  /**
   * Between {@link #LEAST} and 1.
   *
   * @param sinceNanos since it came
   * @param windowNanos until it has all its weight; 0 for at once
   */
  public static double part(long sinceNanos, long windowNanos) {
    return sinceNanos >= windowNanos ? 1 : Math.max(LEAST, (double) sinceNanos / windowNanos);
  }
}
