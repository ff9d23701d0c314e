package io.tidegate.admission.queue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Those of one latency class: tenants take turns (each turn costs a tenant one unit of virtual time; who has spent least is next), inside a tenant
 * the earliest deadline, in overload the newest. The room bounds it, so a scan is short. Confined to the room's loop.
 */
final class ClassQueue {
  private final Map<String, Line> tenants = new LinkedHashMap<>();
  private final Map<String, Integer> wanted = new TreeMap<>();
  private final Codel codel;
  private long clock;
  private int size;
  private boolean overloaded;

  /** A tenant's waiting requests. */
  private static final class Line {
    final List<Ticket> tickets = new ArrayList<>();
    long spent;
  }

  ClassQueue(Codel codel) {
    this.codel = codel;
  }

  int size() {
    return size;
  }

  boolean overloaded() {
    return overloaded;
  }

  /** Upstreams that somebody here waits for. A copy. */
  List<String> wanted() {
    return List.copyOf(wanted.keySet());
  }

  int waiting(String tenant) {
    Line line = tenants.get(tenant);
    return line == null ? 0 : line.tickets.size();
  }

  void add(Ticket ticket) {
    Line line = tenants.computeIfAbsent(ticket.wish.tenant(), name -> {
      Line made = new Line();
      // Who was away has saved nothing.
      made.spent = clock;
      return made;
    });
    line.tickets.add(ticket);
    size++;
    for (String upstream : ticket.wish.upstreams()) {
      wanted.merge(upstream, 1, Integer::sum);
    }
  }

  void remove(Ticket ticket) {
    Line line = tenants.get(ticket.wish.tenant());
    if (line != null && line.tickets.remove(ticket)) {
      size--;
      for (String upstream : ticket.wish.upstreams()) {
        wanted.computeIfPresent(upstream, (name, count) -> count == 1 ? null : count - 1);
      }
      if (line.tickets.isEmpty()) {
        tenants.remove(ticket.wish.tenant());
      }
    }
  }

  /** Looks at the time: has this become a standing queue, or stopped being one? */
  void look(long nowNanos) {
    long oldest = 0;
    for (Line line : tenants.values()) {
      for (Ticket ticket : line.tickets) {
        oldest = Math.max(oldest, ticket.waited(nowNanos));
      }
    }
    overloaded = codel.overloaded(oldest, nowNanos);
  }

  /** Whether in overload this one has waited too long. */
  boolean overdue(Ticket ticket, long nowNanos) {
    return overloaded && ticket.waited(nowNanos) > codel.patienceNanos();
  }

  /** Takes who is next for {@code upstream}; null if nobody waits for it. */
  @Nullable Ticket take(String upstream, long nowNanos) {
    Line next = null;
    Ticket chosen = null;
    for (Line line : tenants.values()) {
      if (next == null || line.spent < next.spent) {
        Ticket best = best(line, upstream, nowNanos);
        if (best != null) {
          next = line;
          chosen = best;
        }
      }
    }
    if (next != null && chosen != null) {
      clock = Math.max(clock, next.spent);
      next.spent++;
      remove(chosen);
    }
    return chosen;
  }

  private @Nullable Ticket best(Line line, String upstream, long nowNanos) {
    Ticket best = null;
    for (Ticket ticket : line.tickets) {
      if (nowNanos - ticket.wish.earliestNanos() >= 0 && ticket.wish.upstreams().contains(upstream)
          && (best == null || (overloaded ? ticket.newerThan(best) : ticket.urgenterThan(best)))) {
        best = ticket;
      }
    }
    return best;
  }

  /** Who would be missed least: of the tenant that has most waiting, the one whose deadline is furthest. */
  @Nullable Ticket least() {
    Line most = null;
    for (Line line : tenants.values()) {
      if (most == null || line.tickets.size() > most.tickets.size()) {
        most = line;
      }
    }
    Ticket least = null;
    if (most != null) {
      for (Ticket ticket : most.tickets) {
        if (least == null || least.urgenterThan(ticket)) {
          least = ticket;
        }
      }
    }
    return least;
  }

  List<Ticket> all() {
    List<Ticket> all = new ArrayList<>(size);
    tenants.values().forEach(line -> all.addAll(line.tickets));
    return all;
  }
}
