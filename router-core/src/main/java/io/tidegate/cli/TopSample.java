package io.tidegate.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What a daemon said at one moment.
 *
 * @param atNanos when, by a clock that only grows
 * @param series of {@code /metrics}
 * @param status of {@code /admin/status}
 */
record TopSample(long atNanos, List<Series> series, JsonNode status) {
  private static final double HALF = 0.5;

  /** Seconds since {@code earlier}. */
  double secondsSince(TopSample earlier) {
    return Math.max(1e-3, (atNanos - earlier.atNanos) / 1e9);
  }

  /** Whether another process than at {@code earlier} answered: its counters began anew. */
  private boolean restarted(TopSample earlier) {
    return !status.path("boot").asText().equals(earlier.status.path("boot").asText());
  }

  /** What counters of this name grew by since {@code earlier}, summed where {@code wanted}. */
  double grown(TopSample earlier, String name, Predicate<Series> wanted) {
    double before = restarted(earlier) ? 0 : earlier.sum(name, wanted);
    return Math.max(0, sum(name, wanted) - before);
  }

  double sum(String name, Predicate<Series> wanted) {
    return series.stream().filter(one -> one.name().equals(name) && wanted.test(one)).mapToDouble(Series::value).sum();
  }

  /** Whether there is a series of this name with this label. */
  boolean has(String name, String label) {
    return series.stream().anyMatch(one -> one.name().equals(name) && one.labels().containsKey(label));
  }

  /** The median of what a histogram took in since {@code earlier}, in its unit: within its bucket by proportion. NaN if that is nothing. */
  double median(TopSample earlier, String name, Predicate<Series> wanted) {
    TreeMap<Double, Double> cumulative = new TreeMap<>();
    buckets(this, name, wanted, 1, cumulative);
    if (!restarted(earlier)) {
      buckets(earlier, name, wanted, -1, cumulative);
    }
    double all = cumulative.isEmpty() ? 0 : cumulative.lastEntry().getValue();
    double lower = 0;
    double below = 0;
    for (Map.Entry<Double, Double> bucket : cumulative.entrySet()) {
      if (all > 0 && bucket.getValue() >= HALF * all) {
        double inside = bucket.getValue() - below;
        return Double.isInfinite(bucket.getKey()) || inside <= 0 ? lower : lower + (bucket.getKey() - lower) * (HALF * all - below) / inside;
      }
      lower = bucket.getKey();
      below = bucket.getValue();
    }
    return Double.NaN;
  }

  private static void buckets(TopSample sample, String name, Predicate<Series> wanted, int sign, Map<Double, Double> into) {
    Map<Double, Double> found = new HashMap<>();
    for (Series one : sample.series) {
      if (one.name().equals(name + "_bucket") && wanted.test(one)) {
        found.merge(Series.number(one.label("le")), one.value(), Double::sum);
      }
    }
    found.forEach((bound, count) -> into.merge(bound, sign * count, Double::sum));
  }
}
