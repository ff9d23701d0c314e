package io.tidegate.assay;

import io.tidegate.policy.CaseWorld;
import io.tidegate.policy.CaseWorld.Side;
import io.tidegate.policy.PolicyCase;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a policy's tests reach.
 *
 * @param rules rules and grants of the policy
 * @param rulesNever of these, the ones that no test fires
 * @param states failure states that a test can state
 * @param statesNever of these, the ones in which no test says how a request ends
 */
public record Coverage(int rules, List<String> rulesNever, int states, List<String> statesNever) {
  public Coverage {
    rulesNever = List.copyOf(rulesNever);
    statesNever = List.copyOf(statesNever);
  }

  /** @param rules ids of the policy's rules and grants */
  static Coverage of(Collection<String> rules, List<PolicyTests.Outcome> outcomes) {
    Set<String> never = new TreeSet<>(rules);
    outcomes.forEach(outcome -> never.removeAll(outcome.fired()));
    List<String> all = failureStates();
    Set<String> stated = new TreeSet<>();
    outcomes.forEach(outcome -> stated.addAll(states(outcome.test())));
    return new Coverage(Set.copyOf(rules).size(), List.copyOf(never), all.size(), all.stream().filter(state -> !stated.contains(state)).toList());
  }

  /** Percent of the rules that some test fires; 100 where there are none. */
  public int rulePercent() {
    return percent(rules, rulesNever.size());
  }

  /** Percent of the failure states in which some test says how a request ends. */
  public int statePercent() {
    return percent(states, statesNever.size());
  }

  private static int percent(int all, int never) {
    return all == 0 ? 100 : 100 * (all - never) / all;
  }

  /** The states that matter to a policy: where a side is lost, busy or silent, and what the places beside the line may be like. */
  static List<String> failureStates() {
    List<String> states = new ArrayList<>();
    for (String zone : List.of("private", "public")) {
      for (Side side : List.of(Side.DOWN, Side.BUSY, Side.HANGING)) {
        states.add(zone + ": " + word(side));
      }
    }
    states.addAll(List.of("consul: stale", "consul: empty", "cache: hit", "audit: down"));
    return states;
  }

  private static List<String> states(PolicyCase test) {
    CaseWorld world = test.world();
    return world == null ? List.of() : List.of("private: " + word(world.privateSide()), "public: " + word(world.publicSide()),
        "consul: " + word(world.consul()), "cache: " + word(world.cache()), "audit: " + word(world.audit()));
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
