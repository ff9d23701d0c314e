package io.tidegate.policy;

import io.tidegate.model.Problem;
import io.tidegate.policy.Condition.Truth;
import io.tidegate.policy.PolicyFile.LatencyRuleDraft;
import io.tidegate.policy.PolicyFile.RuleDraft;
import io.tidegate.policy.PolicyOutline.RulePart;
import io.tidegate.time.Pace;
import io.tidegate.yaml.YamlPosition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What is no mistake in a policy but hardly meant: rules that can never match, that always do, or that can change nothing; lowering without a reason.
 * Off the data path: for {@code tidegate policy check}.
 */
public final class PolicyReview {
  private final List<Problem> found = new ArrayList<>();
  private final Map<String, YamlPosition> positions = new HashMap<>();

  private PolicyReview() {}

  /** @param files of which {@code bundle} was compiled */
  public static List<Problem> of(Map<String, byte[]> files, PolicyBundle bundle) {
    PolicyReview review = new PolicyReview();
    files.forEach((name, bytes) -> PolicyReader.read(name, bytes, new ArrayList<>(), Pace.FULL).ifPresent(review::places));
    List<RulePart> parts = bundle.outline().rules();
    for (Rule rule : bundle.rules()) {
      Condition condition = rule.condition();
      if (condition != null) {
        review.truth(rule.id(), condition.truth(), "raise everything to " + word(rule.raiseTo()), "set 'floor: " + word(rule.raiseTo()) + "' instead");
      }
      parts.stream().filter(part -> part.id().equals(rule.id())).findFirst().ifPresent(part -> review.shadowed(part, parts));
    }
    for (LatencyRule rule : bundle.urgencyRules()) {
      review.truth(rule.id(), rule.condition().truth(), "make every request " + word(rule.latencyClass()), "set 'latency: {default: …}' instead");
    }
    review.found.sort(Comparator.comparing(Problem::file).thenComparingInt(Problem::line).thenComparingInt(Problem::column));
    return List.copyOf(review.found);
  }

  /** Where each rule of {@code files} has its id. */
  public static Map<String, YamlPosition> rulePlaces(Map<String, byte[]> files) {
    PolicyReview review = new PolicyReview();
    files.forEach((name, bytes) -> PolicyReader.read(name, bytes, new ArrayList<>(), Pace.FULL).ifPresent(review::places));
    return Map.copyOf(review.positions);
  }

  private void places(PolicyFile file) {
    for (RuleDraft draft : file.rules) {
      positions.put(draft.id(), draft.position());
    }
    for (LatencyRuleDraft draft : file.latencyRules) {
      positions.put(draft.id(), draft.position());
    }
    file.grants.forEach(grant -> positions.put(grant.value().id(), grant.position()));
    file.unreasoned.forEach(what -> found.add(what.position().problem("the " + what.value() + " has no reason", "add 'reason: …', for those who review it")));
  }

  private void truth(String id, Truth truth, String effect, String instead) {
    switch (truth) {
      case NEVER -> note(id, "the condition of '" + id + "' can never hold", "correct it, or remove the rule");
      case ALWAYS -> note(id, "the condition of '" + id + "' always holds: it would " + effect, instead + ", or correct it");
      case DEPENDS -> { }
    }
  }

  /** A rule that another enforced rule outdoes: that one matches whenever this does, and raises as high. Of twins the later id is named. */
  private void shadowed(RulePart rule, List<RulePart> all) {
    if (rule.shadow()) {
      return;
    }
    for (RulePart other : all) {
      boolean outdone = !other.shadow() && !other.id().equals(rule.id()) && other.raiseTo().compareTo(rule.raiseTo()) >= 0 && other.matchesWhenever(rule);
      boolean twins = outdone && rule.matchesWhenever(other) && rule.raiseTo() == other.raiseTo();
      if (outdone && (!twins || other.id().compareTo(rule.id()) < 0)) {
        note(rule.id(), "the rule '" + rule.id() + "' changes nothing: '" + other.id() + "' matches whenever it does, and raises to " + word(other.raiseTo()),
            "remove it, or say what it is to add");
        return;
      }
    }
  }

  private void note(String id, String message, String fix) {
    found.add(positions.getOrDefault(id, new YamlPosition("policies", 0, 0)).problem(message, fix));
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
