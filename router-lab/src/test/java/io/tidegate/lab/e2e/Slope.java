package io.tidegate.lab.e2e;

import java.util.ArrayList;
import java.util.List;

/** A straight line through samples, by least squares, with how sure its slope is. */
final class Slope {
  private final List<double[]> samples = new ArrayList<>();

  void add(double x, double y) {
    samples.add(new double[] {x, y});
  }

  void forget() {
    samples.clear();
  }

  int count() {
    return samples.size();
  }

  private double mean(int axis) {
    return samples.stream().mapToDouble(sample -> sample[axis]).average().orElseThrow();
  }

  /** All samples, for a look at what the line leaves out. */
  void print(String what) {
    StringBuilder text = new StringBuilder(what + ", hours:MiB");
    samples.forEach(sample -> text.append(String.format(java.util.Locale.ROOT, " %.4f:%.2f", sample[0], sample[1])));
    System.out.println(text);
  }

  /** Of y for one more of x. */
  double slope() {
    double x = mean(0);
    double y = mean(1);
    return samples.stream().mapToDouble(sample -> (sample[0] - x) * (sample[1] - y)).sum() / spread(x);
  }

  private double spread(double x) {
    return samples.stream().mapToDouble(sample -> (sample[0] - x) * (sample[0] - x)).sum();
  }

  /** With 95 % the true slope is below: one-sided, Student's t by its usual approximation. */
  double upper95() {
    double x = mean(0);
    double y = mean(1);
    double slope = slope();
    double left = samples.stream().mapToDouble(sample -> {
      double off = sample[1] - y - slope * (sample[0] - x);
      return off * off;
    }).sum();
    int free = samples.size() - 2;
    return slope + (1.645 + 1.52 / free) * Math.sqrt(left / free / spread(x));
  }
}
