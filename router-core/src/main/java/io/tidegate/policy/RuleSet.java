package io.tidegate.policy;

import io.tidegate.model.Sensitivity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Rules that are asked together. Their order in the files is forgotten here: they are sorted by id, and every match counts. Immutable. */
final class RuleSet {
  private final Rule[] rules;
  private final FindingRules findingRules;

  /** Indices of rules with a condition that may hold without findings. */
  private final int[] always;

  /** Indices of rules with a condition that cannot. */
  private final int[] withFindings;

  RuleSet(List<Rule> unordered) {
    rules = unordered.stream().sorted(Comparator.comparing(Rule::id)).toArray(Rule[]::new);
    FindingRules.Ask[] asks = new FindingRules.Ask[rules.length];
    List<Integer> free = new ArrayList<>();
    List<Integer> bound = new ArrayList<>();
    for (int i = 0; i < rules.length; i++) {
      asks[i] = rules[i].ask();
      Condition condition = rules[i].condition();
      if (condition != null) {
        (condition.falseWithoutFindings() ? bound : free).add(i);
      }
    }
    findingRules = new FindingRules(asks);
    always = free.stream().mapToInt(Integer::intValue).toArray();
    withFindings = bound.stream().mapToInt(Integer::intValue).toArray();
  }

  /** True if no rule can fire on a request without findings, whatever its other facts. */
  boolean idleWithoutFindings() {
    return always.length == 0;
  }

  /** The rules, sorted by id. */
  List<Rule> rules() {
    return List.of(rules);
  }

  /** Which rules fire, by index into {@link #rules}. A condition that errs counts as matched. */
  boolean[] fire(ConditionFacts facts) {
    boolean[] fired = new boolean[rules.length];
    evaluate(always, facts, fired);
    if (!facts.findings.isEmpty()) {
      findingRules.match(facts.findings, fired);
      evaluate(withFindings, facts, fired);
    }
    return fired;
  }

  private void evaluate(int[] indices, ConditionFacts facts, boolean[] fired) {
    for (int index : indices) {
      Condition condition = rules[index].condition();
      fired[index] = condition != null && holds(condition, facts);
    }
  }

  /** True if the condition holds or errs. */
  static boolean holds(Condition condition, ConditionFacts facts) {
    try {
      return condition.holds(facts);
    } catch (VirtualMachineError e) {
      if (e instanceof StackOverflowError) {
        return true;
      }
      throw e;
    } catch (Throwable e) {
      return true;
    }
  }

  /** The join of {@code start} and what the fired rules raise to. */
  Sensitivity join(Sensitivity start, boolean[] fired) {
    Sensitivity joined = start;
    for (int i = 0; i < fired.length; i++) {
      if (fired[i]) {
        joined = joined.join(rules[i].raiseTo());
      }
    }
    return joined;
  }

  /** Adds the ids of the fired rules to {@code ids}, in sorted order. */
  void names(boolean[] fired, List<String> ids) {
    for (int i = 0; i < fired.length; i++) {
      if (fired[i]) {
        ids.add(rules[i].id());
      }
    }
  }
}
