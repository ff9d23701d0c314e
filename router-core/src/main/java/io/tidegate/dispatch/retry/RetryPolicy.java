package io.tidegate.dispatch.retry;

import java.util.random.RandomGenerator;

/**
 * How long to wait before a target is asked again that has been asked before.
 *
 * @param baseNanos the first wait, or its bound
 * @param capNanos no wait of ours is longer
 * @param askedCapNanos an upstream that asks for more is not waited for
 */
public record RetryPolicy(Backoff backoff, long baseNanos, long capNanos, long askedCapNanos) {
  /** What an upstream asks for is made longer by up to half, so that those it sent away do not come back as one. */
  private static final double MOST_OF_ASKED = 1.5;
  private static final int MAX_DOUBLINGS = 30;

  /** The daemon's: full jitter from one second up, nothing beyond 30 s. */
  public static final RetryPolicy DEFAULT = new RetryPolicy(Backoff.FULL_JITTER, 1_000_000_000L, 30_000_000_000L, 30_000_000_000L);
  /** Never waits. */
  public static final RetryPolicy NONE = new RetryPolicy(Backoff.NONE, 1, 1, 0);

  /** How the waits grow. */
  public enum Backoff {
    /** Evenly between nothing and base·2ⁿ. */
    FULL_JITTER,
    /** base·2ⁿ, the same for everybody. */
    EXPONENTIAL,
    /** Evenly between base and three times the wait before. */
    DECORRELATED,
    /** No target is asked twice. */
    NONE
  }

  public RetryPolicy {
    if (baseNanos <= 0 || capNanos < baseNanos || askedCapNanos < 0) {
      throw new IllegalArgumentException("waits contradict each other");
    }
  }

  public boolean waits() {
    return backoff != Backoff.NONE;
  }

  /**
   * Nanoseconds to wait; -1 if that would be longer than is ever waited.
   *
   * @param round how often this request has waited before
   * @param previousNanos its last wait, 0 before the first
   * @param askedNanos what the upstream asked for, 0 if nothing
   */
  public long waitNanos(int round, long previousNanos, long askedNanos, RandomGenerator random) {
    if (askedNanos > askedCapNanos) {
      return -1;
    }
    if (askedNanos > 0) {
      long most = Math.max(askedNanos, Math.min(askedCapNanos, (long) (askedNanos * MOST_OF_ASKED)));
      return between(askedNanos, most, random);
    }
    long grown = round > MAX_DOUBLINGS || baseNanos > capNanos >> round ? capNanos : baseNanos << round;
    return switch (backoff) {
      case FULL_JITTER -> between(0, grown, random);
      case EXPONENTIAL -> grown;
      case DECORRELATED -> Math.min(capNanos, between(baseNanos, 3 * Math.max(baseNanos, previousNanos), random));
      case NONE -> -1;
    };
  }

  private static long between(long least, long most, RandomGenerator random) {
    return most <= least ? least : random.nextLong(least, most + 1);
  }
}
