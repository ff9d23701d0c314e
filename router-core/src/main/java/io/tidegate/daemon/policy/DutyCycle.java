package io.tidegate.daemon.policy;

import io.tidegate.time.Pace;
import io.tidegate.time.Ticker;
import java.util.concurrent.locks.LockSupport;

/**
 * Works for about {@value #WORK_NANOS} ns at a time and rests for {@value #REST} times as long as it worked, so that a reload takes a thirtieth of one core
 * at most: requests wait for a core no longer than one such piece, and its garbage comes slowly. The ticker stands still in the rests. One thread at a time.
 */
final class DutyCycle implements Pace, Ticker {
  private static final long WORK_NANOS = 250_000;
  private static final int REST = 29;

  private final Ticker ticker;
  private final int rest;
  private long begun;
  private long rested;

  DutyCycle(Ticker ticker) {
    this(ticker, REST);
  }

  /** @param rest how many times as long as it worked it rests */
  DutyCycle(Ticker ticker, int rest) {
    this.ticker = ticker;
    this.rest = rest;
  }

  /** The work begins, or goes on after something else. */
  void begin() {
    begun = ticker.nanos();
  }

  @Override
  public void step() {
    long now = ticker.nanos();
    long worked = now - begun;
    if (worked >= WORK_NANOS) {
      // On a busy machine part of it was waiting, which needs no rest.
      LockSupport.parkNanos(rest * Math.min(worked, 2 * WORK_NANOS));
      begun = ticker.nanos();
      rested += begun - now;
    }
  }

  /** Nanoseconds of work, not of rests. */
  @Override
  public long nanos() {
    return ticker.nanos() - rested;
  }
}
