package io.tidegate.schedule;

import io.tidegate.time.Loop;
import io.tidegate.time.Ticker;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;

/** Some loops that share one clock, in virtual time: tasks of one loop run in order, those of different loops in an order that the seed draws. */
final class VirtualLoops implements Ticker {
  private static final int MAX_TASKS = 1_000_000;

  private final List<One> loops = new ArrayList<>();
  private final PriorityQueue<Pending> timers = new PriorityQueue<>(Comparator.comparingLong(Pending::atNanos).thenComparingLong(Pending::order));
  private final SplittableRandom random;
  private final Runnable quiet;
  private long nowNanos;
  private long order;
  private int current = -1;
  private int ran;
  private int ours;

  /** @param ours of the stand, not of the line */
  private record Pending(long atNanos, long order, One loop, Runnable task, boolean ours) {}

  /** @param quiet called whenever nothing is left to do at this time */
  VirtualLoops(int count, SplittableRandom random, Runnable quiet) {
    this.random = random;
    this.quiet = quiet;
    for (int i = 0; i < count; i++) {
      loops.add(new One(i));
    }
  }

  Loop loop(int index) {
    return loops.get(index);
  }

  int count() {
    return loops.size();
  }

  @Override
  public long nanos() {
    return nowNanos;
  }

  /** Timers of the line that have not come. */
  int pendingTimers() {
    return timers.size() - ours;
  }

  /** Those of them that come at another time than these. */
  int pendingTimersBut(Set<Long> times) {
    int others = 0;
    for (Pending each : timers) {
      others += each.ours() || times.contains(each.atNanos()) ? 0 : 1;
    }
    return others;
  }

  /** A timer of the world's, of which the line knows nothing. */
  Loop.Timer later(Loop loop, Runnable task, long delayNanos) {
    ours++;
    return add(loops.get(loop.index()), task, delayNanos, true);
  }

  private Loop.Timer add(One loop, Runnable task, long delayNanos, boolean own) {
    Pending pending = new Pending(nowNanos + Math.max(0, delayNanos), order++, loop, task, own);
    timers.add(pending);
    return () -> {
      if (timers.remove(pending) && own) {
        ours--;
      }
    };
  }

  /** Goes on to {@code nanos}, running every timer on the way at its own time. */
  void advanceTo(long nanos) {
    settle();
    for (Pending next = timers.peek(); next != null && next.atNanos() <= nanos; next = timers.peek()) {
      timers.remove(next);
      ours -= next.ours() ? 1 : 0;
      nowNanos = Math.max(nowNanos, next.atNanos());
      run(next.loop(), next.task());
      Pending after = timers.peek();
      if (after == null || after.atNanos() > nowNanos) {
        settle();
      }
    }
    nowNanos = Math.max(nowNanos, nanos);
  }

  /** Runs all that is to be done now. */
  void settle() {
    while (true) {
      int waiting = 0;
      for (One loop : loops) {
        waiting += loop.tasks.isEmpty() ? 0 : 1;
      }
      if (waiting == 0) {
        quiet.run();
        return;
      }
      int turn = waiting == 1 ? 0 : random.nextInt(waiting);
      for (One loop : loops) {
        if (!loop.tasks.isEmpty() && turn-- == 0) {
          run(loop, loop.tasks.remove());
          break;
        }
      }
    }
  }

  /** Does something on a loop, as its callers do. */
  void run(Loop loop, Runnable task) {
    if (++ran > MAX_TASKS) {
      throw new AssertionError("it does not come to an end");
    }
    current = loop.index();
    try {
      task.run();
    } finally {
      current = -1;
    }
  }

  private final class One implements Loop {
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final int index;

    One(int index) {
      this.index = index;
    }

    @Override
    public void execute(Runnable task) {
      tasks.add(task);
    }

    @Override
    public boolean inLoop() {
      return current == index;
    }

    @Override
    public Timer schedule(Runnable task, long delayNanos) {
      return add(this, task, delayNanos, false);
    }

    @Override
    public int index() {
      return index;
    }

    @Override
    public long nanos() {
      return nowNanos;
    }
  }
}
