package io.tidegate.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.model.Caller;
import io.tidegate.model.Finding;
import io.tidegate.model.Findings;
import io.tidegate.model.Findings.Trouble;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Likelihood;
import io.tidegate.model.Operation;
import io.tidegate.model.Sensitivity;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Laws that hold for every policy and every request; the seed stands in the failure. */
class BundlePropertyTest {
  private static final String[] TYPES = {"CN_ID", "EMAIL", "PHONE", "PERSON", "SECRET", "ADDRESS"};
  private static final String[] CONDITIONS = {"findings.has('EMAIL')", "findings.distinct('PHONE', 'EMAIL', 'PERSON') >= 2", "stream",
      "bodyBytes > 500",
      "tenant == 'a'", "findings.size() > 2", "findings[1].type == 'PHONE'", "latency == BATCH && declared > PUBLIC"};

  @Test
  @DisplayName("the order of files, and of rules in a file, cannot matter")
  void orderCannotMatter() {
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      List<String> rules = rules(random, 12);
      PolicyBundle one = bundle(List.of(rules.subList(0, 5), rules.subList(5, 12)), List.of("public", "internal"));
      List<String> shuffled = new ArrayList<>(rules);
      Collections.shuffle(shuffled, random);
      PolicyBundle other = bundle(List.of(shuffled.subList(0, 2), shuffled.subList(2, 7), shuffled.subList(7, 12)), List.of("internal",
          "public", "public"));
      for (int i = 0; i < 40; i++) {
        Facts facts = facts(random);
        assertThat(other.judge(facts)).as("seed %d, request %d", seed, i).isEqualTo(one.judge(facts));
      }
    }
  }

  @Test
  @DisplayName("adding a rule, a file, a finding or a trouble never lowers")
  void nothingLowers() {
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      List<String> rules = rules(random, 10);
      PolicyBundle less = bundle(List.of(rules.subList(0, 6)), List.of("internal"));
      PolicyBundle more = bundle(List.of(rules.subList(0, 8), rules.subList(8, 10)), List.of("internal", "public"));
      for (int i = 0; i < 40; i++) {
        Facts facts = facts(random);
        Verdict verdict = less.judge(facts);
        assertThat(more.judge(facts).sensitivity()).as("seed %d, request %d: more rules", seed, i).isGreaterThanOrEqualTo(verdict.sensitivity());
        assertThat(more.judge(facts).rules()).as("seed %d, request %d: more rules", seed, i).containsAll(verdict.rules());
        Findings worse = new Findings(facts.findings().list(), EnumSet.allOf(Trouble.class));
        assertThat(less.judge(with(facts, worse)).sensitivity()).as("seed %d, request %d: troubles", seed, i).isEqualTo(Sensitivity.RESTRICTED);
      }
    }
  }

  @Test
  @DisplayName("G1 whatever the policy and the request, RESTRICTED and CONFIDENTIAL have no public route and share no cache")
  void upperSensitivitiesStayHome() {
    for (int seed = 0; seed < 60; seed++) {
      Random random = new Random(seed);
      PolicyBundle bundle = bundle(List.of(rules(random, 10)), List.of("internal"));
      for (int i = 0; i < 40; i++) {
        Verdict verdict = bundle.judge(facts(random));
        if (verdict.sensitivity().compareTo(Sensitivity.CONFIDENTIAL) >= 0) {
          assertThat(verdict.route()).as("seed %d, request %d", seed, i).containsExactly(io.tidegate.model.Destination.PRIVATE);
          assertThat(verdict.cacheRights().sharingGroup()).startsWith("tenant:");
        }
      }
    }
  }

  private static PolicyBundle bundle(List<List<String>> rulesByFile, List<String> floors) {
    String[] files = new String[rulesByFile.size()];
    for (int i = 0; i < files.length; i++) {
      files[i] = Policies.file("f" + i, "rules:\n" + rulesByFile.get(i).stream().map(rule -> "  - " + rule + "\n").collect(Collectors.joining()))
          .replace("floor: internal", "floor: " + floors.get(i));
    }
    return Policies.bundleOf(files);
  }

  private static List<String> rules(Random random, int count) {
    List<String> rules = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String what = random.nextInt(4) > 0
          ? "types: [" + TYPES[random.nextInt(TYPES.length)] + ", " + TYPES[random.nextInt(TYPES.length)] + "], count: " + (1 + random.nextInt(3))
              + ", likelihood: " + Likelihood.values()[random.nextInt(5)]
          : "when: \"" + CONDITIONS[random.nextInt(CONDITIONS.length)] + "\"";
      rules.add("{id: rule-" + i + ", " + what + ", raiseTo: " + Sensitivity.values()[1 + random.nextInt(3)] + ", reason: r}");
    }
    return rules;
  }

  private static Facts facts(Random random) {
    List<Finding> findings = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      findings.add(Policies.finding(TYPES[random.nextInt(TYPES.length)], Likelihood.values()[random.nextInt(5)]));
    }
    return new Facts(new Findings(findings, Set.of()), new Caller(random.nextBoolean() ? "a" : "b", "c"), Operation.CHAT, "auto",
        random.nextBoolean(), true,
        Sensitivity.values()[random.nextInt(4)], random.nextBoolean() ? null : LatencyClass.values()[random.nextInt(3)], 0, random.nextInt(1_000));
  }

  private static Facts with(Facts facts, Findings findings) {
    return new Facts(findings, facts.caller(), facts.operation(), facts.model(), facts.stream(), facts.sampled(), facts.declared(),
        facts.latencyWish(),
        facts.timeLeftNanos(), facts.bodyBytes());
  }
}
