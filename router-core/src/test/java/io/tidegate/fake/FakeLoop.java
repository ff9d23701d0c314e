package io.tidegate.fake;

import io.tidegate.time.Loop;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;

/** A loop in virtual time: runs on the test's thread, and its clock moves only when told. */
public final class FakeLoop implements Loop {
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private final PriorityQueue<Pending> timers = new PriorityQueue<>(Comparator.comparingLong(Pending::atNanos).thenComparingLong(Pending::order));
  private final int index;
  private long nowNanos;
  private long order;

  public FakeLoop() {
    this(0);
  }

  public FakeLoop(int index) {
    this.index = index;
  }

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
    Pending pending = new Pending(nowNanos + delayNanos, order++, task);
    timers.add(pending);
    return () -> timers.remove(pending);
  }

  @Override
  public int index() {
    return index;
  }

  @Override
  public long nanos() {
    return nowNanos;
  }

  /** Runs what is waiting now. */
  public void run() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  /** Moves time, running every timer on the way at its own time. */
  public void advance(long nanos) {
    long end = nowNanos + nanos;
    run();
    for (Pending next = timers.peek(); next != null && next.atNanos() <= end; next = timers.peek()) {
      timers.remove(next);
      nowNanos = next.atNanos();
      next.task().run();
      run();
    }
    nowNanos = end;
  }

  /** Timers not yet due: none may be left when a test ends. */
  public int pendingTimers() {
    return timers.size();
  }

  private record Pending(long atNanos, long order, Runnable task) {}
}
