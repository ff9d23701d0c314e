package io.tidegate.lab.emulator;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what a socket will bring about, with a deadline; the last look is the hundredth at least, as one that stood still has not waited. */
final class Poll {
  private static final int LOOKS = 100;

  private Poll() {}

  static void until(String what, Duration limit, BooleanSupplier reached) {
    long deadline = System.nanoTime() + limit.toNanos();
    for (int looks = 1; !reached.getAsBoolean(); looks++) {
      if (System.nanoTime() - deadline > 0 && looks >= LOOKS) {
        throw new AssertionError("not within " + limit + ": " + what);
      }
      LockSupport.parkNanos(2_000_000);
    }
  }
}
