package io.tidegate.dispatch.retry;

import java.util.Arrays;

/**
 * How many further attempts one upstream may be asked to bear: a share of the requests it was sent, and a minimum. A leaky token bucket after
 * Finagle's {@code RetryBudget}: what a request pays in, and what an attempt takes out, is forgotten after the window. Confined to one loop.
 *
 * <p>A minimum for each client protects nobody once there are many: it is divided among the loops of all instances.
 */
public final class RetryBudget {
  private static final int SLICES = 10;

  /** One attempt. Whole numbers, so that nothing is lost in adding up. */
  private static final long ATTEMPT = 1_000_000;

  private final long deposit;
  private final long reserve;
  private final long sliceNanos;
  private final long[] slices = new long[SLICES];
  private long balance;
  private long slice;

  /**
   * @param share of requests, such as 0.2
   * @param perSecond attempts that may be made a second however few requests there are; this loop's part
   */
  public RetryBudget(double share, double perSecond, long windowNanos, long nowNanos) {
    if (!(share >= 0) || !(perSecond >= 0) || windowNanos < SLICES) {
      throw new IllegalArgumentException("a budget needs a share, a minimum and a window");
    }
    this.deposit = Math.round(share * ATTEMPT);
    this.reserve = Math.round(perSecond * ATTEMPT * windowNanos / 1e9);
    this.sliceNanos = windowNanos / SLICES;
    this.slice = Math.floorDiv(nowNanos, sliceNanos);
  }

  /** A request was sent for the first time. */
  public void deposit(long nowNanos) {
    add(deposit, nowNanos);
  }

  /** True if one more attempt may be made; it is then paid. */
  public boolean tryWithdraw(long nowNanos) {
    forget(nowNanos);
    if (balance + reserve < ATTEMPT) {
      return false;
    }
    add(-ATTEMPT, nowNanos);
    return true;
  }

  /** What was paid for was not made. */
  public void giveBack(long nowNanos) {
    add(ATTEMPT, nowNanos);
  }

  private void add(long amount, long nowNanos) {
    forget(nowNanos);
    slices[Math.floorMod(slice, SLICES)] += amount;
    balance += amount;
  }

  private void forget(long nowNanos) {
    long now = Math.floorDiv(nowNanos, sliceNanos);
    if (now <= slice) {
      return;
    }
    if (now - slice >= SLICES) {
      Arrays.fill(slices, 0);
      balance = 0;
    } else {
      for (long passed = slice + 1; passed <= now; passed++) {
        int index = Math.floorMod(passed, SLICES);
        balance -= slices[index];
        slices[index] = 0;
      }
    }
    slice = now;
  }
}
