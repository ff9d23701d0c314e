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
import io.tidegate.policy.PolicyTrace.Join;
import io.tidegate.policy.PolicyTrace.Reading;
import io.tidegate.policy.PolicyTrace.RuleLook;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PolicyTraceTest {
  private static final String SPEC = """
      unscannable: internal
      tenants: {a: {floor: confidential, latency: batch}}
      exclusions: [{id: mailer, types: [EMAIL], tenants: [a], owner: o, expires: 2030-01-01}]
      grants: [{id: web, tenants: [w], owner: o, expires: 2030-01-01}]
      latency: {mostUrgent: standard, rules: [{id: bulk, when: "bodyBytes > 700 && stream", latency: batch}]}
      groups: {night: {floor: confidential, latency: batch}}
      rules:
        - {id: cn, types: [CN_ID], raiseTo: restricted, reason: Identity}
        - {id: pair, types: [EMAIL, PHONE], likelihood: possible, distinct: 2, count: 3, raiseTo: confidential, reason: Pair}
        - {id: big, when: "bodyBytes > 500 && stream", raiseTo: confidential, reason: Big}
        - {id: who, when: "findings.has('PERSON') && model == 'm'", raiseTo: confidential, reason: Who}
        - {id: broken, when: "labels['x'] == 'y'", raiseTo: internal, reason: Errs without the label}
        - {id: watch, types: [PERSON], raiseTo: restricted, mode: shadow, reason: Watched}
      """;

  @Test
  @DisplayName("G2 G6 the trace tells the verdict that was given: its joins end there, its rules are those that fired")
  void tellsTheTruth() {
    PolicyBundle bundle = Policies.bundle(SPEC);
    int fired = 0;
    for (int seed = 0; seed < 3_000; seed++) {
      Facts facts = facts(new Random(seed));
      PolicyTrace trace = bundle.trace(facts);
      Verdict verdict = bundle.judge(facts);
      assertThat(trace.verdict()).as("seed %d", seed).isEqualTo(verdict);
      assertThat(trace.joins().get(trace.joins().size() - 1).joined()).as("seed %d: %s", seed, trace.joins()).isEqualTo(verdict.sensitivity());
      assertThat(trace.joins()).extracting(Join::by).doesNotContain("what could not be judged");
      Set<String> told = new TreeSet<>();
      trace.rules().stream().filter(look -> look.matched() && !look.shadow()).forEach(look -> told.add(look.id()));
      facts.findings().troubles().forEach(trouble -> told.add(Troubles.idOf(trouble)));
      fired += told.size();
      if (facts.sessionLabel() != Sensitivity.PUBLIC) {
        told.add(Troubles.SESSION);
      }
      if (told.isEmpty()) {
        assertThat(verdict.rules()).isSubsetOf("web");
      } else {
        assertThat(verdict.rules()).as("seed %d", seed).containsExactlyElementsOf(told);
      }
      assertThat(trace.rules().stream().filter(look -> look.matched() && look.shadow()).map(RuleLook::id)).as("seed %d", seed)
          .containsExactlyElementsOf(bundle.shadow(facts));
      assertThat(trace.latency()).startsWith(verdict.latencyClass().name());
    }
    assertThat(fired).isGreaterThan(3_000);
  }

  @Test
  @DisplayName("a rule tells what it needs, what it counted and how near it came")
  void nearMiss() {
    Facts facts = Policies.facts(Policies.findings(Policies.finding("EMAIL", Likelihood.LIKELY), Policies.finding("EMAIL", Likelihood.UNLIKELY)));
    RuleLook pair = look(Policies.bundle(SPEC).trace(facts), "pair");
    assertThat(pair.matched()).isFalse();
    assertThat(pair.near()).isTrue();
    assertThat(pair.needs()).isEqualTo("3 of EMAIL, PHONE at POSSIBLE or above, 2 different types");
    assertThat(pair.readings()).containsExactly(new Reading("EMAIL LIKELY", "1", false), new Reading("EMAIL UNLIKELY", "1", false),
        new Reading("counted", "1 of 1 types", false));
  }

  @Test
  @DisplayName("a condition tells the values it read, and which of them the caller wrote; one that errs says so")
  void conditions() {
    Facts facts = new Facts(Policies.findings(Policies.finding("PERSON", Likelihood.LIKELY)), Caller.DEFAULT, Operation.CHAT, "m", true, true,
        Sensitivity.PUBLIC, null, 0, 501);
    PolicyTrace trace = Policies.bundle(SPEC).trace(facts);
    assertThat(look(trace, "big").readings()).containsExactly(new Reading("bodyBytes", "501", false), new Reading("stream", "true", false));
    assertThat(look(trace, "who").readings()).containsExactly(new Reading("findings", "1 × PERSON LIKELY by test", false), new Reading("model", "m", true));
    assertThat(look(trace, "broken").erred()).isTrue();
    assertThat(look(trace, "broken").matched()).isTrue();
    assertThat(look(trace, "watch").matched()).isTrue();
    assertThat(look(trace, "watch").shadow()).isTrue();
  }

  @Test
  @DisplayName("the latency class says where it comes from and what held it back")
  void latency() {
    PolicyBundle bundle = Policies.bundle(SPEC);
    assertThat(bundle.trace(Policies.timed(LatencyClass.INTERACTIVE, 0, "b")).latency())
        .isEqualTo("STANDARD: stated by the caller (INTERACTIVE), held back: the most urgent is STANDARD");
    assertThat(bundle.trace(Policies.timed(null, 0, "a")).latency()).isEqualTo("BATCH: that of the tenant or its groups");
    assertThat(bundle.trace(Policies.timed(null, 0, "b")).latency()).isEqualTo("STANDARD: the default");
  }

  private static RuleLook look(PolicyTrace trace, String id) {
    return trace.rules().stream().filter(rule -> rule.id().equals(id)).findFirst().orElseThrow();
  }

  private static Facts facts(Random random) {
    String[] types = {"CN_ID", "EMAIL", "PHONE", "PERSON", "URL"};
    List<Finding> findings = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      findings.add(Policies.finding(types[random.nextInt(types.length)], Likelihood.values()[random.nextInt(5)]));
    }
    Set<Trouble> troubles = random.nextInt(4) == 0 ? EnumSet.of(Trouble.values()[random.nextInt(5)]) : Set.of();
    return new Facts(new Findings(findings, troubles), new Caller(new String[] {"a", "b", "w"}[random.nextInt(3)], "x", random.nextBoolean() ? Set.of() : Set.of("night")), Operation.CHAT,
        random.nextBoolean() ? "m" : "n", random.nextBoolean(), random.nextBoolean(), Sensitivity.values()[random.nextInt(4)],
        random.nextBoolean() ? null : LatencyClass.values()[random.nextInt(3)], random.nextInt(2) * 5_000_000_000L, random.nextInt(1_000), 1,
        random.nextInt(3) == 0 ? Map.of() : Map.of("x", "z"), "", Instant.EPOCH, random.nextInt(6) == 0 ? Sensitivity.CONFIDENTIAL : Sensitivity.PUBLIC);
  }
}
