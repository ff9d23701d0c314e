package io.tidegate.lab.emulator;

import io.tidegate.lab.dialect.Load;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Slots and the queue before them, per pool. Safe for any thread; tasks of admitted waiters run on the thread that freed the slot, and
 * must only post.
 */
final class Capacity implements Load {
  private final int slots;
  private final int queue;
  private final Map<String, Pool> pools = new HashMap<>();
  private long order;
  private int running;
  private int waiting;

  Capacity(int slots, int queue) {
    this.slots = slots;
    this.queue = queue;
  }

  private static final class Pool {
    private int running;
    private final PriorityQueue<Place> waiting = new PriorityQueue<>();
  }

  /** A place in a pool. Guarded by the capacity. */
  static final class Place implements Comparable<Place> {
    private final String pool;
    private final int priority;
    private final long order;
    private final Runnable start;
    private boolean runs;

    private Place(String pool, int priority, long order, Runnable start) {
      this.pool = pool;
      this.priority = priority;
      this.order = order;
      this.start = start;
    }

    @Override
    public int compareTo(Place other) {
      return priority != other.priority ? Integer.compare(priority, other.priority) : Long.compare(order, other.order);
    }
  }

  /** Takes a slot or queues; null if the queue is full. {@code start} runs at once or later, at most once. */
  @org.jspecify.annotations.Nullable Place enter(String name, int priority, Runnable start) {
    Place place;
    synchronized (this) {
      Pool pool = pools.computeIfAbsent(name, unused -> new Pool());
      place = new Place(name, priority, order++, start);
      if (pool.running >= slots) {
        if (pool.waiting.size() >= queue) {
          return null;
        }
        pool.waiting.add(place);
        waiting++;
        return place;
      }
      admit(pool, place);
    }
    start.run();
    return place;
  }

  /** Gives the slot, or the place in the queue, back. */
  void leave(Place place) {
    Place next;
    synchronized (this) {
      Pool pool = pools.get(place.pool);
      if (!place.runs) {
        if (pool.waiting.remove(place)) {
          waiting--;
        }
        return;
      }
      place.runs = false;
      pool.running--;
      running--;
      next = pool.waiting.poll();
      if (next == null) {
        return;
      }
      waiting--;
      admit(pool, next);
    }
    next.start.run();
  }

  private void admit(Pool pool, Place place) {
    place.runs = true;
    pool.running++;
    running++;
  }

  @Override
  public synchronized int running() {
    return running;
  }

  @Override
  public synchronized int waiting() {
    return waiting;
  }
}
