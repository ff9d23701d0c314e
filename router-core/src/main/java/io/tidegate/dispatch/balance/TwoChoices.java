package io.tidegate.dispatch.balance;

import java.util.random.RandomGenerator;

/**
 * Draws two open targets and keeps the better one: as good as looking at all of them, without the herd that always runs to the same best one
 * (R4.2).
 */
public final class TwoChoices {
  /** What a target costs of which no time is known while requests are with it: nobody waits behind a first one that may never answer. */
  private static final double UNKNOWN_NANOS = 30e9;
  private static final int DRAWS = 8;

  private TwoChoices() {}

  /** By {@code weight / (load + 1)}: Envoy's least request with its usual bias of 1. -1 if none is open. */
  public static int leastLoaded(Targets targets, RandomGenerator random) {
    int first = draw(targets, random, -1);
    int second = first < 0 ? -1 : draw(targets, random, first);
    if (second < 0) {
      return first;
    }
    long one = (long) targets.weight(first) * (targets.load(second) + 1);
    long two = (long) targets.weight(second) * (targets.load(first) + 1);
    return one >= two ? first : second;
  }

  /** By the time to first token to be expected, times requests in flight (Finagle's peak EWMA). -1 if none is open. */
  public static int soonest(Targets targets, int promptBytes, RandomGenerator random) {
    int first = draw(targets, random, -1);
    int second = first < 0 ? -1 : draw(targets, random, first);
    if (second < 0) {
      return first;
    }
    return cost(targets, first, promptBytes) <= cost(targets, second, promptBytes) ? first : second;
  }

  private static double cost(Targets targets, int index, int promptBytes) {
    double expected = targets.firstTokenNanos(index, promptBytes);
    int inFlight = targets.inFlight(index);
    double each = expected > 0 ? expected : inFlight > 0 ? UNKNOWN_NANOS : 0;
    return each * (inFlight + 1) / targets.weight(index);
  }

  /** An open target other than {@code not}; -1 if there is none. */
  private static int draw(Targets targets, RandomGenerator random, int not) {
    int size = targets.size();
    if (size == 0) {
      return -1;
    }
    int at = 0;
    for (int i = 0; i < DRAWS; i++) {
      at = random.nextInt(size);
      if (at != not && targets.open(at)) {
        return at;
      }
    }
    // Most are shut: the next open one from where the last draw fell.
    for (int i = 0; i < size; i++) {
      at = at + 1 < size ? at + 1 : 0;
      if (at != not && targets.open(at)) {
        return at;
      }
    }
    return -1;
  }
}
