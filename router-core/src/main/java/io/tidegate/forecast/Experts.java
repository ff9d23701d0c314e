package io.tidegate.forecast;

import java.util.List;

/**
 * Several ways to guess, of which none is right for long: the newest value, means over longer and longer, smoothed trends, the same time yesterday and a week
 * ago at today's level, and regressions on all of these. What one cannot tell yet it leaves to a shorter mean.
 */
final class Experts {
  /** The first is persistence. */
  static final int COUNT = 17;
  private static final int FEATURES = 11;
  private static final int FEW_FEATURES = 5;
  /** A logarithm's bound: no feature says more than a factor of seven. */
  private static final double FAR = 2;

  private final Grid grid;
  private final Past past;
  private final int perBin;
  private final Seasonal holt = new Seasonal(0.5, 0.1, 0.8, 0);
  private final Seasonal quick = new Seasonal(0.35, 0.02, 0.9, 0.25);
  private final Seasonal slow = new Seasonal(0.12, 0.01, 0.9, 0.25);
  private final Shape shape = new Shape(0.3);
  private final Regression steady;
  private final Regression nimble;
  private final Regression small;
  /** For each forecast that is still open, what the regressions were shown, and the logarithm they were to add to. */
  private final double[] shown;
  private final double[] bases;
  private double longMean = Double.NaN;
  private long newestBin = -1;

  Experts(Grid grid, Past past) {
    this.grid = grid;
    this.past = past;
    this.perBin = grid.perBin();
    double day = grid.perDay();
    this.steady = new Regression(FEATURES, Math.exp(-1 / (14 * day)), 0.1, 0.1);
    this.nimble = new Regression(FEATURES, Math.exp(-1 / (3 * day)), 0.05, 0.1);
    this.small = new Regression(FEW_FEATURES, Math.exp(-1 / (7 * day)), 0.1, 0.1);
    this.shown = new double[grid.ahead() * FEATURES];
    this.bases = new double[grid.ahead()];
  }

  /** After a value was added to the past. */
  void add(double value, boolean binWhole) {
    if (!Double.isNaN(value)) {
      longMean = Double.isNaN(longMean) ? value : longMean + (value - longMean) / (perBin * 36.0);
    }
    if (binWhole) {
      newestBin = past.binNow();
      double mean = past.bin(newestBin);
      double log = Double.isNaN(mean) ? Double.NaN : past.log(mean);
      holt.add(newestBin, log);
      quick.add(newestBin, log);
      slow.add(newestBin, log);
      shape.add(newestBin, log);
    }
  }

  /** What was forecast at {@code slot} has come. */
  void learn(int slot, double value) {
    double target = clip(past.log(value) - bases[slot]);
    steady.learn(shown, slot * FEATURES, target);
    nimble.learn(shown, slot * FEATURES, target);
    small.learn(shown, slot * FEATURES, target);
  }

  /** Writes {@link #COUNT} forecasts to {@code into} from {@code offset} on; {@code slot} is where it is remembered what they were made of. */
  void forecast(double[] into, int offset, int slot) {
    double last = past.last();
    double two = or(past.mean(perBin == 1 ? 2 : 3, 0), last);
    double three = or(past.mean(3 * perBin, 0), last);
    double six = or(past.mean(6 * perBin, 0), three);
    double many = or(past.mean(Past.LONGEST_BINS * perBin, 0), six);
    double newest = or(past.mean(perBin, 0), last);
    double before = or(past.mean(perBin, perBin), newest);
    long now = past.binNow();
    long then = past.binThen();
    int bins = (int) (then - newestBin);
    double base = past.log(three);

    double up = shape.at(then) - shape.at(now);
    double yesterday = past.log(past.bins(then - Past.DAY - 1, then - Past.DAY + 1)) - past.log(past.bins(now - Past.DAY - 2, now - Past.DAY));
    double week = past.log(past.bins(then - Past.WEEK - 1, then - Past.WEEK + 1)) - past.log(past.bins(now - Past.WEEK - 2, now - Past.WEEK));
    double usual = shape.level() + shape.at(then) - base;
    double quickly = quick.seasoned() ? quick.ahead(bins, then) - base : Double.NaN;
    double slowly = slow.seasoned() ? slow.ahead(bins, then) - base : Double.NaN;

    int f = slot * FEATURES;
    bases[slot] = base;
    shown[f] = feature(past.log(newest) - base);
    shown[f + 1] = feature(past.log(before) - base);
    shown[f + 2] = feature(past.log(six) - base);
    shown[f + 3] = feature(past.log(many) - base);
    shown[f + 4] = feature(past.log(past.level()) - base);
    shown[f + 5] = feature(up);
    shown[f + 6] = feature(yesterday);
    shown[f + 7] = feature(week);
    shown[f + 8] = feature(usual);
    shown[f + 9] = feature(quickly);
    shown[f + 10] = feature(slowly);

    int i = offset;
    into[i++] = last;
    into[i++] = two;
    into[i++] = three;
    into[i++] = six;
    into[i++] = many;
    into[i++] = longMean;
    into[i++] = past.level();
    into[i++] = or(past.median(perBin == 1 ? 5 : 3 * perBin), three);
    into[i++] = holt.known() ? scaled(holt.ahead(bins, then)) : last;
    into[i++] = Double.isNaN(quickly) ? three : scaled(base + quickly);
    into[i++] = Double.isNaN(slowly) ? three : scaled(base + slowly);
    into[i++] = moved(base, up, three);
    into[i++] = moved(base, yesterday, three);
    into[i++] = moved(base, week, three);
    into[i++] = scaled(base + clip(steady.predict(shown, f)));
    into[i++] = scaled(base + clip(nimble.predict(shown, f)));
    into[i] = scaled(base + clip(small.predict(shown, f)));
  }

  /** Which of {@link #forecast} have their own quantiles. */
  static final int PERSISTENCE = 0;
  static final int SHORT_MEAN = 2;
  static final int STEADY = 14;

  static List<String> names() {
    return List.of("last", "mean-short", "mean-30m", "mean-1h", "mean-3h", "mean-6h", "mean-day", "median", "holt", "daily-quick", "daily-slow", "shape",
        "yesterday", "last-week", "regression", "regression-quick", "regression-small");
  }

  private double moved(double base, double by, double otherwise) {
    return Double.isNaN(by) ? otherwise : scaled(base + clip(by));
  }

  private double scaled(double log) {
    return past.value(log);
  }

  private static double feature(double log) {
    return Double.isNaN(log) ? 0 : clip(log);
  }

  private static double clip(double log) {
    return Math.max(-FAR, Math.min(FAR, log));
  }

  private static double or(double value, double otherwise) {
    return Double.isNaN(value) ? otherwise : value;
  }

  void state(State state) {
    holt.state(state);
    quick.state(state);
    slow.state(state);
    shape.state(state);
    steady.state(state);
    nimble.state(state);
    small.state(state);
    state.numbers(shown);
    state.numbers(bases);
    longMean = state.gappy(longMean);
    newestBin = state.whole(newestBin, -1, Long.MAX_VALUE / 2);
  }
}
