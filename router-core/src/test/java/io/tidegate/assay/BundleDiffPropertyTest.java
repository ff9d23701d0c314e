package io.tidegate.assay;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.model.Caller;
import io.tidegate.model.Finding;
import io.tidegate.model.Findings;
import io.tidegate.model.Findings.Trouble;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Likelihood;
import io.tidegate.model.Operation;
import io.tidegate.model.Sensitivity;
import io.tidegate.policy.Facts;
import io.tidegate.policy.Policies;
import io.tidegate.policy.PolicyBundle;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Laws of the diff over random policies; the seed stands in the failure. */
@Tag("once")
class BundleDiffPropertyTest {
  private static final String[] TYPES = {"CN_ID", "EMAIL", "PHONE", "PERSON", "SECRET"};
  private static final String[] CONDITIONS = {"findings.has('EMAIL')", "findings.distinct('PHONE', 'EMAIL') >= 2", "stream", "bodyBytes > 500",
      "tenant == 'a'", "!findings.has('CN_ID')", "findings.size() < 3", "latency == BATCH", "declared > PUBLIC && operation == 'embedding'"};

  /** Parts of a policy, so that one can be taken, left or replaced. */
  private record Parts(List<String> rules, List<String> lines) {
    PolicyBundle bundle() {
      return Policies.bundle("rules:\n" + String.join("", rules.stream().map(rule -> "  - " + rule + "\n").toList())
          + String.join("\n", lines) + "\n");
    }
  }

  @Test
  @DisplayName("adding a rule never loosens; the order of rules and files changes nothing")
  void addingAndReordering() {
    for (int seed = 0; seed < 120; seed++) {
      Random random = new Random(seed);
      Parts parts = parts(random);
      List<String> more = new ArrayList<>(parts.rules());
      more.add(random.nextInt(more.size() + 1), rule(random, 100));
      BundleDiff added = BundleDiff.of(parts.bundle(), new Parts(more, parts.lines()).bundle());
      assertThat(added.loosens()).as("seed %d: %s", seed, added.changes()).isFalse();
      assertThat(added.effect().loosened()).as("seed %d", seed).isZero();
      List<String> shuffled = new ArrayList<>(parts.rules());
      Collections.shuffle(shuffled, random);
      BundleDiff reordered = BundleDiff.of(parts.bundle(), new Parts(shuffled, parts.lines()).bundle());
      assertThat(reordered.changes()).as("seed %d", seed).isEmpty();
      assertThat(reordered.outcome()).isEqualTo("unchanged");
    }
  }

  @Test
  @DisplayName("removing a rule that nothing covers loosens")
  void removing() {
    for (int seed = 0; seed < 120; seed++) {
      Random random = new Random(seed);
      Parts parts = parts(random);
      List<String> more = new ArrayList<>(parts.rules());
      more.add("{id: only, types: [IBAN], raiseTo: restricted, reason: r}");
      BundleDiff removed = BundleDiff.of(new Parts(more, parts.lines()).bundle(), parts.bundle());
      assertThat(removed.loosens()).as("seed %d", seed).isTrue();
    }
  }

  @Test
  @DisplayName("where any request fares more laxly under the second of two bundles, the diff says that it loosens")
  void sound() {
    int loosened = 0;
    int clean = 0;
    for (int seed = 0; seed < 600; seed++) {
      Random random = new Random(seed);
      Parts parts = parts(random);
      Parts mutant = mutant(parts, random);
      PolicyBundle before = parts.bundle();
      PolicyBundle after = mutant.bundle();
      boolean laxer = false;
      for (int i = 0; i < 150 && !laxer; i++) {
        Facts facts = facts(random);
        laxer = !Treatment.of(before.judge(facts), after.judge(facts)).laxer().isEmpty();
      }
      if (laxer) {
        BundleDiff diff = BundleDiff.of(before, after);
        assertThat(diff.loosens()).as("seed %d: %s -> %s: %s", seed, parts, mutant, diff.changes()).isTrue();
        loosened++;
      } else if (!BundleDiff.of(before, after).loosens()) {
        clean++;
      }
    }
    assertThat(loosened).as("mutants that loosen, or this test shows nothing").isGreaterThan(100);
    assertThat(clean).as("changes that were found to be no loosening, or it could always cry wolf").isGreaterThan(100);
  }

  private static Parts mutant(Parts parts, Random random) {
    List<String> rules = new ArrayList<>(parts.rules());
    List<String> lines = new ArrayList<>(parts.lines());
    for (int i = 1 + random.nextInt(2); i > 0; i--) {
      switch (random.nextInt(6)) {
        case 0 -> rules.remove(random.nextInt(rules.size()));
        case 1 -> rules.add(rule(random, 200 + i));
        case 2 -> {
          int at = random.nextInt(rules.size());
          String id = rules.get(at).substring(0, rules.get(at).indexOf(',')).replaceAll("\\D", "");
          rules.set(at, rule(random, Integer.parseInt(id)));
        }
        default -> {
          int at = random.nextInt(lines.size());
          lines.set(at, line(at, random));
        }
      }
      if (rules.isEmpty()) {
        rules.add(rule(random, 300));
      }
    }
    return new Parts(rules, lines);
  }

  private static Parts parts(Random random) {
    List<String> rules = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      rules.add(rule(random, i));
    }
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      lines.add(line(i, random));
    }
    return new Parts(rules, lines);
  }

  private static String rule(Random random, int number) {
    String what = random.nextInt(4) > 0 ? "types: [" + TYPES[random.nextInt(TYPES.length)] + ", " + TYPES[random.nextInt(TYPES.length)] + "], count: "
        + (1 + random.nextInt(2)) + ", likelihood: " + Likelihood.values()[1 + random.nextInt(4)]
        : "when: \"" + CONDITIONS[random.nextInt(CONDITIONS.length)] + "\"";
    return "{id: rule-" + number + ", " + what + ", raiseTo: " + Sensitivity.values()[1 + random.nextInt(3)] + ", reason: r"
        + (random.nextInt(6) == 0 ? ", mode: shadow" : "") + "}";
  }

  private static String line(int which, Random random) {
    String level = Sensitivity.values()[random.nextInt(4)].name();
    return switch (which) {
      case 0 -> "tenants: {a: {floor: " + level + ", latency: " + LatencyClass.values()[random.nextInt(3)] + "}}";
      case 1 -> "opaque: " + Sensitivity.values()[2 + random.nextInt(2)];
      case 2 -> random.nextBoolean() ? "grants: []" : "grants: [{id: g, tenants: [b], owner: o, expires: 2030-01-01}]";
      case 3 -> random.nextBoolean() ? "exclusions: []" : "exclusions: [{id: e, types: [" + TYPES[random.nextInt(TYPES.length)]
          + "], tenants: [a], owner: o, expires: 2030-01-01}]";
      case 4 -> "audit: " + (random.nextBoolean() ? "durable" : "written");
      case 5 -> "latency: {default: " + LatencyClass.values()[random.nextInt(3)] + ", rules: [" + (random.nextInt(3) > 0 ? ""
          : "{id: u, when: \"" + (random.nextBoolean() ? "stream" : "findings.has('EMAIL')") + "\", latency: " + LatencyClass.values()[random.nextInt(3)] + "}") + "]}";
      case 7 -> "groups: {g: {floor: " + level + ", mostUrgent: " + LatencyClass.values()[random.nextInt(3)] + "}}";
      case 8 -> random.nextBoolean() ? "# no list" : "lists: {l: {terms: [x]}}";
      default -> random.nextBoolean() ? "routes: {}" : "routes: {internal: {interactive: [private], standard: [private], batch: [private]}}";
    };
  }

  private static Facts facts(Random random) {
    List<Finding> findings = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      findings.add(Policies.finding(TYPES[random.nextInt(TYPES.length)], Likelihood.values()[random.nextInt(5)]));
    }
    Set<Trouble> troubles = random.nextInt(5) == 0 ? EnumSet.of(Trouble.OPAQUE) : Set.of();
    return new Facts(new Findings(findings, troubles), new Caller(new String[] {"a", "b", "c"}[random.nextInt(3)], "x", random.nextBoolean() ? Set.of() : Set.of("g")),
        Operation.values()[random.nextInt(3)], "auto", random.nextBoolean(), random.nextBoolean(), Sensitivity.values()[random.nextInt(3)],
        random.nextBoolean() ? null : LatencyClass.values()[random.nextInt(3)], 0, random.nextInt(1_000), 1, Map.of(), "", Instant.EPOCH);
  }
}
