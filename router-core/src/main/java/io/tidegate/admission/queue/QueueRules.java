package io.tidegate.admission.queue;

import io.tidegate.model.LatencyClass;
import java.util.Map;

/**
 * Bounds of the waiting room.
 *
 * @param total requests that may wait, of all classes
 * @param classes bounds of the single classes, by ordinal
 * @param targetNanos by class: a standing wait above it is overload
 */
public record QueueRules(int total, Map<LatencyClass, Integer> classes, Map<LatencyClass, Long> targetNanos) {
  public QueueRules {
    classes = Map.copyOf(classes);
    targetNanos = Map.copyOf(targetNanos);
    for (LatencyClass each : LatencyClass.values()) {
      if (total < 0 || classes.getOrDefault(each, -1) < 0 || targetNanos.getOrDefault(each, 0L) <= 0) {
        throw new IllegalArgumentException("the waiting room needs a bound and a target for each class");
      }
    }
  }

  /** A thousand, of whatever class; targets are a tenth of the usual first-token times. */
  public static final QueueRules DEFAULT = new QueueRules(1_000,
      Map.of(LatencyClass.INTERACTIVE, 1_000, LatencyClass.STANDARD, 1_000, LatencyClass.BATCH, 1_000),
      Map.of(LatencyClass.INTERACTIVE, 1_000_000_000L, LatencyClass.STANDARD, 6_000_000_000L, LatencyClass.BATCH, 60_000_000_000L));

  int bound(LatencyClass latencyClass) {
    return classes.getOrDefault(latencyClass, 0);
  }

  /** The interval is twice the target: long enough for a burst to pass, short enough that few wait through it. */
  Codel codel(LatencyClass latencyClass) {
    long target = targetNanos.getOrDefault(latencyClass, 1L);
    return new Codel(target, 2 * target);
  }
}
