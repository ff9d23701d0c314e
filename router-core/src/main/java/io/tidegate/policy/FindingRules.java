package io.tidegate.policy;

import io.tidegate.model.Finding;
import io.tidegate.model.Likelihood;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The rules that name entity types instead of a condition, indexed by type: one look-up per finding, whatever the number of rules. Immutable.
 */
final class FindingRules {
  private final Map<String, Hook[]> byType;
  private final int[] minCount;
  private final int[] minDistinct;
  private final boolean counting;

  /** A type's place in one rule. */
  private record Hook(int rule, int minLikelihood, long typeBit) {}

  /**
   * What a rule asks of findings.
   *
   * @param types at most 64
   * @param minLikelihood findings below do not count
   * @param minCount findings needed
   * @param minDistinct different types needed among them
   */
  record Ask(List<String> types, Likelihood minLikelihood, int minCount, int minDistinct) {
    static final int MAX_TYPES = 64;
  }

  /** @param asks by rule index; a rule without an ask is null in the array */
  FindingRules(@org.jspecify.annotations.Nullable Ask[] asks) {
    Map<String, List<Hook>> hooks = new HashMap<>();
    minCount = new int[asks.length];
    minDistinct = new int[asks.length];
    boolean anyCounts = false;
    for (int rule = 0; rule < asks.length; rule++) {
      Ask ask = asks[rule];
      if (ask == null) {
        continue;
      }
      minCount[rule] = ask.minCount();
      minDistinct[rule] = ask.minDistinct();
      anyCounts |= ask.minCount() > 1 || ask.minDistinct() > 1;
      for (int i = 0; i < ask.types().size(); i++) {
        hooks.computeIfAbsent(ask.types().get(i), type -> new ArrayList<>()).add(new Hook(rule, ask.minLikelihood().ordinal(), 1L << i));
      }
    }
    counting = anyCounts;
    byType = new HashMap<>();
    hooks.forEach((type, list) -> byType.put(type, list.toArray(new Hook[0])));
  }

  /** Marks in {@code fired} every rule that {@code findings} satisfies. */
  void match(List<Finding> findings, boolean[] fired) {
    int[] counts = counting ? new int[fired.length] : null;
    long[] seen = counting ? new long[fired.length] : null;
    for (int i = 0; i < findings.size(); i++) {
      Finding finding = findings.get(i);
      Hook[] hooks = byType.get(finding.type());
      if (hooks == null) {
        continue;
      }
      int likelihood = finding.likelihood().ordinal();
      for (Hook hook : hooks) {
        int rule = hook.rule;
        if (likelihood < hook.minLikelihood || fired[rule]) {
          continue;
        }
        if (counts == null || seen == null) {
          fired[rule] = true;
        } else {
          counts[rule]++;
          seen[rule] |= hook.typeBit;
          fired[rule] = counts[rule] >= minCount[rule] && Long.bitCount(seen[rule]) >= minDistinct[rule];
        }
      }
    }
  }
}
