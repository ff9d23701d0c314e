package io.tidegate.config;

import java.time.Duration;

/** Durations as the file writes them. */
final class Durations {
  private static final String[] UNITS = {"d", "h", "m", "s"};
  private static final long[] MILLIS = {86_400_000, 3_600_000, 60_000, 1_000};

  private Durations() {}

  /** In the largest unit that divides it: {@code 90s}, {@code 1h}. */
  static String text(Duration duration) {
    long millis = duration.toMillis();
    for (int i = 0; i < UNITS.length; i++) {
      if (millis != 0 && millis % MILLIS[i] == 0) {
        return millis / MILLIS[i] + UNITS[i];
      }
    }
    return millis + "ms";
  }
}
