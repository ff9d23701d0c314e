package io.tidegate.policy;

import io.tidegate.model.Finding;
import io.tidegate.model.LatencyClass;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the conditions of one judgement read. Confined to that judgement. */
final class ConditionFacts {
  final Facts facts;
  final List<Finding> findings;
  final LatencyClass latencyClass;

  /** The findings in the condition language's own form, once made. */
  @Nullable Object convertedFindings;

  ConditionFacts(Facts facts, List<Finding> findings, LatencyClass latencyClass) {
    this.facts = facts;
    this.findings = findings;
    this.latencyClass = latencyClass;
  }
}
