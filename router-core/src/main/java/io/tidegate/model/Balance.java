package io.tidegate.model;

import java.time.Duration;

/**
 * How requests are shared among the endpoints of one upstream. It never leads out of the upstream.
 *
 * @param loadBoundPercent an endpoint that a hash or a session points at is passed over while it has more than this part of the mean of
 *     requests in flight, by weight; 100 … 1000
 * @param decay after which a measured time to first token counts for a third, for {@link Method#PEAK_EWMA}
 * @param prefixBlocks how many blocks of 1 KiB of prompt an endpoint is thought to keep, for {@link Method#PREFIX}
 * @param slowStart how long an endpoint that is new or came back takes to its whole weight; zero for at once
 */
public record Balance(Method method, int loadBoundPercent, Duration decay, int prefixBlocks, Duration slowStart) {
  /** What is done unless the configuration says otherwise. */
  public static final Balance DEFAULT = new Balance(Method.SESSION, 125, Duration.ofSeconds(10), 4096, Duration.ZERO);

  /** Which endpoint's turn it is. */
  public enum Method {
    /** By weight, evenly in time. */
    SMOOTH,
    /** In turn, weights aside. */
    ROUND_ROBIN,
    /** The least loaded; of many the less loaded of two drawn by chance. */
    LEAST_CONNECTIONS,
    /** The one of two that would sooner begin to answer a prompt of this size. */
    PEAK_EWMA,
    /** What belongs together goes to one endpoint: a session, else a prompt's beginning, else a caller. */
    HASH,
    /** A session goes to one endpoint, anything else by weight. */
    SESSION,
    /** Where most of the prompt's beginning was sent before, unless that one is loaded. */
    PREFIX
  }

  public Balance {
    if (loadBoundPercent < 100 || loadBoundPercent > 1000 || decay.isNegative() || decay.isZero() || prefixBlocks < 1 || slowStart.isNegative()) {
      throw new IllegalArgumentException("balance: a figure is out of its range");
    }
  }

  /** The same figures with another method. */
  public Balance with(Method other) {
    return new Balance(other, loadBoundPercent, decay, prefixBlocks, slowStart);
  }
}
