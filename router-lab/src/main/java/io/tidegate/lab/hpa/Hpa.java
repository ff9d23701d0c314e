package io.tidegate.lab.hpa;

import java.util.ArrayDeque;
import java.util.List;

/**
 * One round of the autoscaler every fifteen seconds, after kubernetes/kubernetes pkg/controller/podautoscaler: each metric asks for replicas, the highest
 * counts, a metric that is missing keeps them from getting fewer, fewer only after nobody wanted more for a while, more no faster than the policies let.
 */
public final class Hpa {
  public static final int ROUND_SECONDS = 15;

  private record At(long second, int replicas) {}

  private final HpaRules rules;
  /** What was recommended within the window of scaling in. */
  private final ArrayDeque<At> recommended = new ArrayDeque<>();
  /** Replicas that were added within the period of the policies. */
  private final ArrayDeque<At> added = new ArrayDeque<>();

  public Hpa(HpaRules rules) {
    this.rules = rules;
  }

  /** @return how many replicas there should be from {@code second} on */
  public int round(long second, int current, List<Reading> readings) {
    int wanted = 0;
    boolean missing = false;
    for (Reading reading : readings) {
      if (reading.known()) {
        wanted = Math.max(wanted, reading.wanted(current, rules.tolerance()));
      } else {
        missing = true;
      }
    }
    if (missing && wanted < current) {
      wanted = current;
    }
    int steady = stabilised(second, current, wanted);
    int allowed = Math.max(rules.min(), Math.min(rules.max(), steady > current ? Math.min(steady, ceiling(second, current)) : steady));
    if (allowed > current) {
      added.addLast(new At(second, allowed - current));
    }
    return allowed;
  }

  private int stabilised(long second, int current, int wanted) {
    while (!recommended.isEmpty() && recommended.getFirst().second <= second - rules.downWindowSeconds()) {
      recommended.removeFirst();
    }
    recommended.addLast(new At(second, wanted));
    int most = recommended.stream().mapToInt(At::replicas).max().orElse(wanted);
    return wanted > current ? wanted : Math.min(current, most);
  }

  private int ceiling(long second, int current) {
    while (!added.isEmpty() && added.getFirst().second <= second - rules.upPeriodSeconds()) {
      added.removeFirst();
    }
    int before = current - added.stream().mapToInt(At::replicas).sum();
    return Math.max(before + rules.upPods(), (int) Math.ceil(before * (1 + rules.upPercent() / 100.0)));
  }
}
