package io.tidegate.lab.hpa;

/**
 * An external metric of type AverageValue, as the autoscaler gets it.
 *
 * @param value of all replicas together; not-a-number if it could not be had
 * @param target for one replica
 */
public record Reading(double value, double target) {
  /** That nobody could tell. */
  public static Reading missing(double target) {
    return new Reading(Double.NaN, target);
  }

  boolean known() {
    return !Double.isNaN(value);
  }

  /** Replicas that this metric alone asks for. */
  int wanted(int current, double tolerance) {
    double ratio = value / (target * current);
    return Math.abs(ratio - 1) <= tolerance ? current : (int) Math.ceil(value / target);
  }
}
