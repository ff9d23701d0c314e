package io.tidegate.forecast;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Series to forecast: recorded ones, and made-up ones of one habit each. */
enum Series {
  FLAT, STEP, RAMP, SINE, WEEKLY, BURSTS, GAPS, SPIKES, TINY, SCALE, WALK;

  /** Without zeros: a gap is a gap, as the traces' README says. */
  static Trace recorded(String name) throws IOException {
    return Trace.parse(Files.readAllLines(Path.of("src/test/resources/traces", name)), true);
  }

  static Trace large() throws IOException {
    return recorded("servegen-m-large-14d-10min.csv");
  }

  static Trace small() throws IOException {
    return recorded("servegen-m-small-d00-d09-10min.csv");
  }

  /** Poisson counts around this habit. */
  Trace made(Grid grid, int days, long seed) {
    Random random = new Random(seed);
    int perDay = grid.perDay();
    double[] values = new double[days * perDay];
    double base = 1000.0 * grid.stepSeconds() / 600;
    double burst = 0;
    double walk = 0;
    for (int i = 0; i < values.length; i++) {
      double day = (double) i / perDay;
      double sine = 1 + 0.6 * Math.sin(2 * Math.PI * day);
      double step = grid.stepSeconds() / 600.0;
      burst = burst * Math.pow(0.8, step) + (random.nextDouble() < 0.02 * step ? random.nextDouble() * 6 : 0);
      walk += 0.05 * random.nextGaussian() * Math.sqrt(step);
      boolean rare = random.nextDouble() < 0.01;
      double mean = switch (this) {
        case FLAT -> base;
        case STEP -> base * ((int) (day / 1.37) % 2 == 0 ? 1 : 4);
        case RAMP -> base * (1 + day / 3);
        case SINE, GAPS -> base * sine;
        case WEEKLY -> base * sine * ((int) day % 7 >= 5 ? 0.35 : 1);
        case BURSTS -> base * (1 + burst);
        case SPIKES -> base * sine * (rare ? 15 : 1);
        case TINY -> 0.7 * sine;
        case SCALE -> (day < days / 3.0 ? base : day < days / 1.5 ? base * 1000 : base / 10) * sine;
        case WALK -> base * Math.exp(walk);
      };
      values[i] = this == GAPS && (day > 4 && day < 5.5 || random.nextDouble() < 0.05) ? Double.NaN : poisson(mean, random);
    }
    return new Trace(grid, values);
  }

  private static double poisson(double mean, Random random) {
    if (mean > 100) {
      return Math.max(0, Math.rint(mean + Math.sqrt(mean) * random.nextGaussian()));
    }
    double bound = Math.exp(-mean);
    double product = random.nextDouble();
    int count = 0;
    while (product > bound) {
      product *= random.nextDouble();
      count++;
    }
    return count;
  }
}
