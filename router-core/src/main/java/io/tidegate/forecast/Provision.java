package io.tidegate.forecast;

import java.util.function.IntToDoubleFunction;

/**
 * What a forecast is worth: the load that finds no capacity. Capacity is wished for as a multiple of some figure; more of it takes as many windows to start
 * as the forecast looks ahead, and less of it is gone at once. The multiple is chosen so that the mean capacity is the same whatever the figure.
 */
record Provision(double[] load, int startUp, int from, int until) {
  double unserved(IntToDoubleFunction figure) {
    double[] wish = new double[until];
    double before = 0;
    for (int i = 0; i < until; i++) {
      double now = figure.applyAsDouble(i);
      wish[i] = Double.isNaN(now) ? before : now;
      before = wish[i];
    }
    double total = 0;
    double capacity = 0;
    for (int i = from; i < until; i++) {
      if (!Double.isNaN(load[i])) {
        total += load[i];
        capacity += standing(wish, i);
      }
    }
    double multiple = capacity == 0 ? 0 : Score.CAPACITY * total / capacity;
    double unserved = 0;
    for (int i = from; i < until; i++) {
      if (!Double.isNaN(load[i])) {
        unserved += Math.max(0, load[i] - multiple * standing(wish, i));
      }
    }
    return total == 0 ? 0 : unserved / total;
  }

  /** What was wished for long enough to have started. */
  private double standing(double[] wish, int window) {
    double least = wish[window];
    for (int i = window - startUp; i < window; i++) {
      least = Math.min(least, wish[i]);
    }
    return least;
  }
}
