package io.tidegate.daemon.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.assay.PolicyDetectors;
import io.tidegate.classify.Classifier;
import io.tidegate.decide.Decider;
import io.tidegate.decide.Decision;
import io.tidegate.decide.DecisionFixture;
import io.tidegate.line.Rules;
import io.tidegate.line.Shadows;
import io.tidegate.model.Findings;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Sensitivity;
import io.tidegate.policy.PolicyBundle;
import io.tidegate.policy.PolicyCompiler;
import io.tidegate.wire.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ShadowingTest {
  private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");
  private final Counting counting = new Counting();
  private final Shadowing shadowing = new Shadowing(() -> NOW, counting);

  private static final class Counting implements ShadowMeters {
    final List<String> counted = new ArrayList<>();
    int dropped;
    int failed;

    @Override
    public void shadow(String rule, Sensitivity enforced, Sensitivity shadow) {
      counted.add(rule + " " + enforced + " " + shadow);
    }

    @Override
    public void shadowDropped() {
      dropped++;
    }

    @Override
    public void shadowFailed() {
      failed++;
    }
  }

  private static Rules rules(String spec) {
    String text = """
        apiVersion: tidegate/v1
        kind: SensitivityPolicy
        metadata: {name: p, revision: 1, owner: o}
        spec:
          floor: internal
        %s
        ...
        """.formatted(spec.indent(2).stripTrailing());
    PolicyCompiler.Result result = PolicyCompiler.compile(Map.of("p.yaml", text.getBytes(StandardCharsets.UTF_8)), LocalDate.of(2026, 11, 25));
    PolicyBundle bundle = result.bundle().orElseThrow(() -> new IllegalStateException(result.problems().toString()));
    return new Rules(new Classifier(PolicyDetectors.with(Classifier.allDetectors(), bundle)), new Decider(bundle));
  }

  private static final String SHADOW_RULE = "rules: [{id: mail, types: [EMAIL], raiseTo: restricted, mode: shadow, reason: On trial}]";

  private Decision ask(Rules rules, String id, String text) {
    ModelRequest request = DecisionFixture.request(id, Operation.CHAT, "auto", false,
        "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":" + JsonWriter.quote(text) + "}]}");
    Classifier.Scan scan = rules.classifier().begin(request);
    while (!scan.run(Long.MAX_VALUE)) {
      // A scan ends by its own budget.
    }
    Findings findings = scan.findings();
    Decision decision = rules.decider().decide(request, findings, NOW);
    rules.shadows().decided(rules, decision, findings);
    return decision;
  }

  private void work() {
    while (shadowing.workOne()) {
      // One after the other.
    }
  }

  @Test
  @DisplayName("a policy without shadow rules, and no shadow bundle: nothing watches")
  void off() {
    assertThat(shadowing.beside(rules("")).shadows()).isSameAs(Shadows.NONE);
  }

  @Test
  @DisplayName("a shadow rule is counted by rule, enforced and shadow class; the decision is the one without it; samples hold no text")
  void shadowRule() {
    Rules plain = rules("");
    Rules watched = shadowing.beside(rules(SHADOW_RULE));
    Decision decision = ask(watched, "req-1", "Write to canary.person@example.org");
    assertThat(decision.sensitivity()).isEqualTo(ask(plain, "x", "Write to canary.person@example.org").sensitivity()).isEqualTo(Sensitivity.INTERNAL);
    assertThat(counting.counted).as("not on the caller's thread").isEmpty();
    ask(watched, "req-2", "Sort a list.");
    work();
    assertThat(counting.counted).containsExactly("mail INTERNAL RESTRICTED");
    assertThat(shadowing.samples()).contains("\"request_id\":\"req-1\"").contains("\"shadow\":\"restricted\"").contains("\"shadow_rules\":[\"mail\"]")
        .doesNotContain("req-2").doesNotContain("canary");
  }

  @Test
  @DisplayName("once begun it looks by itself, from the first policy on that has something to watch, whichever comes first")
  void looksByItself() throws InterruptedException {
    for (boolean begunFirst : new boolean[] {true, false}) {
      Shadowing own = new Shadowing(() -> NOW, counting);
      if (begunFirst) {
        own.begin();
      }
      Rules watched = own.beside(rules(SHADOW_RULE));
      if (!begunFirst) {
        own.begin();
      }
      ask(watched, "req-" + begunFirst, "Write to canary.person@example.org");
      long end = System.nanoTime() + 20_000_000_000L;
      while (!own.samples().contains("req-" + begunFirst) && System.nanoTime() < end) {
        Thread.onSpinWait();
      }
      assertThat(own.samples()).contains("req-" + begunFirst);
      own.close();
    }
  }

  @Test
  @DisplayName("a whole shadow bundle decides beside the enforced one, its own detectors included")
  void shadowBundle() {
    shadowing.bundle(rules("""
        lists: {projects: {terms: [helios]}}
        detectors: [{id: project-name, list: projects, likelihood: very-likely}]
        rules: [{id: project, types: [PROJECT_NAME], raiseTo: confidential, reason: r}]"""));
    Rules watched = shadowing.beside(rules(""));
    assertThat(ask(watched, "req-1", "Plan helios").sensitivity()).isEqualTo(Sensitivity.INTERNAL);
    ask(watched, "req-2", "Sort a list.");
    work();
    assertThat(counting.counted).containsExactly("(bundle) INTERNAL CONFIDENTIAL", "(bundle) INTERNAL INTERNAL");
    assertThat(shadowing.samples()).contains("req-1").doesNotContain("req-2").doesNotContain("helios");
  }

  @Test
  @DisplayName("G8 past its bounds a request is not looked at, and counted; the ring of samples stays small")
  void bounds() {
    Rules watched = shadowing.beside(rules(SHADOW_RULE));
    for (int i = 0; i < 1_100; i++) {
      ask(watched, "r" + i, "Write to a.person@example.org");
    }
    assertThat(counting.dropped).isEqualTo(1_100 - 1_024);
    work();
    assertThat(counting.counted).hasSize(1_024);
    assertThat(shadowing.samples().split("request_id", -1)).hasSize(256 + 1);
    String large = "x ".repeat(6 << 20);
    for (int i = 0; i < 4; i++) {
      ask(watched, "l" + i, large);
    }
    assertThat(counting.dropped).as("by bytes").isEqualTo(1_100 - 1_024 + 2);
  }

  @Test
  @DisplayName("a shadow that throws is counted and changes nothing")
  void throwing() {
    Rules watched = shadowing.beside(rules(SHADOW_RULE));
    Decision decision = ask(watched, "r", "Sort a list.");
    watched.shadows().decided(new Rules(watched.classifier(), watched.decider()) , decision, Findings.NONE);
    shadowing.bundle(new Rules(new Classifier(List.of(new io.tidegate.classify.Detector() {
      @Override
      public String id() {
        return "broken";
      }

      @Override
      public void inspect(io.tidegate.classify.TextView text, Budget budget, Sink sink) {
        throw new IllegalStateException("CANARY");
      }
    })), new Decider(rules("exclusions: [{id: e, detector: email, equals: [a@b.de], owner: o, expires: 2027-01-01}]").decider().bundle())));
    watched.shadows().decided(watched, decision, Findings.NONE);
    watched.shadows().decided(watched, null, Findings.NONE);
    work();
    assertThat(counting.counted).contains("(bundle) INTERNAL RESTRICTED");
    assertThat(shadowing.samples()).doesNotContain("CANARY");
  }
}
