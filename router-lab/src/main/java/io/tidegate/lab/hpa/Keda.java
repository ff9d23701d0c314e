package io.tidegate.lab.hpa;

import java.util.function.DoubleSupplier;

/**
 * What KEDA puts between a scaler and the autoscaler: after a few failures in a row a figure of its own (kedacore/keda pkg/fallback), before that the
 * failure as it is.
 */
public final class Keda {
  private final DoubleSupplier scaler;
  private final double target;
  private final Fallback fallback;
  private final int replicas;
  private final int failureThreshold;
  private int failures;

  /** What is put in the place of a figure that cannot be had. */
  public enum Fallback {
    /** Nothing: the autoscaler is told of the failure. */
    NONE,
    /** A fixed number of replicas: what a KEDA does that does not know {@code behavior}. */
    STATIC,
    /** As many as there are: {@code behavior: currentReplicas}. */
    CURRENT
  }

  /**
   * @param scaler the figure, or an {@link IllegalStateException}
   * @param replicas of {@link Fallback#STATIC}
   */
  public Keda(DoubleSupplier scaler, double target, Fallback fallback, int replicas, int failureThreshold) {
    this.scaler = scaler;
    this.target = target;
    this.fallback = fallback;
    this.replicas = replicas;
    this.failureThreshold = failureThreshold;
  }

  public Reading read(int current) {
    try {
      double value = scaler.getAsDouble();
      failures = 0;
      return new Reading(value, target);
    } catch (IllegalStateException unreachable) {
      failures++;
      if (fallback == Fallback.NONE || failures <= failureThreshold) {
        return Reading.missing(target);
      }
      return new Reading(target * (fallback == Fallback.STATIC ? replicas : current), target);
    }
  }
}
