package io.tidegate.upstream.gate;

import io.tidegate.time.Loop;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The time limits of all exchanges of one loop with one timer: deadlines are fields, and a sweep looks at them when the earliest that was
 * known is reached. Content moves a deadline without touching the timer. Coarse to {@code GRAIN_NANOS}. On the loop only.
 */
final class Deadlines {
  static final long GRAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private final Loop loop;
  private @Nullable Exchange first;
  /** The one timer; null while nothing waits. */
  private Loop.@Nullable Timer timer;
  private long timerNanos;

  Deadlines(Loop loop) {
    this.loop = loop;
  }

  void add(Exchange exchange) {
    exchange.later = first;
    if (first != null) {
      first.earlier = exchange;
    }
    first = exchange;
    wakeAt(exchange.deadlineNanos());
  }

  /** An exchange's deadline came nearer. */
  void shortened(Exchange exchange) {
    wakeAt(exchange.deadlineNanos());
  }

  /** No harm if it is not in the list. */
  void remove(Exchange exchange) {
    Exchange before = exchange.earlier;
    Exchange after = exchange.later;
    if (before != null) {
      before.later = after;
    } else if (first == exchange) {
      first = after;
    }
    if (after != null) {
      after.earlier = before;
    }
    exchange.earlier = null;
    exchange.later = null;
  }

  void close() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  private void wakeAt(long nanos) {
    if (timer != null) {
      if (timerNanos - nanos <= GRAIN_NANOS) {
        return;
      }
      timer.cancel();
    }
    long now = loop.nanos();
    timerNanos = Math.max(nanos - now, GRAIN_NANOS) + now;
    timer = loop.schedule(this::sweep, timerNanos - now);
  }

  private void sweep() {
    timer = null;
    long now = loop.nanos();
    Exchange exchange = first;
    while (exchange != null) {
      Exchange next = exchange.later;
      if (now - exchange.deadlineNanos() >= 0) {
        exchange.expired(now);
        // What a caller does in answer may have unlinked the next one.
        next = next != null && next.isOver() ? first : next;
      }
      exchange = next;
    }
    if (first != null) {
      long earliest = first.deadlineNanos();
      for (Exchange e = first; e != null; e = e.later) {
        if (e.deadlineNanos() - earliest < 0) {
          earliest = e.deadlineNanos();
        }
      }
      wakeAt(earliest);
    }
  }
}
