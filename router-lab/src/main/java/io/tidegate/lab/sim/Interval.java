package io.tidegate.lab.sim;

import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;

/** A figure with its 95 % bootstrap interval. */
public record Interval(double value, double low, double high) {
  private static final int RESAMPLES = 10_000;

  /**
   * The relative gain of {@code ours} over {@code theirs}, seed by seed under the same traffic and faults: mean / mean − 1.
   *
   * @throws IllegalArgumentException if there are not as many of one as of the other
   */
  public static Interval gain(double[] ours, double[] theirs) {
    if (ours.length != theirs.length || ours.length == 0) {
      throw new IllegalArgumentException("pairs are compared");
    }
    SplittableRandom random = new SplittableRandom(95);
    double[] drawn = new double[RESAMPLES];
    for (int i = 0; i < RESAMPLES; i++) {
      double one = 0;
      double other = 0;
      for (int n = 0; n < ours.length; n++) {
        int seed = random.nextInt(ours.length);
        one += ours[seed];
        other += theirs[seed];
      }
      drawn[i] = one / other - 1;
    }
    Arrays.sort(drawn);
    return new Interval(Arrays.stream(ours).sum() / Arrays.stream(theirs).sum() - 1, drawn[RESAMPLES / 40], drawn[RESAMPLES - 1 - RESAMPLES / 40]);
  }

  /** In percent, with signs. */
  public String percent() {
    return String.format(Locale.ROOT, "%+.1f %% (%+.1f … %+.1f)", value * 100, low * 100, high * 100);
  }
}
