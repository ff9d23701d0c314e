package io.tidegate.scaler;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** What can be scaled on, by the names a trigger uses (R8.3). */
enum ScaledMetric {
  REQUESTS_PER_SECOND("requests_per_second", 500) {
    @Override
    double of(Figures figures, boolean high) {
      return figures.requestsPerSecond();
    }
  },
  QUEUE_DEPTH("queue_depth", 20) {
    @Override
    double of(Figures figures, boolean high) {
      return figures.queueDepth();
    }
  },
  SATURATION("saturation", 0.8) {
    @Override
    double of(Figures figures, boolean high) {
      return figures.saturation();
    }
  },
  FORECAST_RPS("forecast_rps", 500) {
    @Override
    double of(Figures figures, boolean high) {
      return figures.forecast(high);
    }
  },
  /** The current rate or the forecast, whichever is greater: a forecast that can only add replicas (R9.4). */
  MAX_RPS("max_rps", 500) {
    @Override
    double of(Figures figures, boolean high) {
      return Math.max(figures.requestsPerSecond(), figures.forecast(high));
    }
  };

  private final String word;
  private final double target;

  /** @param target what one replica takes, where a trigger does not say it */
  ScaledMetric(String word, double target) {
    this.word = word;
    this.target = target;
  }

  double target() {
    return target;
  }

  String word() {
    return word;
  }

  abstract double of(Figures figures, boolean high);

  /** Whether each daemon sees its part of it only; how full limits are is the same for all. */
  boolean shared() {
    return this != SATURATION;
  }

  static Optional<ScaledMetric> named(String word) {
    return Arrays.stream(values()).filter(metric -> metric.word.equals(word)).findFirst();
  }

  static String words() {
    return Arrays.stream(values()).map(ScaledMetric::word).collect(Collectors.joining(", "));
  }
}
