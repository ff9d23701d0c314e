package io.tidegate.lab.emulator;

import io.tidegate.lab.fault.Fault;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;

/** Which fault strikes next: the queue's, else the standing one. Safe for any thread. */
final class Script {
  private final Deque<Fault> queue = new ArrayDeque<>();
  private Fault standing = Fault.none();

  synchronized void add(Collection<Fault> faults) {
    queue.addAll(faults);
  }

  synchronized void always(Fault fault) {
    standing = fault;
  }

  synchronized void clear() {
    queue.clear();
    standing = Fault.none();
  }

  synchronized int left() {
    return queue.size();
  }

  /** The next fault if it strikes at the head; else none, and nothing is taken. */
  synchronized Fault nextEarly() {
    Fault next = queue.isEmpty() ? standing : queue.peek();
    return next.early() ? next() : Fault.none();
  }

  synchronized Fault next() {
    Fault next = queue.poll();
    return next == null ? standing : next;
  }
}
