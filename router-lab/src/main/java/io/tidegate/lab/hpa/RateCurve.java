package io.tidegate.lab.hpa;

import java.util.Random;

/** A rate over time: windows of ten minutes, straight lines between their middles, and gaps bridged. Counts of short steps are drawn from it. */
public final class RateCurve {
  private static final double LARGE = 50;

  private final double[] rates;
  private final int stepSeconds;

  /** @param rates a window each; not-a-number for a gap */
  public RateCurve(double[] rates, int stepSeconds, double times) {
    this.rates = new double[rates.length];
    this.stepSeconds = stepSeconds;
    double last = 0;
    for (double rate : rates) {
      if (!Double.isNaN(rate)) {
        last = rate;
        break;
      }
    }
    for (int i = 0; i < rates.length; i++) {
      last = Double.isNaN(rates[i]) ? last : rates[i];
      this.rates[i] = last * times;
    }
  }

  public long seconds() {
    return (long) rates.length * stepSeconds;
  }

  public double at(double second) {
    double place = second / stepSeconds - 0.5;
    int below = (int) Math.floor(place);
    double part = place - below;
    return rates[clamp(below)] * (1 - part) + rates[clamp(below + 1)] * part;
  }

  private int clamp(int window) {
    return Math.max(0, Math.min(rates.length - 1, window));
  }

  /** Arrivals from {@code second} on for {@code seconds}: Poisson. */
  public long arrivals(double second, double seconds, Random random) {
    double mean = at(second + seconds / 2) * seconds;
    if (mean > LARGE) {
      return Math.max(0, Math.round(mean + Math.sqrt(mean) * random.nextGaussian()));
    }
    double bound = Math.exp(-mean);
    double product = random.nextDouble();
    long count = 0;
    while (product > bound) {
      product *= random.nextDouble();
      count++;
    }
    return count;
  }
}
