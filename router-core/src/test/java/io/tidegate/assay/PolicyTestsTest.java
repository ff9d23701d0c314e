package io.tidegate.assay;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.classify.Classifier;
import io.tidegate.classify.Detector;
import io.tidegate.classify.TextView;
import io.tidegate.model.Likelihood;
import io.tidegate.policy.Policies;
import io.tidegate.policy.PolicyBundle;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PolicyTestsTest {
  private static final String RULES = "rules:\n  - {id: red, types: [SECRET], raiseTo: restricted, reason: r}\n"
      + "  - {id: blue, types: [SECRET], raiseTo: restricted, reason: r, mode: shadow}\n";

  /** Calls the word swordfish a secret. */
  private record Swordfish() implements Detector {
    @Override
    public String id() {
      return "swordfish";
    }

    @Override
    public void inspect(TextView text, Budget budget, Sink sink) {
      int at = new String(text.array(), 0, text.length()).indexOf("swordfish");
      if (budget.spend(text.length()) && at >= 0) {
        sink.found("SECRET", at, at + 9, Likelihood.LIKELY);
      }
    }
  }

  private static Map<String, List<String>> run(String spec, String tests) {
    PolicyBundle bundle = Policies.bundleOf(Policies.file("p", spec, tests));
    Classifier classifier = new Classifier(PolicyDetectors.with(List.of(new Swordfish()), bundle));
    return PolicyTests.run(bundle, classifier, new io.tidegate.daemon.RehearsalPlugs()).stream()
        .collect(Collectors.toMap(outcome -> outcome.test().name(), PolicyTests.Outcome::failures, (a, b) -> b, TreeMap::new));
  }

  @Test
  @DisplayName("a test passes when every expectation holds")
  void passes() {
    assertThat(run(RULES, """
          - {name: a, text: the swordfish, expect: {sensitivity: restricted, rules: [red], shadow: [blue], latency: standard, route: [private]}}
          - {name: b, text: a trout, expect: {sensitivity: internal, rules: [], shadow: [], route: [edge-cache, public, private]}}
          - {name: c, text: the swordfish, operation: embedding, latency: batch, expect: {rules: [red], latency: batch}}
          - {name: d, text: the swordfish, operation: completion, deadline: 5s, expect: {rules: [red], latency: interactive}}
          - {name: e, body: '{"input":["x","swordfish"]}', operation: embedding, expect: {rules: [red]}}
        """)).allSatisfy((name, failures) -> assertThat(failures).isEmpty());
  }

  @Test
  @DisplayName("a failure says in words what came out instead, and what was seen")
  void failsInWords() {
    assertThat(run(RULES, """
          - {name: a, text: the swordfish, expect: {sensitivity: internal, rules: [], latency: batch, route: []}}
          - {name: b, text: a trout, expect: {rules: [red], shadow: [blue]}}
          - {name: c, body: '{"a":1,"a":2}', expect: {sensitivity: internal}}
        """)).isEqualTo(new TreeMap<>(Map.of(
        "a", List.of("sensitivity is restricted, expected internal", "rules that should not have fired: red",
            "latency class is standard, expected batch",
            "route is private, expected nowhere", "seen: SECRET likely by swordfish"),
        "b", List.of("rules that did not fire: red", "shadow rules that did not fire: blue", "seen: no findings"),
        "c", List.of("its body is not strict JSON: duplicate key at byte 7"))));
  }

  @Test
  @DisplayName("G3 no failure repeats text")
  void failuresRepeatNoText() {
    assertThat(run(RULES, "  - {name: a, text: my swordfish is hidden, expect: {sensitivity: public}}\n").toString())
        .doesNotContain("hidden", "my sword");
  }

  @Test
  @DisplayName("an exclusion drops the exact value of the named detector only")
  void exclusions() {
    String exclusion = RULES + "detectors: [{id: twin, type: SECRET, regex: 'swordfish'}]\n"
        + "exclusions: [{id: e, detector: %s, equals: [%s], owner: o, expires: 2030-01-01}]\n";
    String test = "  - {name: a, text: the swordfish, expect: {rules: []}}\n";
    String both = exclusion.formatted("swordfish", "swordfish").replace("exclusions: [",
        "exclusions: [{id: f, detector: twin, equals: [swordfish], owner: o, expires: 2030-01-01}, ");
    assertThat(run(both, test).get("a")).isEmpty();
    assertThat(run(exclusion.formatted("swordfish", "swordfish"), test).get("a")).isNotEmpty();
    assertThat(run(exclusion.formatted("twin", "swordfish"), test).get("a")).isNotEmpty();
    assertThat(run(both.replace("equals: [swordfish]", "equals: [sword]"), test).get("a")).isNotEmpty();
  }

  @Test
  @DisplayName("a policy's own detectors find what they describe, in the real classifier")
  void ownDetectors() {
    assertThat(run("detectors: [{id: staff-no, regex: 'GH\\d{6}', context: [badge]}]\nrules: [{id: staff, types: [STAFF_NO], raiseTo: confidential, reason: r}]", """
          - {name: a, text: badge GH123456, expect: {sensitivity: confidential, rules: [staff]}}
          - {name: b, text: order GH123456, expect: {sensitivity: internal, rules: []}}
        """)).allSatisfy((name, failures) -> assertThat(failures).isEmpty());
  }
}
