package io.tidegate.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tidegate.model.Destination;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Sensitivity;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class DecisionCounterTest {
  private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final DecisionCounter counter = new DecisionCounter(registry);

  private void decided(Sensitivity sensitivity, String... rules) {
    counter.decided(sensitivity, LatencyClass.STANDARD, List.of(Destination.PRIVATE), List.of(rules));
  }

  private List<String> lines(String family) {
    return registry.scrape().lines().filter(line -> line.startsWith(family)).toList();
  }

  private static String line(String sensitivity, String rule, int count) {
    return "tidegate_decisions_total{destination=\"private\",latency_class=\"standard\",rule=\"" + rule + "\",sensitivity=\"" + sensitivity + "\"} " + count + ".0";
  }

  @Test
  @DisplayName("R7 a decision is counted once, by the rule that settled its class; each rule that fired is counted beside it")
  void settled() {
    counter.inForce(Map.of("a-mail", Sensitivity.CONFIDENTIAL, "b-key", Sensitivity.RESTRICTED));
    decided(Sensitivity.INTERNAL);
    decided(Sensitivity.CONFIDENTIAL, "a-mail");
    decided(Sensitivity.RESTRICTED, "a-mail", "b-key");
    decided(Sensitivity.RESTRICTED, "detector-failed");
    assertThat(lines("tidegate_decisions_total")).containsExactlyInAnyOrder(line("internal", "none", 1), line("confidential", "a-mail", 1), line("restricted", "b-key", 1),
        line("restricted", "detector-failed", 1));
    assertThat(lines("tidegate_rules_fired_total")).containsExactlyInAnyOrder("tidegate_rules_fired_total{rule=\"a-mail\"} 2.0", "tidegate_rules_fired_total{rule=\"b-key\"} 1.0",
        "tidegate_rules_fired_total{rule=\"detector-failed\"} 1.0");
  }

  @Test
  @DisplayName("B4 rules are those of the bundle in force: what it does not have is other, and series of rules that went away go too")
  void bundleChanges() {
    counter.inForce(Map.of("old", Sensitivity.RESTRICTED));
    decided(Sensitivity.RESTRICTED, "old");
    counter.inForce(Map.of("new", Sensitivity.RESTRICTED));
    assertThat(registry.scrape()).doesNotContain("\"old\"");
    decided(Sensitivity.RESTRICTED, "old");
    decided(Sensitivity.RESTRICTED, "new");
    assertThat(lines("tidegate_decisions_total")).containsExactlyInAnyOrder(line("restricted", "other", 1), line("restricted", "new", 1));
  }

  @Test
  @DisplayName("B4 a thousand bundles with rules of their own, and a bundle with a thousand rules, leave a bounded number of series")
  void bounded() {
    for (int i = 0; i < 1_000; i++) {
      counter.inForce(Map.of("rule-" + i, Sensitivity.RESTRICTED));
      decided(Sensitivity.RESTRICTED, "rule-" + i);
    }
    assertThat(lines("tidegate_decisions_total")).containsExactly(line("restricted", "rule-999", 1));
    Map<String, Sensitivity> many = new TreeMap<>();
    for (int i = 0; i < 1_000; i++) {
      many.put("many-" + i, Sensitivity.RESTRICTED);
    }
    counter.inForce(many);
    many.keySet().forEach(rule -> decided(Sensitivity.RESTRICTED, rule));
    assertThat(lines("tidegate_decisions_total")).hasSize(201).contains(line("restricted", "other", 800));
  }
}
