package io.tidegate.forecast;

import java.util.function.IntToDoubleFunction;

/**
 * How well a series was forecast: by rolling origin, each forecast made from what was there before it (R9.2).
 *
 * @param scored forecasts whose origin and answer were both seen
 * @param wape sum of absolute errors, divided by the sum of answers
 * @param persistenceWape the same of the newest value
 * @param pinball loss of the quantile 0.9 that was forecast, divided by the mean answer
 * @param scaledPinball the same of the point times the rolling quantile 0.9 of answer/point over three days
 * @param persistencePinball the same of the newest value times its own rolling quantile
 * @param exceeded part of the answers above the quantile that was forecast; one in ten is right
 * @param unserved part of the load above capacity, where capacity follows the greater of now and the forecast
 * @param reactiveUnserved the same where it follows now, with the same mean capacity
 */
public record Score(int scored, double wape, double persistenceWape, double pinball, double scaledPinball, double persistencePinball, double exceeded,
    double unserved, double reactiveUnserved) {
  private static final double FIRST_RATIO = 1.3;
  /** Mean capacity, as a multiple of the mean load, at which what goes unserved is compared. */
  public static final double CAPACITY = 1.25;

  /** Error as a part of persistence's. */
  public double ratio() {
    return part(wape, persistenceWape);
  }

  /** Pinball loss of the scaled point as a part of persistence's. */
  public double pinballRatio() {
    return part(scaledPinball, persistencePinball);
  }

  /** Where neither missed anything they are equal. */
  private static double part(double ours, double persistence) {
    return ours == persistence ? 1 : ours / persistence;
  }

  /** @param from the first window whose forecast counts, {@code until} the first that does not; earlier ones are learnt from */
  public static Score of(Trace trace, int from, int until) {
    Grid grid = trace.grid();
    double[] values = trace.values();
    int ahead = grid.ahead();
    Forecaster forecaster = new Forecaster(grid);
    Forecast[] made = new Forecast[until];
    for (int i = 0; i < until; i++) {
      made[i] = forecaster.next(values[i]);
    }
    double[] ours = ratios(trace, until, i -> made[i].point());
    double[] persistence = ratios(trace, until, i -> values[i]);
    double sum = 0;
    double error = 0;
    double lastError = 0;
    double loss = 0;
    double scaledLoss = 0;
    double lastLoss = 0;
    int above = 0;
    int scored = 0;
    for (int then = Math.max(from, ahead); then < until; then++) {
      int origin = then - ahead;
      double actual = values[then];
      if (Double.isNaN(actual) || Double.isNaN(values[origin])) {
        continue;
      }
      Forecast forecast = made[origin];
      scored++;
      sum += actual;
      error += Math.abs(actual - forecast.point());
      lastError += Math.abs(actual - values[origin]);
      loss += pinball(actual, forecast.high());
      scaledLoss += pinball(actual, forecast.point() * ours[origin]);
      lastLoss += pinball(actual, values[origin] * persistence[origin]);
      above += actual > forecast.high() ? 1 : 0;
    }
    Provision provision = new Provision(values, ahead, Math.max(from, 2 * ahead), until);
    return new Score(scored, error / sum, lastError / sum, loss / sum, scaledLoss / sum, lastLoss / sum, (double) above / scored,
        provision.unserved(i -> Math.max(made[i].now(), made[i].point())), provision.unserved(i -> made[i].now()));
  }

  /** For each window, the quantile 0.9 of answer/said over the three days up to it: what a forecast made then may be scaled by. */
  private static double[] ratios(Trace trace, int until, IntToDoubleFunction said) {
    int ahead = trace.grid().ahead();
    Ratios ratios = new Ratios(3 * trace.grid().perDay());
    double[] known = new double[until];
    for (int i = 0; i < until; i++) {
      if (i >= ahead && trace.values()[i] >= 0 && said.applyAsDouble(i - ahead) > 0) {
        ratios.add(trace.values()[i] / said.applyAsDouble(i - ahead));
      }
      known[i] = ratios.quantile(Spread.QUANTILE, FIRST_RATIO);
    }
    return known;
  }

  private static double pinball(double actual, double said) {
    return actual > said ? Spread.QUANTILE * (actual - said) : (1 - Spread.QUANTILE) * (said - actual);
  }
}
