package io.tidegate.admission.queue;

/** One waiting request. Its state belongs to the room's loop. */
public final class Ticket {
  final Waiter waiter;
  final Waiter.Wish wish;
  long order;
  boolean waiting;
  boolean over;

  Ticket(Waiter waiter, Waiter.Wish wish) {
    this.waiter = waiter;
    this.wish = wish;
  }

  long waited(long nowNanos) {
    return nowNanos - wish.sinceNanos();
  }

  /** Earliest deadline first; of equals, who came first. */
  boolean urgenterThan(Ticket other) {
    long difference = wish.deadlineNanos() - other.wish.deadlineNanos();
    return difference < 0 || difference == 0 && order < other.order;
  }

  boolean newerThan(Ticket other) {
    long difference = wish.sinceNanos() - other.wish.sinceNanos();
    return difference > 0 || difference == 0 && order > other.order;
  }
}
