package io.tidegate.dispatch.region;

import java.util.concurrent.atomic.AtomicReference;

/**
 * Whether one upstream's part in a region takes its share of requests (R3.3). A part that had nobody well comes back only after somebody there was well
 * for a hold time without a break, and then by a ramp. Any thread: compare-and-set, no clock.
 *
 * <table>
 * <caption>state × what is seen → state</caption>
 * <tr><th></th><th>nobody is well</th><th>somebody is well</th></tr>
 * <tr><td>NEW: nobody was well yet</td><td>same</td><td>SERVING: a start is no return</td></tr>
 * <tr><td>SERVING</td><td>LOST</td><td>same</td></tr>
 * <tr><td>LOST</td><td>same</td><td>RETURNING, held from now on</td></tr>
 * <tr><td>RETURNING</td><td>LOST: the hold begins anew</td><td>same; SERVING once hold and ramp are over</td></tr>
 * </table>
 */
public final class RegionHold {
  private static final Standing NEW = new Standing(State.NEW, 0);
  private static final Standing SERVING = new Standing(State.SERVING, 0);
  private static final Standing LOST = new Standing(State.LOST, 0);

  private final long holdNanos;
  private final long rampNanos;
  private final AtomicReference<Standing> standing = new AtomicReference<>(NEW);

  /** Where a part stands. */
  public enum State { NEW, SERVING, LOST, RETURNING }

  private record Standing(State state, long sinceNanos) {}

  /**
   * @param holdNanos how long somebody must have been well there
   * @param rampNanos how long it then takes to its whole share; 0 for at once
   */
  public RegionHold(long holdNanos, long rampNanos) {
    this.holdNanos = holdNanos;
    this.rampNanos = rampNanos;
  }

  /** Whether anybody there is well now; to be told at every change. */
  public void seen(boolean anyWell, long nowNanos) {
    while (true) {
      Standing was = standing.get();
      Standing next = anyWell ? well(was, nowNanos) : was.state == State.NEW ? was : LOST;
      if (next == was || standing.compareAndSet(was, next)) {
        return;
      }
    }
  }

  private Standing well(Standing was, long nowNanos) {
    return switch (was.state) {
      case NEW -> SERVING;
      case SERVING -> was;
      case LOST -> new Standing(State.RETURNING, nowNanos);
      case RETURNING -> nowNanos - was.sinceNanos >= holdNanos + rampNanos ? SERVING : was;
    };
  }

  /** The part of its requests that it gets, in 0..1; 0 while it is lost or held. */
  public double share(long nowNanos) {
    Standing now = standing.get();
    if (now.state == State.LOST) {
      return 0;
    }
    if (now.state != State.RETURNING) {
      return 1;
    }
    long ramped = nowNanos - now.sinceNanos - holdNanos;
    if (ramped < 0) {
      return 0;
    }
    if (ramped >= rampNanos) {
      standing.compareAndSet(now, SERVING);
      return 1;
    }
    // Not from nothing: the first requests show whether it bears any.
    return Math.max(0.05, (double) ramped / rampNanos);
  }

  /** Where it stands now. */
  public State state() {
    return standing.get().state;
  }

  /** Whether it is lost, so that a probe may tell that it is back. */
  public boolean lost() {
    return standing.get() == LOST;
  }
}
