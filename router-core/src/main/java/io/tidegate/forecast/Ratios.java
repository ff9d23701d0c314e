package io.tidegate.forecast;

import java.util.Arrays;

/** The last so many numbers, and their quantile. */
final class Ratios {
  private static final int ENOUGH = 10;

  private final float[] ring;
  private final float[] sorted;
  private long added;

  Ratios(int kept) {
    this.ring = new float[kept];
    this.sorted = new float[kept];
  }

  void add(double exact) {
    float number = (float) exact;
    int count = count();
    int place = (int) (added % ring.length);
    if (count == ring.length) {
      int gone = Arrays.binarySearch(sorted, 0, count, ring[place]);
      System.arraycopy(sorted, gone + 1, sorted, gone, count - gone - 1);
      count--;
    }
    int at = Arrays.binarySearch(sorted, 0, count, number);
    at = at < 0 ? -at - 1 : at;
    System.arraycopy(sorted, at, sorted, at + 1, count - at);
    sorted[at] = number;
    ring[place] = number;
    added++;
  }

  int count() {
    return (int) Math.min(added, ring.length);
  }

  /** The part {@code quantile} of them is not larger; {@code ifFew} while there are few. */
  double quantile(double quantile, double ifFew) {
    int count = count();
    if (count < ENOUGH) {
      return ifFew;
    }
    double place = quantile * (count - 1);
    int below = (int) place;
    return below + 1 >= count ? sorted[count - 1] : sorted[below] + (place - below) * (sorted[below + 1] - sorted[below]);
  }

  void state(State state) {
    added = state.whole(added, 0, Long.MAX_VALUE / 2);
    state.numbers(ring);
    System.arraycopy(ring, 0, sorted, 0, count());
    Arrays.sort(sorted, 0, count());
  }
}
