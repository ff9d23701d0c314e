package io.tidegate.forecast;

import java.util.Arrays;

/** What was seen: the last hours window by window, the last eight days in bins of ten minutes. A window that is missing is not-a-number. */
final class Past {
  /** Bins of a day and of a week. */
  static final int DAY = 144;
  static final int WEEK = 7 * DAY;
  private static final int KEPT_BINS = WEEK + DAY;
  static final int LONGEST_BINS = 18;
  /** Of the level that a series has over days, per bin. */
  private static final double LEVEL_GAIN = 1.0 / DAY;
  /** Added before a logarithm is taken, as a part of the level: keeps an empty window from being infinitely far below. */
  private static final double FLOOR = 0.01;

  private final Grid grid;
  private final int perBin;
  private final double[] recent;
  private final double[] bins = new double[KEPT_BINS];
  private long steps;
  private double last = Double.NaN;
  private double level = Double.NaN;
  private double levelWeight;
  private double binSum;
  private long binSeen;

  Past(Grid grid) {
    this.grid = grid;
    this.perBin = grid.perBin();
    this.recent = new double[LONGEST_BINS * perBin];
    Arrays.fill(recent, Double.NaN);
    Arrays.fill(bins, Double.NaN);
  }

  /**
   * @param value not negative, or not-a-number if the window is missing
   * @return whether a bin is whole now
   */
  boolean add(double value) {
    recent[(int) (steps % recent.length)] = value;
    int bin = (int) (steps / perBin % KEPT_BINS);
    if (steps % perBin == 0) {
      binSum = 0;
      binSeen = 0;
      bins[bin] = Double.NaN;
    }
    if (!Double.isNaN(value)) {
      last = value;
      binSum += value;
      binSeen++;
      bins[bin] = binSum / binSeen;
      // A plain mean at first, of the newest day later on.
      levelWeight = Math.max(LEVEL_GAIN / perBin, 1 / (1 / Math.max(levelWeight, 1e-12) + 1));
      level = Double.isNaN(level) ? value : level + gain() * (value - level);
    }
    steps++;
    return steps % perBin == 0;
  }

  private double gain() {
    return levelWeight;
  }

  boolean empty() {
    return Double.isNaN(last);
  }

  /** The newest value that is not missing. */
  double last() {
    return last;
  }

  double level() {
    return level;
  }

  double log(double value) {
    return Math.log(value + floor());
  }

  /** The value whose {@link #log} this is. */
  double value(double log) {
    return Math.max(0, Math.exp(log) - floor());
  }

  private double floor() {
    return FLOOR * level + 1e-9;
  }

  /** Of the last {@code windows} windows, those {@code skip} newest left out; not-a-number if all are missing. */
  double mean(int windows, int skip) {
    double sum = 0;
    int seen = 0;
    for (int i = skip; i < skip + windows; i++) {
      double value = ago(i);
      if (!Double.isNaN(value)) {
        sum += value;
        seen++;
      }
    }
    return seen == 0 ? Double.NaN : sum / seen;
  }

  /** The middle one of the last {@code windows} that are not missing; not-a-number if all are. */
  double median(int windows) {
    double[] seen = new double[windows];
    int count = 0;
    for (int i = 0; i < windows; i++) {
      double value = ago(i);
      if (!Double.isNaN(value)) {
        seen[count++] = value;
      }
    }
    Arrays.sort(seen, 0, count);
    return count == 0 ? Double.NaN : (seen[(count - 1) / 2] + seen[count / 2]) / 2;
  }

  private double ago(int windows) {
    return windows >= steps || windows >= recent.length ? Double.NaN : recent[(int) ((steps - 1 - windows) % recent.length)];
  }

  /** Bin of the newest window. */
  long binNow() {
    return (steps - 1) / perBin;
  }

  /** Bin of the window that is forecast. */
  long binThen() {
    return (steps - 1 + grid.ahead()) / perBin;
  }

  /** Mean of a bin's windows; not-a-number if it is too old, still to come, or missing. */
  double bin(long index) {
    return index < 0 || index > binNow() || index <= binNow() - KEPT_BINS ? Double.NaN : bins[(int) (index % KEPT_BINS)];
  }

  /** Mean of the bins {@code from} to {@code to}; not-a-number if all are missing. */
  double bins(long from, long to) {
    double sum = 0;
    int seen = 0;
    for (long i = from; i <= to; i++) {
      double value = bin(i);
      if (!Double.isNaN(value)) {
        sum += value;
        seen++;
      }
    }
    return seen == 0 ? Double.NaN : sum / seen;
  }

  void state(State state) {
    steps = state.whole(steps, 0, Long.MAX_VALUE / 2);
    state.gappy(recent);
    state.gappy(bins);
    last = state.gappy(last);
    level = state.gappy(level);
    levelWeight = state.number(levelWeight);
    binSum = state.number(binSum);
    binSeen = state.whole(binSeen, 0, perBin);
  }
}
