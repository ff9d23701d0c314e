package io.tidegate.forecast;

/**
 * What is exceeded one time in ten: forecasts times the quantile of what their answers were, over the last day and three days and by how restless the series
 * is, mixed as the forecasts are. A quantile that was too low lately finds larger ratios in its window: so it corrects itself whatever the distribution is.
 */
final class Spread {
  static final double QUANTILE = 0.9;
  static final int COUNT = 7;
  /** While nothing is known. */
  private static final double FIRST_RATIO = 1.3;
  private static final double FIRST_SCORE = 2;
  private static final double RARE = 0.005;
  private static final double MOST_RATIO = 1e6;
  private static final double MOST_ERROR = 10;
  private static final double LEAST_UNREST = 0.01;

  private final int every;
  private final Ratios ofPoint;
  private final Ratios ofPointDay;
  private final Ratios ofScore;
  private final Ratios ofLast;
  private final Ratios ofMean;
  private final Ratios ofRegression;
  private final Mixture mixture;
  /** Mean of |ln(actual / forecast)| over the last hours. */
  private double unrest = 0.1;
  private final double[] unrestThen;
  private long answers;

  Spread(Grid grid) {
    this.every = grid.perBin();
    int days = 3 * Past.DAY;
    this.ofPoint = new Ratios(days);
    this.ofPointDay = new Ratios(Past.DAY);
    this.ofScore = new Ratios(days);
    this.ofLast = new Ratios(days);
    this.ofMean = new Ratios(days);
    this.ofRegression = new Ratios(days);
    this.mixture = new Mixture(COUNT, QUANTILE, Math.exp(-1 / (4.0 * grid.perDay())));
    this.unrestThen = new double[grid.ahead()];
  }

  /** Writes {@link #COUNT} quantiles to {@code into} from {@code offset} on. */
  void forecast(double point, double[] forecasts, int from, double[] into, int offset, int slot) {
    unrestThen[slot] = unrest;
    into[offset] = point * ofPoint.quantile(QUANTILE, FIRST_RATIO);
    into[offset + 1] = point * ofPointDay.quantile(QUANTILE, FIRST_RATIO);
    into[offset + 2] = point * Math.exp(unrest * ofScore.quantile(QUANTILE, FIRST_SCORE));
    into[offset + 3] = forecasts[from + Experts.PERSISTENCE] * ofLast.quantile(QUANTILE, FIRST_RATIO);
    into[offset + 4] = forecasts[from + Experts.SHORT_MEAN] * ofMean.quantile(QUANTILE, FIRST_RATIO);
    into[offset + 5] = forecasts[from + Experts.STEADY] * ofRegression.quantile(QUANTILE, FIRST_RATIO);
    into[offset + 6] = point;
  }

  /** {@code point}, not further from the newest value than answers were in all but the rarest cases: what counts after a jump is where the series is now. */
  double near(double last, double point) {
    double most = last * ofLast.quantile(1 - RARE, Double.NaN);
    double least = last * ofLast.quantile(RARE, Double.NaN);
    return last > 0 && ofLast.count() >= Past.DAY ? Math.max(least, Math.min(most, point)) : point;
  }

  double combine(double[] quantiles, int offset) {
    return mixture.combine(quantiles, offset);
  }

  void learn(double[] quantiles, int offset, double said, double point, double[] forecasts, int from, int slot, double actual, double scale) {
    mixture.learn(quantiles, offset, said, actual, scale);
    if (actual > 0 && point > 0) {
      double error = Math.max(-MOST_ERROR, Math.min(MOST_ERROR, Math.log(actual) - Math.log(point)));
      if (answers % every == 0) {
        ofScore.add(error / unrestThen[slot]);
      }
      unrest = Math.max(LEAST_UNREST, unrest + (Math.min(1, Math.abs(error)) - unrest) / (18.0 * every));
    }
    // Of windows shorter than a bin one in each is kept, so that days fit.
    if (answers++ % every != 0) {
      return;
    }
    ratio(ofPoint, actual, point);
    ratio(ofPointDay, actual, point);
    ratio(ofLast, actual, forecasts[from + Experts.PERSISTENCE]);
    ratio(ofMean, actual, forecasts[from + Experts.SHORT_MEAN]);
    ratio(ofRegression, actual, forecasts[from + Experts.STEADY]);
  }

  private static void ratio(Ratios ratios, double actual, double forecast) {
    if (forecast > 0) {
      ratios.add(Math.min(MOST_RATIO, actual / forecast));
    }
  }

  void state(State state) {
    ofPoint.state(state);
    ofPointDay.state(state);
    ofScore.state(state);
    ofLast.state(state);
    ofMean.state(state);
    ofRegression.state(state);
    mixture.state(state);
    unrest = state.number(unrest);
    answers = state.whole(answers, 0, Long.MAX_VALUE / 2);
    state.numbers(unrestThen);
  }
}
