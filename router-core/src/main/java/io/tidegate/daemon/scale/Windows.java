package io.tidegate.daemon.scale;

import io.tidegate.forecast.Forecaster;
import io.tidegate.forecast.Grid;
import java.time.Instant;

/**
 * Cuts a counter into windows of civil time, so that a day begins at the same window on every run, and hands them to a forecaster as requests a second. A
 * window that was not seen for the better part is missing, not empty. One thread at a time.
 */
final class Windows {
  /** After a longer silence what was learnt is of another time. */
  private static final int LONGEST_GAP_DAYS = 14;
  private static final double LEAST_SEEN = 0.75;

  private final Grid grid;
  private Forecaster forecaster;
  /** Windows since 1970; the one that is counted now. */
  private long window = Long.MIN_VALUE;
  private double startTotal;
  private Instant start = Instant.EPOCH;

  Windows(Grid grid) {
    this.grid = grid;
    this.forecaster = new Forecaster(grid);
  }

  /** Goes on where another run stopped: {@code known} has seen all windows up to {@code last}. */
  void resume(Forecaster known, long last) {
    forecaster = known;
    window = last + 1;
    start = Instant.EPOCH;
  }

  /** @return whether a window ended */
  boolean look(Instant now, double total) {
    long current = Math.floorDiv(now.getEpochSecond(), grid.stepSeconds());
    if (window == Long.MIN_VALUE || current < window - 1) {
      // The first look, or a clock that was set back.
      begin(current, now, total);
      return false;
    }
    if (current <= window) {
      if (start.equals(Instant.EPOCH)) {
        begin(window, now, total);
      }
      return false;
    }
    double seconds = java.time.Duration.between(start, now).toMillis() / 1000.0;
    boolean seen = !start.equals(Instant.EPOCH) && current == window + 1 && total >= startTotal && seconds >= LEAST_SEEN * grid.stepSeconds()
        && seconds <= grid.stepSeconds() / LEAST_SEEN;
    long missed = current - window - (seen ? 1 : 0);
    if (missed > (long) LONGEST_GAP_DAYS * grid.perDay()) {
      forecaster = new Forecaster(grid);
      missed = 0;
    }
    if (seen) {
      forecaster.next((total - startTotal) / seconds);
    }
    for (long i = 0; i < missed; i++) {
      forecaster.next(Double.NaN);
    }
    begin(current, now, total);
    return true;
  }

  private void begin(long current, Instant now, double total) {
    window = current;
    start = now;
    startTotal = total;
  }

  Forecaster forecaster() {
    return forecaster;
  }

  /** The newest window that the forecaster has seen. */
  long last() {
    return window - 1;
  }
}
