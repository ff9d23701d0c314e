package io.tidegate.lab.e2e;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/** Notes when this process was stopped, or got no processor: then its sockets time out, and nobody is to blame. */
final class Heart implements AutoCloseable {
  /** Longest time in which the whole process did not run, and still counts as running. */
  private static final long BREATH_NANOS = 1_000_000_000;

  private final long breathNanos;
  private final Thread thread = new Thread(this::beat, "heart");
  private volatile boolean beats = true;
  private volatile long stillUntil = System.nanoTime() - Long.MAX_VALUE / 4;
  private volatile int stops;
  private final Queue<Stop> all = new ConcurrentLinkedQueue<>();

  private record Stop(long fromNanos, long toNanos) {}

  Heart() {
    this(BREATH_NANOS);
  }

  /** @param breathNanos longest time in which the whole process did not run, and still counts as running; well above 50 ms */
  Heart(long breathNanos) {
    this.breathNanos = breathNanos;
    thread.setDaemon(true);
    thread.start();
  }

  private void beat() {
    for (long last = System.nanoTime(); beats; ) {
      LockSupport.parkNanos(50_000_000);
      long now = System.nanoTime();
      if (now - last > breathNanos) {
        stops++;
        all.add(new Stop(last, now));
        stillUntil = now;
      }
      last = now;
    }
  }

  /** Whether it stood still at some moment since. */
  boolean stoodStillSince(long nanos) {
    return stillUntil - nanos >= 0;
  }

  /** Whether it stood still at some moment of that time. */
  boolean stoodStillBetween(long fromNanos, long toNanos) {
    return all.stream().anyMatch(stop -> stop.toNanos - fromNanos >= 0 && toNanos - stop.fromNanos >= 0);
  }

  /** How often. */
  int stops() {
    return stops;
  }

  @Override
  public void close() {
    beats = false;
  }
}
