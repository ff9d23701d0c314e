package io.tidegate.discovery;

import io.tidegate.model.Endpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** What discovery handed over, and patience with a deadline. Any thread. */
final class SeenEndpoints implements Endpoints {
  /** Only what fails waits so long; a real agent on a busy machine may take half of it. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final List<List<Endpoint>> lists = new ArrayList<>();

  @Override
  public synchronized void replace(String upstream, List<Endpoint> discovered) {
    lists.add(discovered);
    notifyAll();
  }

  synchronized List<List<Endpoint>> lists() {
    return List.copyOf(lists);
  }

  synchronized List<Endpoint> last() {
    return lists.isEmpty() ? List.of() : lists.get(lists.size() - 1);
  }

  /** {@code host:port*weight} of the last list. */
  List<String> lastText() {
    return last().stream().map(endpoint -> endpoint.host() + ":" + endpoint.port() + "*" + endpoint.weight()).toList();
  }

  synchronized void await(Predicate<List<Endpoint>> wanted) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (lists.isEmpty() || !wanted.test(last())) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new AssertionError("not within " + PATIENCE + "; last list " + (lists.isEmpty() ? "none" : last()));
      }
      pause(left);
    }
  }

  private void pause(long millis) {
    try {
      wait(millis);
    } catch (InterruptedException stopped) {
      throw new AssertionError(stopped);
    }
  }

  /** Polls until {@code holds}. */
  static void until(String what, BooleanSupplier holds) {
    until(what, PATIENCE, holds);
  }

  static void until(String what, Duration patience, BooleanSupplier holds) {
    long deadline = System.nanoTime() + patience.toNanos();
    Object pause = new Object();
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("not within " + patience + ": " + what);
      }
      synchronized (pause) {
        try {
          pause.wait(10);
        } catch (InterruptedException stopped) {
          throw new AssertionError(stopped);
        }
      }
    }
  }
}
