package io.tidegate.policy;

import io.tidegate.model.LatencyClass;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules about urgency of a bundle. Of several that match, the least urgent class counts, so their order cannot matter; one that errs counts
 * as matched. Immutable.
 */
final class LatencyRules {
  private final List<LatencyRule> rules;

  LatencyRules(List<LatencyRule> unordered) {
    rules = unordered.stream().sorted(Comparator.comparing(LatencyRule::id)).toList();
  }

  List<LatencyRule> all() {
    return rules;
  }

  boolean isEmpty() {
    return rules.isEmpty();
  }

  /** The class that the matching rules give; null if none matches. */
  @Nullable LatencyClass classOf(ConditionFacts facts) {
    LatencyClass given = null;
    for (LatencyRule rule : rules) {
      if (matches(rule, facts)) {
        given = given == null ? rule.latencyClass() : LatencyTerms.lessUrgent(given, rule.latencyClass());
      }
    }
    return given;
  }

  /** Ids of the rules that match, sorted. */
  List<String> matching(ConditionFacts facts) {
    List<String> ids = new ArrayList<>();
    for (LatencyRule rule : rules) {
      if (matches(rule, facts)) {
        ids.add(rule.id());
      }
    }
    return List.copyOf(ids);
  }

  private static boolean matches(LatencyRule rule, ConditionFacts facts) {
    return !(facts.findings.isEmpty() && rule.condition().falseWithoutFindings()) && RuleSet.holds(rule.condition(), facts);
  }
}
