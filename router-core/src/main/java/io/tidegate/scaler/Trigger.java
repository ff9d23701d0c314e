package io.tidegate.scaler;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What a trigger of a ScaledObject says in its metadata.
 *
 * @param target what one replica takes
 * @param activation above it there is something to do
 * @param high whether a forecast means what is exceeded one time in ten
 * @param instances daemons that share the traffic: what one of them counts is a part of it
 * @param steady seconds between a change and one back; 0 to report the figure as it is
 */
record Trigger(ScaledMetric metric, double target, double activation, boolean high, int instances, double steady) {
  private static final int MOST_KEYS = 32;
  private static final int MOST_CHARS = 256;
  private static final double MOST = 1e12;
  private static final int MOST_STEADY_SECONDS = 3600;
  private static final int MOST_INSTANCES = 10_000;
  /** KEDA reads these itself and passes them on. */
  private static final Set<String> KEDAS = Set.of("scalerAddress", "enableTLS", "unsafeSsl", "caCert", "tlsClientCert", "tlsClientKey");
  private static final Set<String> OURS = Set.of("metric", "target", "activation", "quantile", "instances", "steady");
  private static final String FROM_ENV = "FromEnv";

  /**
   * Reads metadata as KEDA passes it on: {@code targetFromEnv} holds the variable's value, as {@code target} would.
   *
   * @throws IllegalArgumentException whose message names the key, and never repeats a value
   */
  static Trigger of(Map<String, String> metadata) {
    if (metadata.size() > MOST_KEYS) {
      throw new IllegalArgumentException("metadata has more than " + MOST_KEYS + " keys");
    }
    Map<String, String> said = new HashMap<>();
    metadata.forEach((key, value) -> {
      String name = key.endsWith(FROM_ENV) ? key.substring(0, key.length() - FROM_ENV.length()) : key;
      if (KEDAS.contains(name)) {
        return;
      }
      if (!OURS.contains(name)) {
        throw new IllegalArgumentException("metadata." + shown(key) + " is not known: write metric, target, activation, quantile, instances or steady");
      }
      if (value.length() > MOST_CHARS || said.put(name, value.strip()) != null) {
        throw new IllegalArgumentException("metadata." + name + " is too long, or there twice");
      }
    });
    ScaledMetric metric = ScaledMetric.named(said.getOrDefault("metric", ScaledMetric.REQUESTS_PER_SECOND.word()))
        .orElseThrow(() -> new IllegalArgumentException("metadata.metric must be one of: " + ScaledMetric.words()));
    double target = number(said, "target", Double.toString(metric.target()));
    if (target == 0) {
      throw new IllegalArgumentException("metadata.target must be more than 0: what one replica takes");
    }
    String quantile = said.getOrDefault("quantile", "0.5");
    if (!quantile.equals("0.5") && !quantile.equals("0.9")) {
      throw new IllegalArgumentException("metadata.quantile must be 0.5 or 0.9");
    }
    double instances = number(said, "instances", "1");
    if (instances < 1 || instances > MOST_INSTANCES || instances != Math.rint(instances)) {
      throw new IllegalArgumentException("metadata.instances must be a whole number from 1 to " + MOST_INSTANCES);
    }
    double steady = number(said, "steady", "0");
    if (steady > MOST_STEADY_SECONDS || steady > 0 && metric == ScaledMetric.SATURATION) {
      throw new IllegalArgumentException("metadata.steady must be seconds, from 0 to " + MOST_STEADY_SECONDS + ", of a metric that is a sum");
    }
    return new Trigger(metric, target, number(said, "activation", "0"), quantile.equals("0.9"), (int) instances, steady);
  }

  private static double number(Map<String, String> said, String key, String ifAbsent) {
    try {
      double number = Double.parseDouble(said.getOrDefault(key, ifAbsent));
      if (number >= 0 && number <= MOST) {
        return number;
      }
    } catch (NumberFormatException none) {
      throw new IllegalArgumentException("metadata." + key + " must be a number", none);
    }
    throw new IllegalArgumentException("metadata." + key + " must be a number from 0 to 1e12");
  }

  /** A key as it may stand in a message: short, and of letters a key has. */
  private static String shown(String key) {
    return key.matches("[A-Za-z0-9_.-]{1,64}") ? key : "(unprintable)";
  }

  /** The same for another metric: what this one says of how it is counted holds for it, too. */
  Trigger asking(ScaledMetric other) {
    return other == metric ? this : new Trigger(other, target, activation, high, instances, 0);
  }

  double value(Figures figures) {
    double value = metric.of(figures, high) * (metric.shared() ? instances : 1);
    return value > 0 && Double.isFinite(value) ? value : 0;
  }

  /** Doubt counts as work: nobody is sent home by a daemon that began a moment ago. */
  boolean active(Figures figures) {
    return !figures.settled() || value(figures) > activation;
  }
}
