package io.tidegate.dispatch;

import io.tidegate.dispatch.AttemptFailure.Kind;

/** Whether somebody may be asked at a place now, when not when, and why not. Any thread. */
final class Openings {
  private final HealthBoard board;

  Openings(HealthBoard board) {
    this.board = board;
  }

  /**
   * Why {@link Balancer#pick} gave nothing for {@code place} though nothing was tried: for the caller's error when no attempt was made.
   * RATE_LIMITED with the time left, ACCOUNT, POOL_FULL where a limit leaves no place, or CONNECT_REFUSED where every endpoint
   * is out or there is none.
   */
  AttemptFailure whyNone(String place, boolean called) {
    EndpointGroup group = board.known(place);
    long now = board.nanos();
    if (group != null && group.accountClosedForNanos(now) > 0) {
      return AttemptFailure.of(Kind.ACCOUNT);
    }
    if (group != null && full(group, now, called)) {
      return AttemptFailure.of(Kind.POOL_FULL);
    }
    long shortest = Long.MAX_VALUE;
    for (EndpointSlot slot : board.slots(place)) {
      long left = slot.coolForNanos(now);
      if (left > 0 && slot.health().state() == EndpointHealth.State.HEALTHY) {
        shortest = Math.min(shortest, left);
      }
    }
    return shortest == Long.MAX_VALUE ? AttemptFailure.of(Kind.CONNECT_REFUSED)
        : new AttemptFailure(Kind.RATE_LIMITED, 0, true, Math.min(60_000, Math.max(1_000, shortest / 1_000_000)), null);
  }

  private static boolean full(EndpointGroup group, long now, boolean called) {
    if (group.shut(now, called)) {
      return true;
    }
    for (EndpointSlot slot : group.slots()) {
      if (!slot.hasRoom() && slot.health().state() == EndpointHealth.State.HEALTHY && slot.coolForNanos(now) == 0) {
        return true;
      }
    }
    return false;
  }

  /**
   * Nanoseconds until an endpoint of {@code place} may be asked, if nothing more becomes known of it; 0 for now, or if one is being probed, which
   * may end any time; {@link Long#MAX_VALUE} if there is none, all have been out for long, or our account is refused.
   */
  long inNanos(String place) {
    EndpointGroup group = board.known(place);
    long now = board.nanos();
    if (group == null || group.accountClosedForNanos(now) > 0) {
      return Long.MAX_VALUE;
    }
    long soonest = Long.MAX_VALUE;
    for (EndpointSlot slot : group.slots()) {
      EndpointHealth health = slot.health();
      long out = health.state() == EndpointHealth.State.EJECTED ? Math.max(Math.max(0, health.untilNanos() - now), slot.avoidForNanos(now)) : 0;
      soonest = Math.min(soonest, Math.max(out, slot.coolForNanos(now)));
    }
    return group.outForNanos(now) > HealthBoard.LONG_OUT_NANOS ? Long.MAX_VALUE : soonest;
  }

  /** Whether an endpoint of {@code place} would be picked now: well, and with room; or out, and to be probed. */
  boolean isOpen(String place) {
    long now = board.nanos();
    EndpointGroup group = board.pickable(place, now);
    for (EndpointSlot slot : group == null ? EndpointGroup.NONE : group.slots()) {
      boolean well = slot.health().state() == EndpointHealth.State.HEALTHY;
      if (well ? slot.hasRoom() && slot.coolForNanos(now) == 0 : slot.mayProbe(now)) {
        return true;
      }
    }
    return false;
  }
}
