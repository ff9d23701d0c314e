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
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Laws that hold for every policy and every request; the seed stands in the failure. */
class BundlePropertyTest {
  private static final String[] TYPES = {"CN_ID", "EMAIL", "PHONE", "PERSON", "SECRET", "ADDRESS"};
  private static final String[] CONDITIONS = {"findings.has('EMAIL')", "findings.distinct('PHONE', 'EMAIL', 'PERSON') >= 2", "stream",
      "bodyBytes > 500",
      "tenant == 'a'", "findings.size() > 2", "findings[1].type == 'PHONE'", "latency == BATCH && declared > PUBLIC",
      "'g1' in groups", "'k' in labels && labels['k'] == 'v'", "region == 'eu'", "now.getHours('Asia/Shanghai') < 8", "messages > 3"};
  private static final String[] URGENCY = {"stream", "bodyBytes > 500", "'g2' in groups", "findings.has('PHONE')", "latency == INTERACTIVE",
      "now.getHours() >= 12", "findings[0].likelihood > LIKELY"};

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
        assertThat(less.judge(facts.with(worse)).sensitivity()).as("seed %d, request %d: troubles", seed, i).isEqualTo(Sensitivity.RESTRICTED);
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

  @Test
  @DisplayName("everything that several files may say is joined whatever their order: rules, urgency, groups, tenants, egress, audit, exclusions")
  void filesAreAUnion() {
    for (int seed = 0; seed < 40; seed++) {
      Random random = new Random(seed);
      List<String> files = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        files.add(Policies.file("f" + i, everything(random, i)).replace("floor: internal", "floor: " + Sensitivity.values()[random.nextInt(2)]));
      }
      PolicyBundle one = Policies.bundleOf(files.toArray(new String[0]));
      List<String> shuffled = new ArrayList<>(files);
      Collections.shuffle(shuffled, random);
      PolicyBundle other = Policies.bundleOf(shuffled.toArray(new String[0]));
      for (int i = 0; i < 40; i++) {
        Facts facts = facts(random);
        assertThat(other.judge(facts)).as("seed %d, request %d", seed, i).isEqualTo(one.judge(facts));
        assertThat(other.latencyRules(facts)).as("seed %d, request %d", seed, i).isEqualTo(one.latencyRules(facts));
      }
    }
  }

  @Test
  @DisplayName("adding a file that neither lowers nor speaks of urgency never lowers, opens a zone, shares a cache or lightens the record")
  void addingAFileNeverLowers() {
    for (int seed = 0; seed < 40; seed++) {
      Random random = new Random(seed);
      List<String> files = new ArrayList<>(List.of(Policies.file("f0", everything(random, 0)), Policies.file("f1", everything(random, 1))));
      PolicyBundle less = Policies.bundleOf(files.toArray(new String[0]));
      files.add(Policies.file("more", "rules:\n" + rules(random, 4).stream().map(rule -> "  - " + rule.replace("id: rule-", "id: more-") + "\n")
          .collect(Collectors.joining()) + "groups: {g3: {floor: confidential}}\naudit: {internal: durable}\n" + egress(random)));
      PolicyBundle more = Policies.bundleOf(files.toArray(new String[0]));
      for (int i = 0; i < 40; i++) {
        Facts facts = facts(random);
        Verdict before = less.judge(facts);
        Verdict after = more.judge(facts);
        assertThat(after.sensitivity()).as("seed %d, request %d", seed, i).isGreaterThanOrEqualTo(before.sensitivity());
        assertThat(after.rules()).as("seed %d, request %d", seed, i).containsAll(
            before.rules().stream().filter(id -> !id.startsWith("grant-")).toList());
        if (!before.route().contains(io.tidegate.model.Destination.PUBLIC)) {
          assertThat(after.route()).as("seed %d, request %d", seed, i).doesNotContain(io.tidegate.model.Destination.PUBLIC);
        }
        assertThat(after.auditDurable() || !before.auditDurable() || after.sensitivity() != before.sensitivity()).as("seed %d, request %d", seed, i).isTrue();
      }
    }
  }

  /** All parts that may stand in each of several files. */
  private static String everything(Random random, int file) {
    StringBuilder spec = new StringBuilder("rules:\n");
    rules(random, 4).forEach(rule -> spec.append("  - ").append(rule.replace("id: rule-", "id: f" + file + "-")).append('\n'));
    spec.append("latency:\n  rules:\n");
    for (int i = 0; i < 2; i++) {
      spec.append("    - {id: u").append(file).append('-').append(i).append(", when: \"").append(URGENCY[random.nextInt(URGENCY.length)]).append("\", latency: ")
          .append(LatencyClass.values()[random.nextInt(3)]).append("}\n");
    }
    spec.append("groups: {g").append(file).append(": {floor: ").append(Sensitivity.values()[random.nextInt(4)]).append(", mostUrgent: standard}}\n");
    spec.append("audit: {").append(random.nextBoolean() ? "public" : "internal").append(": durable}\n");
    spec.append("exclusions: [{id: x").append(file).append(", types: [EMAIL], tenants: [a], groups: [g").append(file)
        .append("], owner: o, reason: r, expires: 2030-01-01}]\n");
    spec.append("grants: [{id: grant-").append(file).append(", tenants: [b], groups: [g").append(file).append("], owner: o, reason: r, expires: 2030-01-01}]\n");
    return spec + egress(random);
  }

  private static String egress(Random random) {
    return "egress: {private: [public, internal, confidential, restricted], edge-cache: [public, internal], public: ["
        + (random.nextBoolean() ? "public, internal" : "public") + "]}\n";
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
    Set<String> groups = IntStream.range(0, 4).filter(i -> random.nextInt(4) == 0).mapToObj(i -> "g" + i).collect(Collectors.toSet());
    return new Facts(new Findings(findings, Set.of()), new Caller(random.nextBoolean() ? "a" : "b", "c", groups), Operation.CHAT, "auto",
        random.nextBoolean(), true, Sensitivity.values()[random.nextInt(8) % 4 * random.nextInt(2)],
        random.nextBoolean() ? null : LatencyClass.values()[random.nextInt(3)], 0, random.nextInt(1_000), random.nextInt(6),
        random.nextBoolean() ? Map.of() : Map.of("k", random.nextBoolean() ? "v" : "w"), random.nextBoolean() ? "eu" : "cn",
        Instant.ofEpochSecond(random.nextInt(1 << 30)));
  }
}
