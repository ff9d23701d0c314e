package io.tidegate.assay;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.classify.Classifier;
import io.tidegate.classify.Detector;
import io.tidegate.classify.TextView;
import io.tidegate.model.Likelihood;
import io.tidegate.policy.Policies;
import io.tidegate.policy.PolicyBundle;
import io.tidegate.time.Pace;
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
    return PolicyTests.run(bundle, classifier, new io.tidegate.daemon.RehearsalPlugs(), Pace.FULL).stream()
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

  @Test
  @DisplayName("A3 a test may state the world, and says how the request ends in it")
  void worlds() {
    assertThat(run(RULES, """
          - {name: a, text: the swordfish, world: {private: down}, expect: {refusal: no_permitted_upstream, attempts: 0}}
          - {name: b, text: a trout, world: {public: busy}, expect: {answeredBy: private, attempts: 4}}
          - {name: c, text: a trout, sampled: false, world: {cache: hit}, expect: {answeredBy: edge-cache, attempts: 0}}
          - {name: d, text: a trout, sampled: false, world: {cache: other-tenant}, expect: {answeredBy: public}}
          - {name: e, text: a trout, world: {audit: down, private: refused}, expect: {refusal: audit_unavailable}}
          - {name: f, text: a trout, stream: true, world: {public: broken-off}, expect: {refusal: upstream_incomplete}}
          - {name: g, text: the swordfish, world: {consul: stale, private: hanging}, expect: {refusal: first_token_timeout}}
        """)).allSatisfy((name, failures) -> assertThat(failures).isEmpty());
  }

  @Test
  @DisplayName("a wrong end is told with the world and who was tried")
  void wrongEnd() {
    assertThat(run(RULES, """
          - {name: a, text: the swordfish, world: {private: refused}, expect: {answeredBy: public, attempts: 1}}
        """).get("a")).contains("the request is refused with no_permitted_upstream, expected answered by public", "3 endpoints were tried, expected 1",
        "in the world: private refused, public up, consul fresh, cache miss, audit ok; tried: private-1a, private-1b, private-2a");
  }

  @Test
  @DisplayName("mistakes in a test's world and end are problems with a fix")
  void badWorlds() {
    String problems = Policies.compile(Policies.file("p", "egress: {edge-cache: [], private: [restricted], public: []}", """
          - {name: a, text: x, world: {private: gone}, expect: {answeredBy: private}}
          - {name: b, text: x, world: {private: down}, expect: {sensitivity: internal}}
          - {name: c, text: x, expect: {refusal: no_permited_upstream}}
          - {name: d, text: x, expect: {answeredBy: private, refusal: busy}}
          - {name: e, text: x, world: {moon: full}, expect: {answeredBy: private}}
        """)).problems().toString();
    assertThat(problems).contains("account-closed", "does not say how the request ends in it", "did you mean 'no_permitted_upstream'?",
        "answered or refused, not both", "unknown key 'moon'");
  }

  @Test
  @DisplayName("coverage counts rules that fired and failure states in which an end is told")
  void coverage() {
    PolicyBundle bundle = Policies.bundleOf(Policies.file("p", RULES, """
          - {name: a, text: the swordfish, world: {private: down}, expect: {refusal: no_permitted_upstream}}
        """));
    List<PolicyTests.Outcome> outcomes = PolicyTests.run(bundle, new Classifier(PolicyDetectors.with(List.of(new Swordfish()), bundle)),
        new io.tidegate.daemon.RehearsalPlugs(), Pace.FULL);
    Coverage coverage = Coverage.of(List.of("red", "blue", "never"), outcomes);
    assertThat(coverage.rulesNever()).isEqualTo(List.of("never"));
    assertThat(coverage.rulePercent()).isEqualTo(66);
    assertThat(coverage.statePercent()).isEqualTo(10);
    java.io.StringWriter out = new java.io.StringWriter();
    assertThat(new TestSummary(bundle, outcomes, new TestOptions(null, 0, 11, false)).print(new java.io.PrintWriter(out))).isFalse();
    assertThat(out.toString()).contains("1 of 10 failure states", "at least 11 % is asked for", "never: private: busy");
    assertThat(new TestSummary(bundle, outcomes, new TestOptions(null, 0, 10, true)).print(new java.io.PrintWriter(out))).isTrue();
  }

  @Test
  @DisplayName("B3 G3 JUnit's XML says what failed, escaped, without any text of the test")
  void junit() {
    PolicyBundle bundle = Policies.bundleOf(Policies.file("p", RULES, """
          - {name: 'a <b> & "c"', text: the swordfish, expect: {sensitivity: internal}}
          - {name: good, text: a trout, expect: {sensitivity: internal}}
        """));
    String xml = new String(TestReports.junit(PolicyTests.run(bundle, new Classifier(PolicyDetectors.with(List.of(new Swordfish()), bundle)),
        new io.tidegate.daemon.RehearsalPlugs(), Pace.FULL)), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(xml).contains("<testsuites tests=\"2\" failures=\"1\">", "name=\"a &lt;b&gt; &amp; &quot;c&quot;\"", "sensitivity is restricted, expected internal",
        "name=\"good\" classname=\"p0.yaml\"/>").doesNotContain("the swordfish", "trout");
  }
}
