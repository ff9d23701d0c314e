package io.tidegate.line;

import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.Candidate;
import io.tidegate.dispatch.Failover;
import io.tidegate.dispatch.retry.Retries;
import io.tidegate.dispatch.retry.RetryCourse;
import io.tidegate.dispatch.retry.RetryRefusal;
import io.tidegate.dispatch.retry.UpstreamFigures;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.ModelRequest;
import io.tidegate.time.Loop;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one request's further attempts ask for: time, budget, a body that was kept, and a wait where nobody else is left. Costs a request without a
 * failure one look-up and a few additions. Confined to its walk's loop.
 */
final class Retrying {
  /** An endpoint may be out when it is picked and well when it is asked why, a few times in a row. */
  private static final int MOST_AT_ONCE = 3;

  private final RequestWalk walk;
  private final Rooms rooms;
  private final ModelRequest request;
  private final LatencyClass latencyClass;
  private final Loop loop;
  private final Retries retries;
  /** Begun with the first failure, or when nobody could be asked. */
  private @Nullable RetryCourse course;
  private @Nullable UpstreamFigures lastAsked;
  /** Bytes kept for another attempt; negative if they may not be. */
  private long keptBytes;
  private Loop.@Nullable Timer waiting;
  private int atOnce;

  Retrying(RequestWalk walk, Rooms rooms, ModelRequest request, LatencyClass latencyClass, Loop loop) {
    this.walk = walk;
    this.rooms = rooms;
    this.request = request;
    this.latencyClass = latencyClass;
    this.loop = loop;
    this.retries = rooms.retries().get(loop.index());
  }

  UpstreamFigures figures(Candidate candidate) {
    return retries.of(candidate.place(), loop.nanos());
  }

  /** Null unless this request may be asked of two endpoints at once. */
  @Nullable Hedge hedge() {
    return Hedge.of(retries, request, latencyClass, loop);
  }

  /** Whether {@code left} is less than the target usually takes to begin. Without a deadline of the caller's, and without a failure, it is not asked. */
  boolean tooLate(UpstreamFigures figures, long left) {
    if ((course == null && request.timeLeftNanos() <= 0) || left >= figures.firstTokens().medianNanos(loop.nanos())) {
      return false;
    }
    rooms.meters().retryRefused(RetryRefusal.DEADLINE);
    return true;
  }

  /** Whether an attempt at {@code candidate} is free, or paid for now. */
  boolean paid(Candidate candidate, UpstreamFigures figures) {
    return course == null || course.pay(candidate.place(), figures, loop.nanos());
  }

  /** What was paid for is not made. */
  void notMade(Candidate candidate, UpstreamFigures figures) {
    if (course != null) {
      course.notAsked(candidate.place(), figures, loop.nanos());
    }
  }

  /** An attempt is about to be made. */
  void making(Candidate candidate, UpstreamFigures figures, int madeBefore) {
    if (madeBefore == 0) {
      long bytes = request.prompt().json().length();
      keptBytes = retries.keep(bytes) ? bytes : -1;
    }
    if (course == null || course.isNew(candidate.place())) {
      figures.firstAsked(loop.nanos());
    }
    lastAsked = figures;
  }

  /** Whether the body may be sent more than once. */
  boolean kept() {
    return keptBytes >= 0;
  }

  /** An attempt failed before its content: where to go on. */
  RetryCourse.Go failed(AttemptUnderWay by, AttemptFailure failure, int made) {
    return course().failed(failure, by.place(), made, rooms.config().maxAttempts(), kept(), loop.nanos());
  }

  /** An attempt failed after content of it went out. */
  void failedCommitted(AttemptFailure failure) {
    if (Failover.next(failure, false, 0, rooms.config().maxAttempts()) != Failover.Next.STOP) {
      rooms.meters().retryRefused(RetryRefusal.COMMITTED);
    }
  }

  /**
   * Nobody is left who was not asked: waits, where that may help.
   *
   * @param allOut whether nothing but the state of endpoints stood in the way
   * @param then called on the loop after the wait, unless the request is over by then
   * @return false if there will be no wait
   */
  boolean waits(int made, List<Candidate> candidates, boolean allOut, Runnable then) {
    long now = loop.nanos();
    UpstreamFigures last = lastAsked;
    long median = last == null ? 0 : last.firstTokens().medianNanos(now);
    // A caller waits no longer for another attempt than one of its class may take to begin.
    long most = Math.min(walk.timeLeft() - median, rooms.config().firstTokenNanos(latencyClass) - (now - request.arrivedNanos()));
    RetryCourse going = course();
    long nanos = last == null || going.foundNobody() ? lookAgainNanos(going, candidates, allOut, most)
        : going.waitNanos(made, rooms.config().maxAttempts(), most, last, now, opensInNanos(candidates));
    if (nanos < 0) {
      return false;
    }
    waiting = loop.schedule(() -> {
      waiting = null;
      walk.atTheRim(then);
    }, nanos);
    return true;
  }

  /** Nobody was asked. If that is because all are out, and not for a reason of this request's own, they are waited for; one that is well by now is asked. */
  private long lookAgainNanos(RetryCourse going, List<Candidate> candidates, boolean allOut, long mostNanos) {
    for (Candidate candidate : candidates) {
      if (rooms.health().isOpen(candidate.place())) {
        return allOut && lastAsked == null && atOnce++ < MOST_AT_ONCE ? 0 : -1;
      }
    }
    return going.lookAgainNanos(mostNanos, opensInNanos(candidates));
  }

  private long opensInNanos(List<Candidate> candidates) {
    long soonest = Long.MAX_VALUE;
    for (Candidate candidate : candidates) {
      soonest = Math.min(soonest, rooms.health().opensInNanos(candidate.place()));
    }
    return soonest;
  }

  private RetryCourse course() {
    RetryCourse going = course;
    if (going == null) {
      going = new RetryCourse(retries, rooms.meters()::retryRefused);
      course = going;
    }
    return going;
  }

  /** The request is over: nothing waits, and nothing is kept. */
  void over() {
    if (waiting != null) {
      waiting.cancel();
      waiting = null;
    }
    if (keptBytes > 0) {
      retries.letGo(keptBytes);
      keptBytes = 0;
    }
  }
}
