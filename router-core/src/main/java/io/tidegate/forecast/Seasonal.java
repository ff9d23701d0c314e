package io.tidegate.forecast;

/**
 * Holt and Winters' smoothing of logarithms, by bins of ten minutes: a level, a trend that dies away, and what each time of day adds. The first day teaches
 * the times of day; until then there are none.
 */
final class Seasonal {
  private final double alpha;
  private final double beta;
  private final double phi;
  private final double gamma;
  private final double[] season = new double[Past.DAY];
  private long seen;
  private double level;
  private double trend;

  /**
   * @param alpha part of a surprise that the level takes
   * @param beta part of the level's change that the trend takes
   * @param phi what is left of a trend after a bin
   * @param gamma part of what is left over that the time of day takes; 0 for no times of day
   */
  Seasonal(double alpha, double beta, double phi, double gamma) {
    this.alpha = alpha;
    this.beta = beta;
    this.phi = phi;
    this.gamma = gamma;
  }

  /** @param log of the bin's mean; not-a-number if it is missing */
  void add(long bin, double log) {
    if (seen == 0) {
      if (Double.isNaN(log)) {
        return;
      }
      level = log;
    }
    boolean missing = Double.isNaN(log);
    double value = missing ? level : log;
    int slot = (int) (bin % Past.DAY);
    boolean firstDay = gamma > 0 && seen < Past.DAY;
    seen++;
    double before = level;
    if (missing) {
      level += phi * trend;
      trend *= phi;
    } else {
      double known = firstDay ? 0 : season[slot];
      level = alpha * (value - known) + (1 - alpha) * (level + phi * trend);
      trend = beta * (level - before) + (1 - beta) * phi * trend;
    }
    if (firstDay) {
      season[slot] = value;
      if (seen == Past.DAY) {
        double mean = 0;
        for (double each : season) {
          mean += each / Past.DAY;
        }
        for (int i = 0; i < season.length; i++) {
          season[i] -= mean;
        }
        level -= season[slot];
        trend = 0;
      }
    } else if (gamma > 0 && !missing) {
      season[slot] += gamma * (value - level - season[slot]);
    }
  }

  boolean known() {
    return seen > 0;
  }

  /** Whether times of day are known. */
  boolean seasoned() {
    return seen >= Past.DAY;
  }

  /** Logarithm of what is expected {@code bins} after the newest that was added, in bin {@code bin}. */
  double ahead(int bins, long bin) {
    double damped = 0;
    double part = phi;
    for (int i = 0; i < bins; i++) {
      damped += part;
      part *= phi;
    }
    return level + trend * damped + (seasoned() ? season[(int) (bin % Past.DAY)] : 0);
  }

  void state(State state) {
    seen = state.whole(seen, 0, Long.MAX_VALUE / 2);
    level = state.number(level);
    trend = state.number(trend);
    state.numbers(season);
  }
}
