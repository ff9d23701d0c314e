package io.tidegate.audit;

import io.tidegate.time.Ticker;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The thread that syncs: a round every few tens of milliseconds while there is work, asleep when there is none. */
final class SyncThread {
  /** From one round's begin to the next: with the sync itself, a record is at most 50 ms behind on a disk that takes up to 15 ms. */
  private static final long EVERY_NANOS = 35_000_000;
  /** So long it stays up after the last work: a loop then need not wake it for each request. */
  private static final long STAY_UP_NANOS = 1_000_000_000;
  private static final long STOP_MILLIS = 2_000;

  private final BooleanSupplier round;
  private final Ticker ticker;
  private volatile boolean stopped;
  private volatile boolean asleep;
  private volatile boolean hurry;
  private @Nullable Thread thread;

  SyncThread(BooleanSupplier round, Ticker ticker) {
    this.round = round;
    this.ticker = ticker;
  }

  void start() {
    Thread started = new Thread(this::run, "audit-sync");
    started.setDaemon(true);
    thread = started;
    started.start();
  }

  /** From a loop that appended a record: costs a read of a field while the thread is up. */
  void wake() {
    if (asleep) {
      asleep = false;
      LockSupport.unpark(thread);
    }
  }

  /** From a loop whose request waits for the disk. */
  void hurry() {
    hurry = true;
    LockSupport.unpark(thread);
  }

  private void run() {
    long busy = ticker.nanos();
    while (!stopped) {
      long begun = ticker.nanos();
      hurry = false;
      if (round.getAsBoolean()) {
        busy = begun;
      } else if (begun - busy > STAY_UP_NANOS) {
        // Said before the last look: a loop that appends after it sees that it must wake us.
        asleep = true;
        if (round.getAsBoolean()) {
          busy = begun;
          asleep = false;
          continue;
        }
        LockSupport.parkNanos(this, 10 * STAY_UP_NANOS);
        asleep = false;
        continue;
      }
      for (long left = begun + EVERY_NANOS - ticker.nanos(); left > 0 && !stopped && !hurry; left = begun + EVERY_NANOS - ticker.nanos()) {
        LockSupport.parkNanos(this, left);
      }
    }
  }

  /** Ends the thread; false if it hangs in a round. */
  boolean stop() {
    stopped = true;
    Thread running = thread;
    if (running == null) {
      return true;
    }
    LockSupport.unpark(running);
    try {
      running.join(STOP_MILLIS);
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
    return !running.isAlive();
  }
}
