package io.tidegate.lab.sim;

import io.tidegate.time.Loop;
import java.util.ArrayDeque;
import java.util.PriorityQueue;

/** Everybody's loop: events in order of time, equal ones in the order in which they were asked for. Confined to one thread. */
public final class VirtualTime implements Loop {
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private long nowNanos;
  private long order;
  private int waiting;

  private final class Event implements Timer, Comparable<Event> {
    final long atNanos;
    final long number = order++;
    final Runnable task;
    boolean over;

    Event(long atNanos, Runnable task) {
      this.atNanos = atNanos;
      this.task = task;
    }

    @Override
    public void cancel() {
      if (!over) {
        over = true;
        waiting--;
      }
    }

    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(atNanos, other.atNanos);
      return byTime != 0 ? byTime : Long.compare(number, other.number);
    }
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
    return at(nowNanos + Math.max(0, delayNanos), task);
  }

  /** Runs {@code task} then, or now if then has passed. */
  public Timer at(long nanos, Runnable task) {
    Event event = new Event(Math.max(nowNanos, nanos), task);
    events.add(event);
    waiting++;
    return event;
  }

  @Override
  public int index() {
    return 0;
  }

  @Override
  public long nanos() {
    return nowNanos;
  }

  /** Goes on until then. */
  public void runTo(long nanos) {
    runTasks();
    for (Event next = events.peek(); next != null && next.atNanos <= nanos; next = events.peek()) {
      events.remove();
      if (!next.over) {
        next.over = true;
        waiting--;
        nowNanos = next.atNanos;
        next.task.run();
        runTasks();
      }
    }
    nowNanos = Math.max(nowNanos, nanos);
  }

  private void runTasks() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  /** Events to come that nobody cancelled. */
  public int waiting() {
    return waiting;
  }
}
