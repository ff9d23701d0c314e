package io.tidegate.line;

import io.tidegate.admission.queue.Ticket;
import io.tidegate.admission.queue.Waiter;
import io.tidegate.admission.queue.WaitingRoom;
import io.tidegate.admission.queue.Wake;
import io.tidegate.dispatch.Candidate;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Refusal;
import io.tidegate.model.Zone;
import io.tidegate.time.Loop;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One request's waiting for a place at an upstream its decision allows: made when it meets the first full one, before any attempt of a round. It waits
 * only for candidates of the frozen list, and when it is called the list is gone through anew from its head (hazards A3, A4). Confined to its
 * walk's loop.
 *
 * <p>A request that is not interactive and meets a full private upstream waits there for a while before a later public step of its route is
 * looked at: money and text stay at home through short bursts (R6.3).
 */
final class Awaiting implements Waiter {
  private final RequestWalk walk;
  private final Attempts attempts;
  private final Rooms rooms;
  private final Admission admission;
  private final WaitingRoom room;
  private final ModelRequest request;
  private final LatencyClass latencyClass;
  private final List<Candidate> candidates;
  private final Loop loop;
  private final long sinceNanos;
  /** Full ones of this round, in the order of the route. */
  private final Set<String> full = new LinkedHashSet<>(4);
  private boolean privateFull;
  private boolean widened;
  private long parkedNanos;
  private @Nullable Ticket ticket;
  /** Was given a place once, and is here again: it could not be used. */
  private boolean called;
  /** Where a place is kept for it now. */
  private @Nullable String calledTo;

  Awaiting(RequestWalk walk, Attempts attempts, Rooms rooms, Admission admission, WaitingRoom room, ModelRequest request,
      LatencyClass latencyClass, List<Candidate> candidates, Loop loop) {
    this.walk = walk;
    this.attempts = attempts;
    this.rooms = rooms;
    this.admission = admission;
    this.room = room;
    this.request = request;
    this.latencyClass = latencyClass;
    this.candidates = candidates;
    this.loop = loop;
    this.sinceNanos = loop.nanos();
    this.widened = latencyClass == LatencyClass.INTERACTIVE;
  }

  /** {@code candidates.get(index)} has no free place. True if the request waits here rather than looking further. */
  boolean metFull(int index) {
    Candidate candidate = candidates.get(index);
    full.add(candidate.place());
    if (candidate.upstream().zone() != Zone.PRIVATE) {
      return false;
    }
    privateFull = true;
    if (widened || privateNext(index) || !publicAfter(index)) {
      return false;
    }
    park(sinceNanos + admission.overflowAfterNanos());
    return true;
  }

  /** Nobody on the list can serve it now. True if it waits because some were only full. */
  boolean insteadOfGivingUp() {
    if (full.isEmpty()) {
      return false;
    }
    park(Long.MAX_VALUE);
    return true;
  }

  /** The list is gone through from its head once more. */
  void anew() {
    full.clear();
    privateFull = false;
  }

  /** An attempt is made at {@code candidate}. */
  void sent(Candidate candidate) {
    if (privateFull && candidate.upstream().zone() == Zone.PUBLIC) {
      admission.overflow();
    }
  }

  /** Whether a place at {@code place} is kept for this request. */
  boolean calledTo(String place) {
    return place.equals(calledTo);
  }

  /** It has the place that was kept for it, or could not take it: given up only now, so that nobody who came later is called to it meanwhile. */
  void arrived() {
    if (calledTo != null) {
      room.arrived(calledTo);
      calledTo = null;
    }
  }

  /** The walk is over. */
  void leave() {
    if (ticket != null) {
      room.withdraw(ticket);
      ticket = null;
      walk.note(RequestTrace.Step.QUEUE, parkedNanos);
    }
  }

  @Override
  public Loop loop() {
    return loop;
  }

  @Override
  public void wake(Wake why, String upstream, int retryAfterSeconds) {
    ticket = null;
    walk.note(RequestTrace.Step.QUEUE, parkedNanos);
    if (why == Wake.GRANTED) {
      called = true;
      calledTo = upstream;
    }
    try {
      if (!walk.answer().isOver()) {
        walk.atTheRim(() -> goOn(why, retryAfterSeconds));
      }
    } finally {
      if (why == Wake.GRANTED) {
        arrived();
        // Whether or not it took the place that was kept: if not, somebody else may.
        room.freed();
      }
    }
  }

  private void goOn(Wake why, int retryAfterSeconds) {
    switch (why) {
      case WIDEN -> widened = true;
      case GRANTED -> { }
      case EXPIRED, OVERDUE, FULL -> {
        if (widened || why == Wake.EXPIRED || !publicAfter(-1)) {
          turnedAway(retryAfterSeconds);
          return;
        }
        // No room to wait at home: its route goes on.
        widened = true;
      }
    }
    attempts.beginAgain();
  }

  private void turnedAway(int retryAfterSeconds) {
    walk.refuse(walk.timeLeft() <= 0 ? ErrorAnswer.of(Refusal.DEADLINE_EXCEEDED, "The time this request was given is over.")
        : new ErrorAnswer(Refusal.BUSY, Refusal.BUSY.httpStatus(),
            attempts.made() == 0 ? "Every upstream that this request may use is full. Nothing was sent. Try again after the time given."
                : "An attempt failed, and now every upstream that this request may use is full. Try again after the time given.",
            null, retryAfterSeconds));
  }

  private void park(long widenNanos) {
    parkedNanos = loop.nanos();
    long longest = rooms.config().firstTokenNanos(latencyClass) - (loop.nanos() - request.arrivedNanos());
    long deadline = loop.nanos() + Math.min(longest, walk.timeLeft());
    ticket = room.offer(this, new Wish(latencyClass, request.caller().tenant(), List.copyOf(full), sinceNanos,
        called ? loop.nanos() + WaitingRoom.LOOK_NANOS : loop.nanos(), widenNanos, deadline));
  }

  /** Whether the same upstream's next region may have room: that is looked at before anybody waits. */
  private boolean privateNext(int index) {
    return index + 1 < candidates.size() && candidates.get(index + 1).upstream() == candidates.get(index).upstream()
        && candidates.get(index + 1).step() == candidates.get(index).step();
  }

  private boolean publicAfter(int index) {
    for (int i = index + 1; i < candidates.size(); i++) {
      if (candidates.get(i).upstream().zone() == Zone.PUBLIC) {
        return true;
      }
    }
    return false;
  }
}
