package io.tidegate.assay;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.assay.BundleDiff.Change;
import io.tidegate.assay.BundleDiff.Direction;
import io.tidegate.policy.Policies;
import io.tidegate.policy.PolicyBundle;
import io.tidegate.policy.PolicyCompiler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BundleDiffTest {
  private static final String RULE = "rules: [{id: r, types: [CN_ID, US_SSN], raiseTo: restricted, reason: Number}]\n";

  @Test
  @DisplayName("A to A is unchanged, the shipped policies included")
  void nothingChanged() throws Exception {
    for (List<String> names : List.of(List.of("baseline.yaml"), List.of("baseline.yaml", "examples/hospital.yaml"))) {
      Map<String, byte[]> files = new TreeMap<>();
      for (String name : names) {
        files.put(name, Files.readAllBytes(Path.of("../policies", name)));
      }
      BundleDiff diff = BundleDiff.of(bundle(files), bundle(files));
      assertThat(diff.changes()).isEmpty();
      assertThat(diff.outcome()).isEqualTo("unchanged");
      assertThat(diff.effect().facts()).isGreaterThan(900);
      assertThat(diff.effect().unchanged()).isEqualTo(diff.effect().facts());
    }
  }

  @Test
  @DisplayName("an added rule tightens, a removed one loosens, and the grid shows a request that notices")
  void addedAndRemoved() {
    PolicyBundle without = Policies.bundle("");
    PolicyBundle with = Policies.bundle(RULE);
    BundleDiff added = BundleDiff.of(without, with);
    assertThat(added.loosens()).isFalse();
    assertThat(added.outcome()).isEqualTo("tightened");
    assertThat(added.effect().tightened()).isPositive();
    BundleDiff removed = BundleDiff.of(with, without);
    assertThat(removed.outcome()).isEqualTo("loosened");
    assertThat(removed.effect().loosenedExamples()).isNotEmpty().allSatisfy(words -> assertThat(words).contains("RESTRICTED becomes"));
    assertThat(removed.changes()).containsExactly(new Change("rule", "r", Direction.LOOSENS, "removed: CN_ID, US_SSN to RESTRICTED"));
  }

  @Test
  @DisplayName("a rule that was renamed, or is covered by a wider one, is no loosening")
  void covered() {
    BundleDiff renamed = BundleDiff.of(Policies.bundle(RULE), Policies.bundle(RULE.replace("id: r,", "id: other,")));
    assertThat(renamed.outcome()).isEqualTo("unchanged");
    assertThat(renamed.changes()).hasSize(2);
    BundleDiff wider = BundleDiff.of(Policies.bundle(RULE), Policies.bundle("rules: [{id: w, types: [CN_ID, US_SSN, EMAIL], likelihood: possible, "
        + "raiseTo: restricted, reason: Number}]"));
    assertThat(wider.outcome()).isEqualTo("tightened");
  }

  @Test
  @DisplayName("a rule below the floor is covered by it, but not where a grant can go below the floor")
  void coveredByTheFloor() {
    String low = "rules: [{id: low, types: [URL], raiseTo: internal, reason: Weak}]\n";
    String grant = "grants: [{id: web, tenants: [web], owner: o, expires: 2030-01-01}]\n";
    assertThat(BundleDiff.of(Policies.bundle(low), Policies.bundle("")).loosens()).isFalse();
    BundleDiff granted = BundleDiff.of(Policies.bundle(low + grant), Policies.bundle(grant));
    assertThat(granted.loosens()).isTrue();
    assertThat(granted.effect().loosened()).isPositive();
  }

  @ParameterizedTest(name = "{0} => {1}")
  @DisplayName("what loosens one part is named, and its reverse is not a loosening")
  @CsvSource(delimiter = '|', value = {
      "rules: [{id: r, types: [CN_ID], raiseTo: restricted, reason: x}] | rules: [{id: r, types: [CN_ID], raiseTo: confidential, reason: x}]",
      "rules: [{id: r, types: [CN_ID], raiseTo: restricted, reason: x}] | rules: [{id: r, types: [CN_ID], raiseTo: restricted, reason: x, mode: shadow}]",
      "rules: [{id: r, types: [CN_ID], raiseTo: restricted, reason: x}] | rules: [{id: r, types: [CN_ID], count: 2, raiseTo: restricted, reason: x}]",
      "rules: [{id: r, types: [CN_ID], likelihood: possible, raiseTo: restricted, reason: x}] | rules: [{id: r, types: [CN_ID], raiseTo: restricted, reason: x}]",
      "rules: [{id: r, types: [CN_ID, EMAIL], raiseTo: restricted, reason: x}] | rules: [{id: r, types: [CN_ID, EMAIL], distinct: 2, raiseTo: restricted, reason: x}]",
      "rules: [{id: r, types: [CN_ID, EMAIL], raiseTo: restricted, reason: x}] | rules: [{id: r, types: [CN_ID], raiseTo: restricted, reason: x}]",
      "tenants: {a: {floor: confidential}} | tenants: {a: {floor: internal}}",
      "unscannable: restricted | unscannable: internal",
      "opaque: restricted | opaque: confidential",
      "'egress: {edge-cache: [], private: [internal, restricted], public: []}' | 'egress: {edge-cache: [], private: [internal, restricted], public: [internal]}'",
      "'egress: {edge-cache: [], private: [internal], public: []}' | 'egress: {edge-cache: [], private: [internal, restricted], public: []}'",
      "'routes: {internal: {standard: [private]}}' | 'routes: {internal: {standard: [private, public]}}'",
      "'routes: {internal: {standard: [private, public]}}' | 'routes: {internal: {standard: [public, private]}}'",
      "'cache: {internal: {store: false}}' | 'cache: {internal: {store: true}}'",
      "'cache: {internal: {store: true, ttl: 5m}}' | 'cache: {internal: {store: true, ttl: 10m}}'",
      "'cache: {internal: {store: true}}' | 'cache: {internal: {store: true, sampled: true}}'",
      "'cache: {internal: {store: true, stale: 1m}}' | 'cache: {internal: {store: true, stale: 10m}}'",
      "'cache: {internal: {store: true, staleIfError: 1m}}' | 'cache: {internal: {store: true, staleIfError: 10m}}'",
      "'cache: {internal: {store: true, outside: false}}' | 'cache: {internal: {store: true, outside: true}}'",
      "'cache: {internal: {store: true, replay: as-origin}}' | 'cache: {internal: {store: true, replay: at-once}}'",
      "'cache: {internal: {store: true}}' | 'cache: {internal: {store: true, semantic: {mode: serve}}}'",
      "'cache: {internal: {store: true, semantic: {mode: shadow}}}' | 'cache: {internal: {store: true, semantic: {mode: serve}}}'",
      "'cache: {internal: {store: true, semantic: {mode: serve, threshold: 0.9}}}' | 'cache: {internal: {store: true, semantic: {mode: serve, threshold: 0.8}}}'",
      "'cache: {public: {store: true, shared: true}, groups: {g: [a]}}' | 'cache: {public: {store: true, shared: true}, groups: {h: [a, b]}}'",
      "groups: {g: {floor: confidential}} | groups: {g: {floor: internal}}",
      "groups: {g: {latency: interactive}} | groups: {g: {latency: batch}}",
      "'latency: {rules: [{id: l, when: \"stream\", latency: interactive}]}' | 'latency: {rules: []}'",
      "'latency: {rules: []}' | 'latency: {rules: [{id: l, when: \"stream\", latency: batch}]}'",
      "'grants: [{id: g, tenants: [web], groups: [x], owner: o, expires: 2030-01-01}]' | 'grants: [{id: g, tenants: [web], owner: o, expires: 2030-01-01}]'",
      "'grants: [{id: g, tenants: [web], groups: [x], owner: o, expires: 2030-01-01}]' | 'grants: [{id: g, tenants: [web], groups: [x, y], owner: o, expires: 2030-01-01}]'",
      "audit: durable | audit: written",
      "output: {restricted: {links: strip}} | output: {restricted: {links: flag}}",
      "latency: {default: interactive} | latency: {default: standard}",
      "'exclusions: []' | 'exclusions: [{id: e, types: [EMAIL], tenants: [t], owner: o, expires: 2030-01-01}]'",
      "'exclusions: []' | 'exclusions: [{id: e, detector: email, equals: [x], owner: o, expires: 2030-01-01}]'",
      "'exclusions: [{id: e, types: [EMAIL], tenants: [t], owner: o, expires: 2030-01-01}]' | 'exclusions: [{id: e, types: [EMAIL], tenants: [t], owner: o, expires: 2031-01-01}]'",
      "'exclusions: [{id: e, types: [EMAIL], tenants: [t], callers: [c], owner: o, expires: 2030-01-01}]' | 'exclusions: [{id: e, types: [EMAIL], tenants: [t], owner: o, expires: 2030-01-01}]'",
      "'grants: []' | 'grants: [{id: g, tenants: [web], owner: o, expires: 2030-01-01}]'"})
  void loosenings(String tight, String loose) {
    BundleDiff looser = BundleDiff.of(Policies.bundle(tight), Policies.bundle(loose));
    assertThat(looser.loosens()).as("%s", looser.changes()).isTrue();
    assertThat(looser.changes()).anySatisfy(change -> assertThat(change.direction()).isEqualTo(Direction.LOOSENS));
    // Who shares a cache changes either way; what a rule or a group says of urgency is not known to cover a state in which nothing says so.
    if (!tight.contains("groups: {g") && !tight.contains("rules: [{id: l") && !loose.contains("rules: [{id: l")) {
      assertThat(BundleDiff.of(Policies.bundle(loose), Policies.bundle(tight)).loosens()).isFalse();
    }
  }

  @Test
  @DisplayName("what the grid cannot see loosens by itself: a detector, its words, a condition")
  void beyondTheGrid() {
    String lists = "lists: {projects: {terms: [helios, nemesis]}}\ndetectors: [{id: project, list: projects}]\n"
        + "rules: [{id: p, types: [PROJECT], raiseTo: confidential, reason: x}]\n";
    BundleDiff fewer = BundleDiff.of(Policies.bundle(lists), Policies.bundle(lists.replace(", nemesis", "")));
    assertThat(fewer.effect().loosened()).isZero();
    assertThat(fewer.loosens()).isTrue();
    assertThat(BundleDiff.of(Policies.bundle(lists.replace(", nemesis", "")), Policies.bundle(lists)).outcome()).isEqualTo("tightened");
    String when = "rules: [{id: w, when: \"bodyBytes > 200000 && model.matches('^a.*z$')\", raiseTo: restricted, reason: x}]";
    BundleDiff changed = BundleDiff.of(Policies.bundle(when), Policies.bundle(when.replace("^a.*z$", "^b.*z$")));
    assertThat(changed.loosens()).isTrue();
    assertThat(changed.changes().get(0).words()).contains("not proven to match all that it matched");
  }

  @Test
  @DisplayName("a new detector loosens where a condition may stop matching by what it finds, and not where it cannot")
  void conditionsThatFindingsUnmatch() {
    String detector = "detectors: [{id: staff, regex: 'GH\\d{6}'}]\n";
    for (String unsafe : List.of("!findings.has('EMAIL')", "findings.size() < 3", "findings.all(f, f.type == 'EMAIL')", "findings[0].type == 'EMAIL'")) {
      String rule = "rules: [{id: w, when: \"" + unsafe + "\", raiseTo: restricted, reason: x}]\n";
      assertThat(BundleDiff.of(Policies.bundle(rule), Policies.bundle(rule + detector)).loosens()).as(unsafe).isTrue();
    }
    for (String safe : List.of("findings.has('EMAIL')", "findings.distinct('EMAIL', 'PHONE') >= 2 && stream", "findings.size() > 3 || tenant == 'a'",
        "findings.exists(f, f.type == 'EMAIL' && f.likelihood >= LIKELY)", "!stream")) {
      String rule = "rules: [{id: w, when: \"" + safe + "\", raiseTo: restricted, reason: x}]\n";
      assertThat(BundleDiff.of(Policies.bundle(rule), Policies.bundle(rule + detector)).loosens()).as(safe).isFalse();
    }
  }

  @Test
  @DisplayName("where a higher sensitivity is handled more laxly, a rule that raises is a loosening")
  void tableOutOfOrder() {
    String odd = "egress: {edge-cache: [], private: [internal, confidential, restricted], public: [internal]}\n"
        + "routes: {internal: {standard: [private]}, public: {standard: [private]}}\ncache: {confidential: {store: true, ttl: 1h}, internal: {store: false}}\n";
    BundleDiff diff = BundleDiff.of(Policies.bundle(odd), Policies.bundle(odd + "rules: [{id: r, types: [EMAIL], raiseTo: confidential, reason: x}]"));
    assertThat(diff.loosens()).isTrue();
    assertThat(diff.changes()).anySatisfy(change -> assertThat(change.words()).contains("is handled more laxly than INTERNAL"));
  }

  @Test
  @DisplayName("G3 the values of an exclusion are not printed")
  void valuesStayInside() {
    String value = "ghp" + "_0123456789";
    BundleDiff diff = BundleDiff.of(Policies.bundle(""), Policies.bundle("exclusions: [{id: e, detector: vendor-token, equals: [" + value
        + "], owner: o, expires: 2030-01-01}]"));
    assertThat(Stream.concat(diff.changes().stream().map(Change::words), diff.effect().loosenedExamples().stream())).noneMatch(words -> words.contains(value));
  }

  private static PolicyBundle bundle(Map<String, byte[]> files) {
    PolicyCompiler.Result result = PolicyCompiler.compile(files, Policies.TODAY);
    return result.bundle().orElseThrow(() -> new AssertionError(result.problems().toString()));
  }
}
