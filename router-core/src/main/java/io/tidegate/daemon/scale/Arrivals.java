package io.tidegate.daemon.scale;

import java.util.ArrayDeque;

/** Requests a second over the last minute, from a counter that is looked at every few seconds. One thread at a time. */
final class Arrivals {
  private static final long SECOND = 1_000_000_000L;
  private static final long SPAN_NANOS = 60 * SECOND;
  private static final long SETTLED_NANOS = 15 * SECOND;
  /** A shorter time says nothing. */
  private static final long LEAST_NANOS = SECOND;

  private record Seen(long nanos, double total) {}

  private final ArrayDeque<Seen> seen = new ArrayDeque<>();
  private double perSecond;

  void look(long nanos, double total) {
    Seen newest = seen.peekLast();
    if (newest != null && (nanos - newest.nanos < LEAST_NANOS || total < newest.total)) {
      return;
    }
    seen.addLast(new Seen(nanos, total));
    // One that is at least a minute old is kept: the span reaches back to it.
    while (seen.size() > 2 && second() <= nanos - SPAN_NANOS) {
      seen.removeFirst();
    }
    Seen oldest = seen.getFirst();
    if (nanos > oldest.nanos) {
      perSecond = (total - oldest.total) * SECOND / (nanos - oldest.nanos);
    }
  }

  private long second() {
    Seen first = seen.removeFirst();
    long nanos = seen.getFirst().nanos;
    seen.addFirst(first);
    return nanos;
  }

  double perSecond() {
    return perSecond;
  }

  /** Whether this was looked at for long enough to call it idle. */
  boolean settled() {
    return !seen.isEmpty() && seen.getLast().nanos - seen.getFirst().nanos >= SETTLED_NANOS;
  }
}
