package io.tidegate.dispatch.retry;

import io.tidegate.model.LatencyClass;
import java.util.Set;

/**
 * The bounds of further attempts, as the configuration has them.
 *
 * @param share of an upstream's requests that may be asked of it again, such as 0.2; negative for no bound
 * @param perSecond what may be asked again however few requests there are; for all loops of all instances together
 * @param parts how many loops of how many instances share that
 * @param windowNanos how long the budget remembers
 * @param bodyBytes a longer body is sent once
 * @param bodiesBytes of all bodies that are kept for another attempt, this loop's part
 * @param hedging whether a second endpoint is asked while the first still thinks
 */
public record RetryTerms(RetryPolicy policy, double share, double perSecond, int parts, long windowNanos, long bodyBytes, long bodiesBytes,
    Hedging hedging) {
  public static final long WINDOW_NANOS = 10_000_000_000L;

  /** Never waits and bounds nothing but the number of attempts. */
  public static final RetryTerms NONE = new RetryTerms(RetryPolicy.NONE, -1, 0, 1, WINDOW_NANOS, Long.MAX_VALUE, Long.MAX_VALUE, Hedging.OFF);
  /** The daemon's, for one loop of one instance. */
  public static final RetryTerms DEFAULT = new RetryTerms(RetryPolicy.DEFAULT, 0.2, 10, 1, WINDOW_NANOS, 256 << 10, 64 << 20, Hedging.OFF);

  /**
   * A second attempt before the first has answered.
   *
   * @param classes requests of these are safe to be asked twice
   * @param share of an upstream's requests, such as 0.05
   */
  public record Hedging(Set<LatencyClass> classes, double share) {
    public static final Hedging OFF = new Hedging(Set.of(), 0);

    public Hedging {
      classes = Set.copyOf(classes);
    }

    public boolean on() {
      return !classes.isEmpty() && share > 0;
    }
  }

  boolean bounded() {
    return share >= 0;
  }
}
