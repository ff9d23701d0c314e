package io.tidegate.admission.limit;

/**
 * How long a target usually takes to a first token where it is not full, by size of the prompt: a mean over the last sixteen of that size; sizes in
 * steps of two, all up to a kilobyte one. What is not known of a size is taken from the next larger one: it shows no queue where there is none. Confined to
 * its algorithm.
 */
final class UsualTimes {
  private static final int SMALL = 10;
  private static final int SIZES = Integer.SIZE - SMALL;
  private static final int FEWEST = 5;
  private static final int REMEMBERED = 16;
  /** What counts as a rare event (a model that is loaded, a machine that stood still) and not as what is usual. */
  private static final double MOST = 4;

  private final double[] means = new double[SIZES];
  private final int[] counts = new int[SIZES];

  /** A request to a target that was not full. */
  void learn(int promptBytes, long nanos) {
    int at = size(promptBytes);
    double mean = means[at];
    double sample = counts[at] < FEWEST ? nanos : Math.min(nanos, MOST * mean);
    counts[at] = Math.min(REMEMBERED, counts[at] + 1);
    means[at] = mean + (sample - mean) / counts[at];
  }

  /** -1 if nothing is known. */
  double nanos(int promptBytes) {
    for (int at = size(promptBytes); at < SIZES; at++) {
      if (counts[at] >= FEWEST) {
        return means[at];
      }
    }
    return -1;
  }

  private static int size(int promptBytes) {
    return Math.max(0, Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(0, promptBytes)) - SMALL);
  }
}
