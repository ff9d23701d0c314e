package io.tidegate.forecast;

/** How a day usually goes: for each bin, how far above or below the day's level, in logarithms; a mean over the last days. */
final class Shape {
  private final double gain;
  private final double[] above = new double[Past.DAY];
  private final double[] weight = new double[Past.DAY];
  private double level;
  private boolean begun;

  /** @param gain weight of the newest day */
  Shape(double gain) {
    this.gain = gain;
  }

  /** @param log of the bin's mean; not-a-number if it is missing */
  void add(long bin, double log) {
    if (Double.isNaN(log)) {
      return;
    }
    level = begun ? level + (log - level) / Past.DAY : log;
    begun = true;
    int slot = (int) (bin % Past.DAY);
    weight[slot] = Math.max(gain, 1 / (weight[slot] == 0 ? 1 : 1 / weight[slot] + 1));
    above[slot] += weight[slot] * (log - level - above[slot]);
  }

  /** Smoothed over its neighbours; not-a-number if this time of day was never seen. */
  double at(long bin) {
    int slot = (int) (bin % Past.DAY);
    if (weight[slot] == 0) {
      return Double.NaN;
    }
    double sum = 2 * above[slot];
    double parts = 2;
    int[] near = {(slot + 1) % Past.DAY, (slot + Past.DAY - 1) % Past.DAY};
    for (int each : near) {
      if (weight[each] > 0) {
        sum += above[each];
        parts++;
      }
    }
    return sum / parts;
  }

  double level() {
    return level;
  }

  void state(State state) {
    state.numbers(above);
    state.numbers(weight);
    level = state.number(level);
    begun = state.whole(begun ? 1 : 0, 0, 1) == 1;
  }
}
