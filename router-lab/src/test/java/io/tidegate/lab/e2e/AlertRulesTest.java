package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class AlertRulesTest {
  private static final Set<String> SEVERITIES = Set.of("page", "critical", "warning", "info", "scale", "limit");
  private static final String RUNBOOKS = "docs/runbooks.md";
  private static final List<String> PARTS = List.of("**Means**", "**Look**", "**Do**", "**No harm**");

  @Test
  @DisplayName("R7.1 every metric, label and label value that a rule speaks of exists, and is on docs/metrics.md")
  void metricsExist() {
    for (AlertRules.Rule rule : AlertRules.all()) {
      KnownMetrics.check(rule.name(), rule.expression());
    }
  }

  @Test
  @DisplayName("R7.1 every alert has a severity, a summary and a section of the runbooks with what it means, where to look, what to do and when it is no harm")
  void runbooks() throws IOException {
    String page = Files.readString(TestBed.root().resolve(RUNBOOKS));
    for (AlertRules.Rule rule : AlertRules.all()) {
      if (!rule.alert()) {
        continue;
      }
      assertThat(SEVERITIES).as(rule.name()).contains(String.valueOf(rule.labels().get("severity")));
      assertThat(String.valueOf(rule.annotations().get("summary"))).as(rule.name()).contains("{{ $labels.");
      assertThat(rule.annotations().get("runbook_url")).as(rule.name()).isEqualTo(RUNBOOKS + "#" + rule.name().toLowerCase(java.util.Locale.ROOT));
      String heading = "\n## " + rule.name() + "\n";
      assertThat(page).as(rule.name()).contains(heading);
      String section = page.substring(page.indexOf(heading) + heading.length());
      int end = section.indexOf("\n## ");
      assertThat(end < 0 ? section : section.substring(0, end)).as(rule.name()).contains(PARTS);
    }
    assertThat(Stream.of(page.split("\n")).filter(line -> line.startsWith("## Tidegate")).map(line -> line.substring(3)))
        .as("a section for each alert, and no other").containsExactlyInAnyOrderElementsOf(AlertRules.alertNames());
  }

  @Test
  @DisplayName("R7.1 docs/alerts.md lists every alert with its row and its runbook")
  void listed() throws IOException {
    String page = Files.readString(TestBed.root().resolve("docs/alerts.md"));
    for (String name : AlertRules.alertNames()) {
      assertThat(page).contains("| [`" + name + "`](runbooks.md#" + name.toLowerCase(java.util.Locale.ROOT) + ") |");
    }
  }

  @Test
  @DisplayName("R7.3 every alert has unit tests: it fires, it does not just below, not in a gap; and not at low traffic, if it is a ratio")
  void unitTests() throws IOException {
    Map<String, List<Map<?, ?>>> fires = new HashMap<>();
    Map<String, Integer> silent = new HashMap<>();
    List<String> names = new ArrayList<>();
    for (Map<?, ?> file : testFiles()) {
      assertThat(file.get("rule_files")).isEqualTo(List.of("../tidegate.rules.yaml"));
      for (Object each : (List<?>) file.get("tests")) {
        Map<?, ?> test = (Map<?, ?>) each;
        names.add(test.get("name").toString());
        for (Object check : (List<?>) test.get("alert_rule_test")) {
          Map<?, ?> one = (Map<?, ?>) check;
          String alert = one.get("alertname").toString();
          if (one.containsKey("exp_alerts")) {
            fires.computeIfAbsent(alert, none -> new ArrayList<>()).add(one);
          } else {
            silent.merge(alert, 1, Integer::sum);
          }
        }
      }
    }
    for (AlertRules.Rule rule : AlertRules.all()) {
      if (rule.alert()) {
        String name = rule.name();
        assertThat(fires).as("fires").containsKey(name);
        assertThat(silent.getOrDefault(name, 0)).as("is silent just below and in a gap: " + name).isGreaterThanOrEqualTo(2);
        for (String word : List.of("fire", "below", "gap")) {
          assertThat(names).as(name).anyMatch(title -> title.startsWith(name + ":") && title.contains(word));
        }
        if (ratio(rule)) {
          assertThat(names).as(name).anyMatch(title -> title.startsWith(name + ":") && title.contains("low traffic"));
        }
      }
    }
  }

  /** A share of requests, which one request can be all of. */
  private static boolean ratio(AlertRules.Rule rule) {
    return rule.expression().contains("rate(") && rule.expression().contains(" / ") || rule.expression().contains("_ratio:");
  }

  private static List<Map<?, ?>> testFiles() throws IOException {
    List<Map<?, ?>> all = new ArrayList<>();
    try (Stream<Path> files = Files.list(AlertRules.FOLDER.resolve("tests"))) {
      for (Path file : files.sorted().toList()) {
        all.add((Map<?, ?>) new Load(LoadSettings.builder().setCodePointLimit(10 << 20).build()).loadFromString(Files.readString(file)));
      }
    }
    assertThat(all).isNotEmpty();
    return all;
  }
}
