package io.tidegate.lab.sim;

import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.dispatch.retry.RetryPolicy;
import io.tidegate.dispatch.retry.RetryPolicy.Backoff;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * How a client without a router tries again: the baselines of the scorecard.
 *
 * @param more attempts after the first
 * @param waits between them
 * @param after failures after which it tries again
 */
public record Manner(String name, int more, Waits waits, Predicate<AttemptFailure> after) {
  /** The seed's: an attempt that takes longer has failed. */
  static final long ATTEMPT_NANOS = 10_000_000_000L;

  /** Nanoseconds before the n-th further attempt, from 0. */
  interface Waits {
    long nanos(int n, RandomGenerator random);
  }

  /** No further attempt. */
  public static final Manner B0 = new Manner("B0 none", 0, (n, random) -> 0, failure -> false);
  /** Simple: three times more, at once. */
  public static final Manner B1 = new Manner("B1 three at once", 3, (n, random) -> 0, Manner::asTheSeedSays);
  /** The seed's words. */
  public static final Manner B2 = new Manner("B2 after 1, 2, 4 s", 3, waits(Backoff.EXPONENTIAL), Manner::asTheSeedSays);
  /** The same with full jitter. */
  public static final Manner B2_JITTER = new Manner("B2 with full jitter", 3, waits(Backoff.FULL_JITTER), Manner::asTheSeedSays);
  /** The seed's code: urllib3 does not retry the status of a POST, only what could not be sent, after 0, 2, 4 s. */
  public static final Manner B3 = new Manner("B3 the seed's code", 3, (n, random) -> n == 0 ? 0 : 1_000_000_000L << n,
      failure -> failure.kind() == Kind.CONNECT_REFUSED);

  private static Waits waits(Backoff backoff) {
    RetryPolicy policy = new RetryPolicy(backoff, 1_000_000_000L, 30_000_000_000L, 0);
    return (n, random) -> policy.waitNanos(n, 0, 0, random);
  }

  private static boolean asTheSeedSays(AttemptFailure failure) {
    return switch (failure.kind()) {
      case SERVER_ERROR, BUSY, LOADING, CONNECT_REFUSED, CONNECT_TIMEOUT, RESET, TOTAL_TIMEOUT -> true;
      default -> false;
    };
  }
}
