package io.tidegate.scaler;

import java.util.ArrayDeque;

/**
 * Holds a metric so that the autoscaler does not turn back and forth: what is reported is a whole number of replicas' worth, which goes down only after
 * nobody wanted more for a while, and not up again for as long, unless the load is far above it. The autoscaler's own five minutes before it scales in are
 * counted in. Reports never fall for want of knowledge: what is not settled is not begun with.
 */
final class Steady {
  private static final double SECOND = 1e9;
  /** Of a HorizontalPodAutoscaler: a metric this close to its target changes nothing. */
  private static final double TOLERANCE = 0.1;
  /** So far above what is reported, more is wanted at once. */
  private static final double URGENT = 1.5;
  private static final double SCALE_IN_SECONDS = 300;
  private static final double ROUNDS_SECONDS = 30;
  /** Whoever asks more often is told the same, and is not remembered more often: of a second's wishes the highest counts. */
  private static final double LEAST_SECONDS = 1;
  /** Keeps rounding from asking for one more. */
  private static final double SHAVE = 1 - 1e-9;

  private record Wanted(long nanos, double replicas) {}

  private final double target;
  private final double seconds;
  private final ArrayDeque<Wanted> wanted = new ArrayDeque<>();
  private double replicas = -1;
  private long lastUp;
  private long lastDown;

  /** @param seconds between a change and one back */
  Steady(double target, double seconds) {
    this.target = target;
    this.seconds = seconds;
  }

  synchronized double next(long nanos, double value) {
    if (replicas < 0) {
      replicas = Math.ceil(value / target);
      lastUp = nanos;
      lastDown = nanos - (long) (2 * (seconds + SCALE_IN_SECONDS) * SECOND);
    }
    boolean near = Math.abs(value - replicas * target) <= TOLERANCE * replicas * target;
    double wish = near ? replicas : Math.ceil(value / target);
    wish(nanos, wish);
    // A wish holds until the next one.
    while (wanted.size() > 1 && second().nanos <= nanos - (long) (seconds * SECOND)) {
      wanted.removeFirst();
    }
    if (wish > replicas && (since(lastDown, nanos) >= seconds + SCALE_IN_SECONDS + ROUNDS_SECONDS || value > URGENT * replicas * target)) {
      replicas = wish;
      lastUp = nanos;
    } else if (wish < replicas && since(lastUp, nanos) >= seconds) {
      double most = wanted.stream().mapToDouble(Wanted::replicas).max().orElse(wish);
      if (most < replicas) {
        replicas = most;
        lastDown = nanos;
      }
    }
    return replicas * target * SHAVE;
  }

  private void wish(long nanos, double wish) {
    Wanted newest = wanted.peekLast();
    if (newest == null || newest.replicas != wish && since(newest.nanos, nanos) >= LEAST_SECONDS) {
      wanted.addLast(new Wanted(nanos, wish));
    } else if (wish > newest.replicas) {
      wanted.removeLast();
      wanted.addLast(new Wanted(newest.nanos, wish));
    }
  }

  /** Wishes that are remembered. */
  int remembered() {
    return wanted.size();
  }

  private Wanted second() {
    Wanted first = wanted.removeFirst();
    Wanted second = wanted.getFirst();
    wanted.addFirst(first);
    return second;
  }

  private static double since(long then, long now) {
    return (now - then) / SECOND;
  }
}
