package io.tidegate.line;

import io.tidegate.dispatch.retry.Retries;
import io.tidegate.dispatch.retry.RetryTerms.Hedging;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.ModelRequest;
import io.tidegate.time.Loop;
import org.jspecify.annotations.Nullable;

/**
 * A second attempt beside the first, at another endpoint of the same upstream, once the first is slower to its first token than 95 of 100. At most one
 * a request; whichever has content first goes on, and the other is cancelled in the same breath. Confined to its walk's loop.
 */
final class Hedge {
  private final Loop loop;
  private Loop.@Nullable Timer timer;
  private @Nullable AttemptUnderWay second;
  private boolean spent;

  private Hedge(Loop loop) {
    this.loop = loop;
  }

  /** One for a streamed request of a class that is marked safe for it; null for all others. */
  static @Nullable Hedge of(Retries retries, ModelRequest request, LatencyClass latencyClass, Loop loop) {
    Hedging hedging = retries.terms().hedging();
    return hedging.on() && request.stream() && hedging.classes().contains(latencyClass) ? new Hedge(loop) : null;
  }

  /** @param begin makes the second attempt, after {@code nanos} */
  void arm(long nanos, Runnable begin) {
    if (!spent && nanos > 0) {
      timer = loop.schedule(begin, nanos);
    }
  }

  void disarm() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  void begun(AttemptUnderWay attempt) {
    spent = true;
    second = attempt;
  }

  /** {@code by} has content: the one beside it, which is to be cancelled. Null if nothing is beside it. */
  @Nullable AttemptUnderWay loser(AttemptUnderWay by, @Nullable AttemptUnderWay first, Meters meters) {
    disarm();
    AttemptUnderWay beside = take();
    if (beside == null) {
      return null;
    }
    if (by == beside) {
      meters.hedgeWon();
      return first;
    }
    return beside;
  }

  /** {@code by} failed: what is under way besides it, which is the only one from now on. Null if nothing is. */
  @Nullable AttemptUnderWay remaining(AttemptUnderWay by, @Nullable AttemptUnderWay first) {
    disarm();
    AttemptUnderWay beside = take();
    return by == beside ? first : beside;
  }

  /** The request is over. */
  void over() {
    disarm();
    AttemptUnderWay beside = take();
    if (beside != null) {
      beside.cancel();
    }
  }

  private @Nullable AttemptUnderWay take() {
    AttemptUnderWay attempt = second;
    second = null;
    return attempt;
  }
}
