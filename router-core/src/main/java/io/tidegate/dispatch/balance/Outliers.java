package io.tidegate.dispatch.balance;

import java.util.BitSet;

/**
 * Who answers so much worse than the others that it is left out for a while (R4.8; Envoy's success-rate outlier detection). Pure: figures in,
 * indexes out.
 */
public final class Outliers {
  /** Fewer hosts have no mean worth the name. */
  public static final int LEAST_HOSTS = 5;
  /** Requests in the interval before a host counts. */
  public static final int LEAST_REQUESTS = 100;
  private static final double DEVIATIONS = 1.9;
  /** Where all are nearly perfect, the least perfect is no outlier. */
  private static final double LEAST_GAP = 0.05;

  private Outliers() {}

  /** How many of so many hosts may be out for their answers at once: a tenth, but always one. */
  public static int most(int hosts) {
    return Math.max(1, hosts / 10);
  }

  /** Those whose rate of success lies 1.9 standard deviations below the mean. */
  public static BitSet below(int[] good, int[] all) {
    BitSet out = new BitSet();
    int hosts = 0;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < all.length; i++) {
      if (all[i] >= LEAST_REQUESTS) {
        double rate = (double) good[i] / all[i];
        hosts++;
        sum += rate;
        squares += rate * rate;
      }
    }
    if (hosts < LEAST_HOSTS) {
      return out;
    }
    double mean = sum / hosts;
    double deviation = Math.sqrt(Math.max(0, squares / hosts - mean * mean));
    double least = Math.min(mean - DEVIATIONS * deviation, mean - LEAST_GAP);
    for (int i = 0; i < all.length; i++) {
      if (all[i] >= LEAST_REQUESTS && (double) good[i] / all[i] < least) {
        out.set(i);
      }
    }
    return out;
  }
}
