package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.telemetry.Catalogue;
import io.tidegate.telemetry.Label;
import io.tidegate.telemetry.Metric;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a rule or a dashboard may speak of: the metrics that are declared, their labels, and what those can say. */
final class KnownMetrics {
  private static final Set<String> OF_PROMETHEUS = Set.of("job", "instance", "le");
  private static final Pattern SELECTOR = Pattern.compile("(?<![\\w:])((?:tidegate|gen_ai)_\\w+)\\{([^}]*)}");
  private static final Pattern MATCHER = Pattern.compile("(\\w+)(=~|!~|!=|=)\"([^\"]*)\"");
  private static final Pattern GROUPING = Pattern.compile("\\b(?:by|ignoring) \\(([^)]*)\\)");
  private static final Map<String, Metric> BY_NAME = byName();

  private KnownMetrics() {}

  private static Map<String, Metric> byName() {
    Map<String, Metric> all = new HashMap<>();
    for (Metric metric : Catalogue.all()) {
      String name = metric.prometheus();
      List<String> suffixes = switch (metric.kind()) {
        case COUNTER, GAUGE -> List.of("");
        case HISTOGRAM -> List.of("_bucket", "_sum", "_count");
        case SUMMARY -> List.of("_sum", "_count");
      };
      suffixes.forEach(suffix -> all.put(name + suffix, metric));
    }
    return all;
  }

  /** Fails if {@code expression} names a metric, a label or a value of one that there is not. */
  static void check(String where, String expression) {
    String page = page();
    Set<String> labels = new TreeSet<>(OF_PROMETHEUS);
    for (String name : AlertRules.metrics(expression)) {
      Metric metric = BY_NAME.get(name);
      assertThat(metric).as("%s: there is no metric %s", where, name).isNotNull();
      assertThat(page).as("%s: docs/metrics.md does not know %s", where, name).contains(metric.prometheus());
      metric.labels().forEach(label -> labels.add(label.prometheus()));
    }
    Matcher selectors = SELECTOR.matcher(expression);
    while (selectors.find()) {
      Metric metric = BY_NAME.get(selectors.group(1));
      Matcher matchers = MATCHER.matcher(selectors.group(2));
      while (matchers.find()) {
        if (!OF_PROMETHEUS.contains(matchers.group(1))) {
          matched(where, metric, matchers.group(1), matchers.group(3));
        }
      }
    }
    Matcher groupings = GROUPING.matcher(expression);
    while (groupings.find()) {
      for (String label : groupings.group(1).split(", ")) {
        assertThat(labels).as("%s: no metric of this expression has the label %s", where, label).contains(label);
      }
    }
  }

  private static void matched(String where, Metric metric, String key, String values) {
    Label label = metric.labels().stream().filter(each -> each.prometheus().equals(key)).findFirst().orElse(null);
    assertThat(label).as("%s: %s has no label %s", where, metric.prometheus(), key).isNotNull();
    if (label.names().isEmpty()) {
      for (String value : values.split("\\|")) {
        assertThat(label.words()).as("%s: %s{%s} is never %s", where, metric.prometheus(), key, value).contains(value);
      }
    }
  }

  private static String page() {
    try {
      return Files.readString(TestBed.root().resolve("docs/metrics.md"));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
