package io.tidegate.policy;

import io.tidegate.model.LatencyClass;
import io.tidegate.policy.PolicyFile.LatencyRuleDraft;
import io.tidegate.policy.PolicyFile.Setting;
import io.tidegate.yaml.YamlMap;
import io.tidegate.yaml.YamlText;
import java.time.Duration;
import java.util.List;

/** Reads {@code latency}: what no request states, and rules about urgency. */
final class LatencyReader {
  private static final int MAX_RULES = 200;
  private static final List<String> TERMS = List.of("default", "interactiveDeadline", "mostUrgent");

  private LatencyReader() {}

  static void read(YamlMap spec, PolicyFile into) {
    spec.optionalMap("latency").ifPresent(map -> {
      LatencyClass ifNothingSays = map.enumeration("default", LatencyClass.class, LatencyTerms.DEFAULT.ifNothingSays());
      Duration deadline = map.duration("interactiveDeadline", Duration.ofMillis(1), Duration.ofMinutes(10),
          Duration.ofNanos(LatencyTerms.DEFAULT.interactiveDeadlineNanos()));
      LatencyClass mostUrgent = map.enumeration("mostUrgent", LatencyClass.class, LatencyTerms.DEFAULT.mostUrgent());
      if (TERMS.stream().anyMatch(map::has)) {
        into.latency = new Setting<>(new LatencyTerms(ifNothingSays, deadline.toNanos(), mostUrgent), spec.keyPosition("latency"));
      }
      if (map.list("rules") > MAX_RULES) {
        map.problem("rules", "more than " + MAX_RULES + " rules about urgency", "join conditions with '||'");
      } else {
        map.maps("rules").forEach(rule -> rule(rule, into));
      }
      map.end();
    });
  }

  private static void rule(YamlMap map, PolicyFile into) {
    String id = Words.id(map, "id").orElse("");
    RuleReader.notReserved(map, id);
    map.optionalString("reason");
    YamlText when = map.text("when").orElse(null);
    LatencyClass latencyClass = map.enumeration("latency", LatencyClass.class, LatencyClass.BATCH);
    if (!map.has("latency")) {
      map.problem(map.position(), "'latency' is missing", "add 'latency: batch', 'standard' or 'interactive'");
    }
    map.end();
    if (when != null) {
      into.latencyRules.add(new LatencyRuleDraft(id, map.position("id"), when, latencyClass));
    }
  }
}
