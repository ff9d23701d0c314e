package io.tidegate.admission.queue;

import io.tidegate.model.LatencyClass;
import io.tidegate.time.Loop;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * Requests that met no free place. Interactive ones are served before standard ones, those before batch; turned away in the opposite order. All
 * state belongs to one loop; {@link #offer}, {@link #withdraw}, {@link #arrived} and {@link #freed} may come from any. A place given back costs one
 * read while nobody waits.
 *
 * <p>No wake-up is lost: an offer is counted before the places are looked at, and a place is free before the count is read.
 */
public final class WaitingRoom {
  /** How often it looks at the time while somebody waits: a place may also come from an endpoint that recovers, of which nobody tells. */
  public static final long LOOK_NANOS = 20_000_000L;
  private static final LatencyClass[] CLASSES = LatencyClass.values();
  private static final Wake[] REASONS = Wake.values();

  private final Loop loop;
  private final Places places;
  private final QueueRules rules;
  private final Map<LatencyClass, ClassQueue> queues = new EnumMap<>(LatencyClass.class);
  private final DrainRate drain = new DrainRate();
  private final AtomicBoolean called = new AtomicBoolean();
  private final AtomicLongArray outcomes = new AtomicLongArray(CLASSES.length * REASONS.length);
  private final AtomicLongArray depths = new AtomicLongArray(CLASSES.length);
  /** For each upstream that was ever waited for, how many of each class wait for it. */
  private final Map<String, AtomicIntegerArray> ahead = new ConcurrentHashMap<>();
  private volatile int waiting;
  private long order;
  private Loop.@Nullable Timer timer;

  /** @param loop where its state lives */
  public WaitingRoom(Loop loop, Places places, QueueRules rules) {
    this.loop = loop;
    this.places = places;
    this.rules = rules;
    for (LatencyClass each : CLASSES) {
      queues.put(each, new ClassQueue(rules.codel(each)));
    }
  }

  /** Waits. The waiter is called once, unless it withdraws first. */
  public Ticket offer(Waiter waiter, Waiter.Wish wish) {
    Ticket ticket = new Ticket(waiter, wish);
    on(() -> take(ticket));
    return ticket;
  }

  /** It waits no longer. */
  public void withdraw(Ticket ticket) {
    on(() -> {
      if (ticket.waiting) {
        remove(ticket);
      }
      ticket.over = true;
    });
  }

  /** A woken request has taken its place, or never will: nothing is kept for it any more. {@link #freed} follows. */
  public void arrived(String upstream) {
    places.unkeep(upstream);
  }

  /** A place was given back somewhere. */
  public void freed() {
    if (waiting > 0 && called.compareAndSet(false, true)) {
      on(() -> {
        called.set(false);
        serve();
      });
    }
  }

  /** Requests of a class that wait. Any thread. */
  public long depth(LatencyClass latencyClass) {
    return depths.get(latencyClass.ordinal());
  }

  /** Whether anybody waits. Any thread. */
  public boolean anybodyWaits() {
    return waiting > 0;
  }

  /**
   * Whether somebody waits for {@code upstream} who comes before a newcomer of {@code latencyClass}: a place that is free there, of which this room has not
   * heard yet, is not the newcomer's. Any thread; one read while nobody waits.
   */
  public boolean isAhead(String upstream, LatencyClass latencyClass) {
    AtomicIntegerArray there = waiting == 0 ? null : ahead.get(upstream);
    for (int i = 0; there != null && i <= latencyClass.ordinal(); i++) {
      if (there.get(i) > 0) {
        return true;
      }
    }
    return false;
  }

  /** Requests of a class that were called for {@code why}. Any thread. */
  public long called(LatencyClass latencyClass, Wake why) {
    return outcomes.get(latencyClass.ordinal() * REASONS.length + why.ordinal());
  }

  private void on(Runnable task) {
    if (loop.inLoop()) {
      task.run();
    } else {
      loop.execute(task);
    }
  }

  private void take(Ticket ticket) {
    if (ticket.over) {
      return;
    }
    long now = loop.nanos();
    if (now - ticket.wish.deadlineNanos() >= 0) {
      call(ticket, Wake.EXPIRED, "", now);
      return;
    }
    Ticket refused = refusedFor(ticket);
    if (refused == ticket) {
      call(ticket, Wake.FULL, "", now);
      return;
    }
    if (refused != null) {
      remove(refused);
      call(refused, Wake.FULL, "", now);
    }
    ticket.order = order++;
    ticket.waiting = true;
    queue(ticket.wish.latencyClass()).add(ticket);
    counted(ticket, 1);
    serve();
  }

  /** Who must go so that {@code ticket} can stay: a lower class; inside a class a tenant that has more waiting; else itself. Null for nobody. */
  private @Nullable Ticket refusedFor(Ticket ticket) {
    LatencyClass own = ticket.wish.latencyClass();
    boolean full = waiting >= rules.total();
    if (full) {
      for (int i = CLASSES.length - 1; i > own.ordinal(); i--) {
        Ticket least = queue(CLASSES[i]).least();
        if (least != null) {
          return least;
        }
      }
    }
    ClassQueue queue = queue(own);
    if (!full && queue.size() < rules.bound(own)) {
      return null;
    }
    Ticket least = queue.least();
    boolean hogged = least != null && queue.waiting(least.wish.tenant()) > queue.waiting(ticket.wish.tenant()) + 1;
    return hogged ? least : ticket;
  }

  /** Gives free places to those who are next. */
  private void serve() {
    long now = loop.nanos();
    for (LatencyClass each : CLASSES) {
      ClassQueue queue = queue(each);
      if (queue.size() > 0) {
        queue.look(now);
        for (String upstream : queue.wanted()) {
          while (places.free(upstream, each) > 0) {
            Ticket next = queue.take(upstream, now);
            if (next == null) {
              break;
            }
            next.waiting = false;
            counted(next, -1);
            if (now - next.wish.deadlineNanos() >= 0) {
              call(next, Wake.EXPIRED, "", now);
            } else {
              places.keep(upstream);
              drain.granted(now);
              call(next, Wake.GRANTED, upstream, now);
            }
          }
        }
      }
    }
    watch();
  }

  /** Time has passed: whose is over, who looks further, who has waited too long. Earliest deadline first. */
  private void look() {
    timer = null;
    long now = loop.nanos();
    for (LatencyClass each : CLASSES) {
      ClassQueue queue = queue(each);
      queue.look(now);
      List<Ticket> due = new ArrayList<>();
      for (Ticket ticket : queue.all()) {
        if (why(queue, ticket, now) != null) {
          due.add(ticket);
        }
      }
      due.sort((one, other) -> one.urgenterThan(other) ? -1 : 1);
      for (Ticket ticket : due) {
        Wake why = why(queue, ticket, now);
        if (why != null) {
          remove(ticket);
          call(ticket, why, "", now);
        }
      }
    }
    serve();
  }

  private static @Nullable Wake why(ClassQueue queue, Ticket ticket, long now) {
    if (now - ticket.wish.deadlineNanos() >= 0) {
      return Wake.EXPIRED;
    }
    if (ticket.wish.widenNanos() != Long.MAX_VALUE && now - ticket.wish.widenNanos() >= 0) {
      return Wake.WIDEN;
    }
    return queue.overdue(ticket, now) ? Wake.OVERDUE : null;
  }

  private void watch() {
    if (waiting > 0 && timer == null) {
      timer = loop.schedule(this::look, LOOK_NANOS);
    } else if (waiting == 0 && timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  private void remove(Ticket ticket) {
    ticket.waiting = false;
    queue(ticket.wish.latencyClass()).remove(ticket);
    counted(ticket, -1);
    watch();
  }

  private void counted(Ticket ticket, int by) {
    waiting += by;
    int own = ticket.wish.latencyClass().ordinal();
    depths.addAndGet(own, by);
    for (String upstream : ticket.wish.upstreams()) {
      ahead.computeIfAbsent(upstream, unused -> new AtomicIntegerArray(CLASSES.length)).addAndGet(own, by);
    }
  }

  private void call(Ticket ticket, Wake why, String upstream, long now) {
    ticket.over = true;
    LatencyClass own = ticket.wish.latencyClass();
    outcomes.incrementAndGet(own.ordinal() * REASONS.length + why.ordinal());
    int ahead = 0;
    for (int i = 0; i <= own.ordinal(); i++) {
      ahead += queue(CLASSES[i]).size();
    }
    int later = drain.secondsFor(ahead, now);
    ticket.waiter.loop().execute(() -> ticket.waiter.wake(why, upstream, later));
  }

  private ClassQueue queue(LatencyClass latencyClass) {
    return java.util.Objects.requireNonNull(queues.get(latencyClass));
  }
}
