package io.tidegate.assay.world;

import io.tidegate.time.Loop;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;

/** A loop in virtual time (decisions 21): runs on the caller's thread, and its clock jumps to the next timer. Confined to that thread. */
final class VirtualLoop implements Loop {
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private final PriorityQueue<Pending> timers = new PriorityQueue<>(Comparator.comparingLong(Pending::atNanos).thenComparingLong(Pending::order));
  private long nowNanos;
  private long order;

  private record Pending(long atNanos, long order, Runnable task) {}

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  @Override
  public boolean inLoop() {
    return true;
  }

  @Override
  public Timer schedule(Runnable task, long delayNanos) {
    Pending pending = new Pending(nowNanos + Math.max(0, delayNanos), order++, task);
    timers.add(pending);
    return () -> timers.remove(pending);
  }

  @Override
  public int index() {
    return 0;
  }

  @Override
  public long nanos() {
    return nowNanos;
  }

  /** Runs all that is waiting and all that will be, at its time; false if that took more than {@code steps}. */
  boolean runOut(int steps) {
    for (int i = 0; i < steps; i++) {
      Runnable task = tasks.poll();
      if (task == null) {
        Pending next = timers.poll();
        if (next == null) {
          return true;
        }
        nowNanos = Math.max(nowNanos, next.atNanos());
        task = next.task();
      }
      task.run();
    }
    tasks.clear();
    timers.clear();
    return false;
  }
}
