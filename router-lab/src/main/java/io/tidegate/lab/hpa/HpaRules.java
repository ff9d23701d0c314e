package io.tidegate.lab.hpa;

/**
 * What a HorizontalPodAutoscaler of {@code autoscaling/v2} is set to.
 *
 * @param tolerance a metric this close to its target changes nothing
 * @param downWindowSeconds for so long nobody wanted more, before there are fewer
 * @param upPercent of the replicas, and {@code upPods}, may be added within {@code upPeriodSeconds}, whichever is more
 */
public record HpaRules(int min, int max, double tolerance, int downWindowSeconds, int upPercent, int upPods, int upPeriodSeconds) {
  /** Kubernetes' own. */
  public static HpaRules defaults(int min, int max) {
    return new HpaRules(min, max, 0.1, 300, 100, 4, 15);
  }
}
