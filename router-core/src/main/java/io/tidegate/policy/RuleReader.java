package io.tidegate.policy;

import io.tidegate.model.Likelihood;
import io.tidegate.model.Sensitivity;
import io.tidegate.policy.PolicyFile.RuleDraft;
import io.tidegate.yaml.YamlMap;
import io.tidegate.yaml.YamlText;
import java.util.List;

/** Reads the {@code rules} of a policy file. */
final class RuleReader {
  private static final int MAX_RULES = 1_000;

  private RuleReader() {}

  private enum Mode { ENFORCE, SHADOW }

  static void read(YamlMap spec, PolicyFile into) {
    if (spec.list("rules") > MAX_RULES) {
      spec.problem("rules", "more than " + MAX_RULES + " rules", "join rules that raise to the same sensitivity: 'types' takes a list");
      return;
    }
    for (YamlMap rule : spec.maps("rules")) {
      rule(rule, into);
    }
  }

  static void notReserved(YamlMap map, String id) {
    if (Troubles.RESERVED_IDS.contains(id)) {
      map.problem("id", "the id '" + id + "' stands for a failure of the scan in answers and records", "choose another id");
    }
  }

  private static void rule(YamlMap map, PolicyFile into) {
    String id = Words.id(map, "id").orElse("");
    notReserved(map, id);
    if (!map.has("raiseTo")) {
      map.problem(map.position(), "'raiseTo' is missing", "add 'raiseTo: confidential' or 'raiseTo: restricted'");
    }
    Sensitivity raiseTo = map.enumeration("raiseTo", Sensitivity.class, Sensitivity.RESTRICTED);
    if (raiseTo == Sensitivity.PUBLIC) {
      map.problem("raiseTo", "a rule can only raise, and public is the lowest", "raise to internal, confidential or restricted; "
          + "to let an identity send PUBLIC, write a grant");
    }
    String reason = map.string("reason");
    boolean shadow = map.enumeration("mode", Mode.class, Mode.ENFORCE) == Mode.SHADOW;
    List<YamlText> types = map.texts("types");
    YamlText when = map.has("when") ? map.text("when").orElse(null) : null;
    Likelihood likelihood = map.enumeration("likelihood", Likelihood.class, Likelihood.LIKELY);
    int count = map.integer("count", 1, 10_000, 1);
    int distinct = map.integer("distinct", 1, FindingRules.Ask.MAX_TYPES, 1);
    boolean hasTypes = map.has("types");
    boolean hasWhen = map.has("when");
    map.end();
    if (hasTypes == hasWhen) {
      map.problem(map.position(), hasTypes ? "'types' and 'when' are both given" : "neither 'types' nor 'when' is given",
          "a rule has one of 'types: [CN_ID]' and 'when: <condition>'");
      return;
    }
    if (hasWhen) {
      for (String key : List.of("likelihood", "count", "distinct")) {
        if (map.has(key)) {
          map.problem(map.keyPosition(key), "'" + key + "' belongs to 'types' and means nothing beside 'when'",
              "say it in the condition, and remove it here");
        }
      }
      if (when == null) {
        return;
      }
    } else if (types.isEmpty()) {
      map.problem("types", "'types' names no entity type, so the rule can never fire", "name at least one, such as CN_ID");
      return;
    } else if (types.size() > FindingRules.Ask.MAX_TYPES) {
      map.problem("types", "more than " + FindingRules.Ask.MAX_TYPES + " types in one rule", "make two rules of it");
      return;
    } else if (distinct > types.size()) {
      map.problem("distinct", "'distinct' asks for " + distinct + " different types, but 'types' names " + types.size(),
          "lower it, or name more types");
      return;
    }
    into.rules.add(new RuleDraft(id, map.position("id"), raiseTo, reason, shadow, types, likelihood, count, distinct, when));
  }
}
