package io.tidegate.gguf.bench;

import java.util.List;

/** Repetitions of one measurement. */
public record Sample(List<Double> values) {
  /** Two-sided 95 % of Student's t by degrees of freedom, from 1. */
  private static final double[] T = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110,
      2.101, 2.093, 2.086};

  public Sample {
    values = List.copyOf(values);
    if (values.isEmpty()) {
      throw new IllegalArgumentException("nothing was measured");
    }
  }

  public double mean() {
    return values.stream().mapToDouble(Double::doubleValue).sum() / values.size();
  }

  /** Half of the 95 % interval of the mean; 0 for one value. */
  public double interval() {
    int n = values.size();
    if (n < 2) {
      return 0;
    }
    double mean = mean();
    double square = values.stream().mapToDouble(value -> (value - mean) * (value - mean)).sum() / (n - 1);
    return T[Math.min(n - 2, T.length - 1)] * Math.sqrt(square / n);
  }

  /** Of each value to the other's of the same turn: what the machine did meanwhile is in both. */
  public Sample over(Sample other) {
    List<Double> ratios = new java.util.ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      ratios.add(values.get(i) / other.values.get(i));
    }
    return new Sample(ratios);
  }
}
