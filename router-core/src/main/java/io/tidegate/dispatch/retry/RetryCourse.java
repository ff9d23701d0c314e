package io.tidegate.dispatch.retry;

import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.dispatch.Failover;
import io.tidegate.dispatch.HealthBoard;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What one request's failures so far allow: another endpoint, the next upstream, a wait and a return, or nothing. Begun with its first failure.
 * Confined to its walk.
 *
 * <p>The first attempt at an upstream is free: going elsewhere loads nobody twice. Asking the same upstream again, at once or after a wait, is paid
 * from its {@link RetryBudget}, unless it certainly has not begun on what it was asked before.
 */
public final class RetryCourse {
  private static final long NEVER = Long.MAX_VALUE;
  private static final int MOST_LOOK_ROUND = 2;

  private final Retries retries;
  private final Consumer<RetryRefusal> refusals;
  /** The upstreams that were asked, and whether they may have worked on it. */
  private final Map<String, Boolean> asked = new HashMap<>(4);
  private final Set<RetryRefusal> told = EnumSet.noneOf(RetryRefusal.class);
  private int round;
  /** Since the last wait. */
  private boolean failed;
  private int looks;
  private long previousLookNanos;
  private int free;
  /** Where a first token did not come in time; null while that has not happened. */
  private @Nullable String slowAt;
  private boolean prepaid;
  private boolean takenFromPrepaid;
  private long previousNanos;
  /** When the first of this round's endpoints may be asked again. */
  private long returnAtNanos = NEVER;

  /** @param refusals hears why a further attempt is not made, once for each reason */
  public RetryCourse(Retries retries, Consumer<RetryRefusal> refusals) {
    this.retries = retries;
    this.refusals = refusals;
  }

  /** Where to go on. */
  public enum Go {
    /** At once, where it failed if nowhere else: it certainly was not begun there. Costs nothing, once a request. */
    AT_ONCE,
    OTHER_ENDPOINT,
    NEXT_UPSTREAM,
    STOP
  }

  /**
   * An attempt failed before any content of it went out.
   *
   * @param made attempts so far, this one included
   * @param kept whether the body was kept for another attempt
   */
  public Go failed(AttemptFailure failure, String upstream, int made, int maxAttempts, boolean kept, long nowNanos) {
    Kind kind = failure.kind();
    failed = true;
    asked.merge(upstream, !failure.unprocessed(), Boolean::logicalOr);
    if (kind == Kind.REFUSED_STREAM && free == 0) {
      free = 1;
      return Go.AT_ONCE;
    }
    boolean slowAgain = kind == Kind.FIRST_TOKEN_TIMEOUT && upstream.equals(slowAt);
    if (kind == Kind.FIRST_TOKEN_TIMEOUT) {
      slowAt = upstream;
    }
    Failover.Next next = Failover.next(failure, false, made - free, maxAttempts);
    if (next == Failover.Next.STOP) {
      return Go.STOP;
    }
    if (!kept && !failure.unprocessed()) {
      refuse(RetryRefusal.BODY);
      return Go.STOP;
    }
    if (Failover.mayReturn(kind)) {
      returnAtNanos = Math.min(returnAtNanos, nowNanos + HealthBoard.coolingNanos(failure));
    }
    // One more endpoint of an upstream that is slow, not all of them one after the other.
    return slowAgain || next == Failover.Next.NEXT_UPSTREAM ? Go.NEXT_UPSTREAM : Go.OTHER_ENDPOINT;
  }

  /** Whether nothing was sent to {@code upstream} for this request yet. */
  public boolean isNew(String upstream) {
    return !asked.containsKey(upstream);
  }

  /** Whether {@code upstream} may be asked now; what that costs is paid. */
  public boolean pay(String upstream, UpstreamFigures figures, long nowNanos) {
    takenFromPrepaid = false;
    if (!asked.getOrDefault(upstream, false)) {
      return true;
    }
    if (prepaid) {
      prepaid = false;
      takenFromPrepaid = true;
      return true;
    }
    if (figures.payAgain(nowNanos)) {
      return true;
    }
    refuse(RetryRefusal.BUDGET);
    return false;
  }

  /** Nobody there could be asked. */
  public void notAsked(String upstream, UpstreamFigures figures, long nowNanos) {
    if (takenFromPrepaid) {
      prepaid = true;
    } else if (asked.getOrDefault(upstream, false)) {
      figures.payBack(nowNanos);
    }
  }

  /**
   * Everything was asked: nanoseconds to wait before asking again, which is then paid; -1 if there is no use in it.
   *
   * @param mostNanos the longest wait that leaves time for an attempt
   * @param last of the upstream that was asked last
   * @param opensNanos until there is somebody to ask; {@link Long#MAX_VALUE} for never
   */
  public long waitNanos(int made, int maxAttempts, long mostNanos, UpstreamFigures last, long nowNanos, long opensNanos) {
    if (returnAtNanos == NEVER || slowAt != null || made - free >= maxAttempts || !retries.terms().policy().waits()) {
      return -1;
    }
    long nanos = retries.waitNanos(round, previousNanos, Math.max(0, returnAtNanos - nowNanos));
    if (nanos < 0) {
      refuse(RetryRefusal.RETRY_AFTER);
      return -1;
    }
    nanos = Math.max(nanos, opensNanos);
    if (opensNanos == NEVER || tooLong(nanos, mostNanos)) {
      return -1;
    }
    if (!prepaid && !last.payAgain(nowNanos)) {
      refuse(RetryRefusal.BUDGET);
      return -1;
    }
    prepaid = true;
    failed = false;
    round++;
    previousNanos = nanos;
    returnAtNanos = NEVER;
    return nanos;
  }

  /** Nothing failed since the last wait: nobody could be asked. */
  public boolean foundNobody() {
    return !failed;
  }

  /**
   * Nobody could be asked: nanoseconds to wait before looking again; -1 if there is no use in it. Nothing was sent, so nothing is paid, and
   * it is no attempt.
   *
   * @param mostNanos the longest wait that leaves time for an attempt
   * @param opensNanos until there is somebody to ask
   */
  public long lookAgainNanos(long mostNanos, long opensNanos) {
    if (opensNanos == NEVER || slowAt != null || !retries.terms().policy().waits()) {
      return -1;
    }
    // Growing, so that those who came together do not all return in the same second; but no longer than makes sense for looking.
    long nanos = Math.max(retries.waitNanos(looks, previousLookNanos, 0), opensNanos);
    looks = Math.min(looks + 1, MOST_LOOK_ROUND);
    previousLookNanos = nanos;
    return tooLong(nanos, mostNanos) ? -1 : nanos;
  }

  private boolean tooLong(long nanos, long mostNanos) {
    if (nanos > mostNanos) {
      refuse(RetryRefusal.DEADLINE);
    }
    return nanos > mostNanos;
  }

  /** Tells each reason once a request. */
  private void refuse(RetryRefusal why) {
    if (told.add(why)) {
      refusals.accept(why);
    }
  }
}
