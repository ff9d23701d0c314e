package io.tidegate.policy;

import static io.tidegate.policy.Policies.bundle;
import static io.tidegate.policy.Policies.declared;
import static io.tidegate.policy.Policies.facts;
import static io.tidegate.policy.Policies.file;
import static io.tidegate.policy.Policies.finding;
import static io.tidegate.policy.Policies.findings;
import static io.tidegate.policy.Policies.timed;
import static io.tidegate.policy.Policies.trouble;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.model.Caller;
import io.tidegate.model.Destination;
import io.tidegate.model.Finding;
import io.tidegate.model.Findings;
import io.tidegate.model.Findings.Trouble;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Likelihood;
import io.tidegate.model.Operation;
import io.tidegate.model.Sensitivity;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PolicyBundleTest {
  private static final String CN_ID = "rules: [{id: cn-id, types: [CN_ID], raiseTo: restricted, reason: r}]";

  private static String rule(String when) {
    return "rules:\n  - id: r\n    when: " + when + "\n    raiseTo: restricted\n    reason: r\n";
  }

  private static Sensitivity judged(PolicyBundle bundle, Findings findings) {
    return bundle.judge(facts(findings)).sensitivity();
  }

  @ParameterizedTest
  @CsvSource({"VERY_LIKELY, RESTRICTED", "LIKELY, RESTRICTED", "POSSIBLE, INTERNAL", "UNLIKELY, INTERNAL", "VERY_UNLIKELY, INTERNAL"})
  @DisplayName("a rule on types fires at LIKELY and above unless it says otherwise (decisions 10)")
  void firesAtLikely(Likelihood likelihood, Sensitivity expected) {
    Verdict verdict = bundle(CN_ID).judge(facts(findings(finding("CN_ID", likelihood))));
    assertThat(verdict.sensitivity()).isEqualTo(expected);
    assertThat(verdict.rules()).isEqualTo(expected == Sensitivity.RESTRICTED ? List.of("cn-id") : List.of());
  }

  @Test
  @DisplayName("count and distinct ask for several findings and several types")
  void countsAndDistinguishes() {
    Finding phone = finding("PHONE", Likelihood.LIKELY);
    Finding email = finding("EMAIL", Likelihood.LIKELY);
    PolicyBundle three = bundle("rules: [{id: many, types: [PHONE, EMAIL], count: 3, raiseTo: restricted, reason: r}]");
    assertThat(judged(three, findings(phone, email))).isEqualTo(Sensitivity.INTERNAL);
    assertThat(judged(three, findings(phone, phone, email))).isEqualTo(Sensitivity.RESTRICTED);
    PolicyBundle both = bundle("rules: [{id: both, types: [PHONE, EMAIL, ADDRESS], distinct: 2, raiseTo: restricted, reason: r}]");
    assertThat(judged(both, findings(phone, phone, phone))).isEqualTo(Sensitivity.INTERNAL);
    assertThat(judged(both, findings(phone, email))).isEqualTo(Sensitivity.RESTRICTED);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "findings.exists(f, f.type == 'CN_ID' && f.likelihood >= LIKELY) | true",
      "findings.exists(f, f.type == 'CN_ID' && f.likelihood > LIKELY) | false",
      "findings.exists(f, f.detector == 'test') | true",
      "findings.has('CN_ID') | true",
      "findings.has('PERSON') | false",
      "findings.has('EMAIL') | false",
      "findings.distinct('CN_ID', 'PERSON') == 2 | true",
      "findings.distinct(['CN_ID', 'EMAIL']) == 1 | true",
      "findings.size() == 2 | true",
      "findings.exists(f, f.type in ['EMAIL', 'PERSON']) | true",
      "tenant == 'default' && caller == 'loopback' | true",
      "operation == 'chat' && model == 'auto' && !stream && sampled | true",
      "bodyBytes > 999 && bodyBytes < 1001 | true",
      "declared == PUBLIC && latency == STANDARD && deadlineMillis == 0 | true",
      "latency == BATCH | false",
      "model.startsWith('aut') && model.matches('^au') | true"})
  @DisplayName("conditions read findings and every scalar fact")
  void conditionsReadFacts(String when, boolean holds) {
    Findings seen = findings(finding("CN_ID", Likelihood.LIKELY), finding("PERSON", Likelihood.POSSIBLE));
    assertThat(bundle(rule("\"" + when + "\"")).judge(facts(seen)).rules()).isEqualTo(holds ? List.of("r") : List.of());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "'finance' in groups | true",
      "'hr' in groups | false",
      "groups.exists(g, g.startsWith('fin')) && groups.size() == 1 | true",
      "'case' in labels && labels['case'] == 'merger' | true",
      "labels.exists(name, name == 'case') | true",
      "'matter' in labels | false",
      "region == 'cn-hangzhou' | true",
      "messages == 3 | true",
      "now.getHours('Asia/Shanghai') < 8 | true",
      "now.getHours() < 8 | false",
      "now.getDayOfWeek('+08:00') == 2 | true",
      "now > timestamp('2026-11-24T00:00:00Z') | false",
      "now - duration('1h') < timestamp('2026-11-23T23:00:00Z') | true"})
  @DisplayName("conditions read groups, labels, region, messages and the time")
  void conditionsReadWhoWhereAndWhen(String when, boolean holds) {
    Facts facts = new Facts(Findings.NONE, new Caller("bank", "bot", Set.of("finance")), Operation.CHAT, "auto", false, true, Sensitivity.PUBLIC, null,
        0, 1_000, 3, Map.of("case", "merger"), "cn-hangzhou", Instant.parse("2026-11-23T22:30:00Z"));
    PolicyBundle bundle = bundle(rule("\"" + when + "\""));
    assertThat(bundle.judge(facts).rules()).isEqualTo(holds ? List.of("r") : List.of());
    assertThat(bundle.readsLabels()).isEqualTo(when.contains("labels"));
    assertThat(bundle.readsMessages()).isEqualTo(when.contains("messages"));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"audit: durable | true, true, true, true", "audit: written | false, false, false, false",
      "audit: {internal: durable} | false, true, false, false", " | false, false, false, false"})
  @DisplayName("decisions 6 the policy says which decisions must be durable before a public send")
  void durable(@Nullable String audit, String expected) {
    PolicyBundle bundle = bundle((audit == null ? "" : audit) + "\ntenants: {t: {floor: public}}\n"
        + "grants: [{id: g, tenants: [default], owner: o, expires: 2027-01-01}]");
    assertThat(Arrays.stream(Sensitivity.values()).map(s -> bundle.judge(declared(s)).auditDurable() + "").collect(Collectors.joining(", ")))
        .isEqualTo(expected);
  }

  @Test
  @DisplayName("of several files the firmer audit duty counts")
  void durableOfSeveralFiles() {
    PolicyBundle bundle = Policies.bundleOf(file("a", "audit: written"), file("b", "audit: {internal: durable}"));
    assertThat(bundle.judge(facts(Findings.NONE)).auditDurable()).isTrue();
  }

  @Test
  @DisplayName("G2 a condition that errs counts as matched")
  void anErringConditionMatches() {
    assertThat(judged(bundle(rule("bodyBytes / (bodyBytes - 1000) > 5")), Findings.NONE)).isEqualTo(Sensitivity.RESTRICTED);
    assertThat(judged(bundle(rule("findings[0].type == 'EMAIL'")), Findings.NONE)).isEqualTo(Sensitivity.RESTRICTED);
  }

  @Test
  @DisplayName("G8 a condition that runs too long stops and counts as matched")
  void anEndlessConditionMatches() {
    Findings many = new Findings(IntStream.range(0, 300).mapToObj(i -> finding("PERSON", Likelihood.POSSIBLE)).toList(), Set.of());
    assertThat(judged(bundle(rule("findings.exists(f, findings.exists(g, f.type != g.type))")), many)).isEqualTo(Sensitivity.RESTRICTED);
    assertThat(judged(bundle(rule("findings.exists(f, f.type == 'EMAIL')")), many)).isEqualTo(Sensitivity.INTERNAL);
  }

  @Test
  @DisplayName("G2 what cannot be judged at all is RESTRICTED and stays at home")
  void whatCannotBeJudgedIsRestricted() {
    Caller caller = null;
    @SuppressWarnings("NullAway")
    Verdict verdict = bundle(CN_ID).judge(new Facts(Findings.NONE, caller, Operation.CHAT, "auto", false, true, Sensitivity.PUBLIC, null, 0, 1));
    assertThat(verdict.sensitivity()).isEqualTo(Sensitivity.RESTRICTED);
    assertThat(verdict.route()).containsExactly(Destination.PRIVATE);
    assertThat(verdict.rules()).containsExactly("internal-error");
    assertThat(verdict.cacheRights().read() || verdict.cacheRights().store()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(Trouble.class)
  @DisplayName("G2 A6 every trouble of a scan is RESTRICTED and named")
  void troublesAreRestricted(Trouble trouble) {
    Verdict verdict = bundle(CN_ID).judge(facts(trouble(trouble)));
    assertThat(verdict.sensitivity()).isEqualTo(Sensitivity.RESTRICTED);
    assertThat(verdict.route()).containsExactly(Destination.PRIVATE);
    assertThat(verdict.rules()).containsExactly(Troubles.idOf(trouble));
  }

  @Test
  @DisplayName("decisions 9 a policy may say what unscannable and opaque input mean; hard troubles it cannot touch")
  void unscannableIsThePolicysToSay() {
    PolicyBundle lenient = bundle("unscannable: internal\nopaque: confidential");
    assertThat(judged(lenient, trouble(Trouble.UNSCANNABLE))).isEqualTo(Sensitivity.INTERNAL);
    assertThat(judged(lenient, trouble(Trouble.OPAQUE))).isEqualTo(Sensitivity.CONFIDENTIAL);
    assertThat(judged(lenient, trouble(Trouble.OPAQUE, Trouble.UNSCANNABLE, Trouble.OVERFLOW))).isEqualTo(Sensitivity.RESTRICTED);
    assertThat(judged(lenient, trouble(Trouble.DETECTOR_FAILED))).isEqualTo(Sensitivity.RESTRICTED);
    assertThat(judged(lenient, trouble(Trouble.BUDGET_SPENT))).isEqualTo(Sensitivity.RESTRICTED);
  }

  @ParameterizedTest
  @EnumSource(Sensitivity.class)
  @DisplayName("decisions 8 what a caller declares can only raise")
  void declaringRaisesOnly(Sensitivity declared) {
    assertThat(bundle(CN_ID).judge(declared(declared)).sensitivity()).isEqualTo(declared.join(Sensitivity.INTERNAL));
  }

  @Test
  @DisplayName("a tenant's floor raises that tenant only")
  void tenantFloor() {
    PolicyBundle bundle = bundle("tenants: {radiology: {floor: restricted}}");
    assertThat(bundle.judge(timed(null, 0, "radiology")).sensitivity()).isEqualTo(Sensitivity.RESTRICTED);
    assertThat(bundle.judge(timed(null, 0, "other")).sensitivity()).isEqualTo(Sensitivity.INTERNAL);
  }

  @Test
  @DisplayName("decisions 7 PUBLIC comes from a grant, to the named identity, and only if nothing raises")
  void grantsArePublicOnlyIfNothingRaises() {
    PolicyBundle bundle = bundle(CN_ID + "\ntenants: {docs: {floor: public}}\n"
        + "grants: [{id: docs-robot, tenants: [docs], callers: [robot], owner: o, expires: 2027-01-01}]");
    Caller robot = new Caller("docs", "robot");
    Verdict granted = bundle.judge(facts(Findings.NONE, robot));
    assertThat(granted.sensitivity()).isEqualTo(Sensitivity.PUBLIC);
    assertThat(granted.rules()).containsExactly("docs-robot");
    assertThat(bundle.judge(facts(Findings.NONE, new Caller("docs", "human"))).sensitivity()).isEqualTo(Sensitivity.INTERNAL);
    assertThat(bundle.judge(facts(Findings.NONE, new Caller("other", "robot"))).sensitivity()).isEqualTo(Sensitivity.INTERNAL);
    assertThat(bundle.judge(facts(findings(finding("CN_ID", Likelihood.LIKELY)), robot)).sensitivity()).isEqualTo(Sensitivity.RESTRICTED);
    assertThat(bundle.judge(facts(trouble(Trouble.OPAQUE), robot)).sensitivity()).isEqualTo(Sensitivity.RESTRICTED);
    Facts raised = new Facts(Findings.NONE, robot, Operation.CHAT, "auto", false, true, Sensitivity.INTERNAL, null, 0, 1);
    assertThat(bundle.judge(raised).sensitivity()).isEqualTo(Sensitivity.INTERNAL);
  }

  @Test
  @DisplayName("decisions 8 an identity's exclusion drops its types for that identity only")
  void exclusionForAnIdentity() {
    PolicyBundle bundle = bundle("rules: [{id: contact, types: [EMAIL], raiseTo: confidential, reason: r}]\n"
        + "exclusions: [{id: mailer, types: [EMAIL], tenants: [mail], callers: [robot], owner: o, expires: 2027-01-01}]");
    Findings email = findings(finding("EMAIL", Likelihood.VERY_LIKELY));
    assertThat(bundle.judge(facts(email, new Caller("mail", "robot"))).sensitivity()).isEqualTo(Sensitivity.INTERNAL);
    assertThat(bundle.judge(facts(email, new Caller("mail", "human"))).sensitivity()).isEqualTo(Sensitivity.CONFIDENTIAL);
    assertThat(bundle.judge(facts(email)).sensitivity()).isEqualTo(Sensitivity.CONFIDENTIAL);
  }

  @Test
  @DisplayName("what has expired falls away with a notice; an expired policy makes RESTRICTED the floor")
  void expiryIsHeeded() {
    String parts = "exclusions: [{id: e, types: [EMAIL], tenants: [t], owner: o, expires: 2026-11-23}]\n"
        + "grants: [{id: g, tenants: [t], owner: o, expires: 2026-11-24}]";
    PolicyCompiler.Result result = Policies.compile(file("a", parts));
    assertThat(result.notices()).hasSize(1);
    PolicyBundle bundle = result.bundle().orElseThrow();
    assertThat(bundle.nextExpiry()).contains(Policies.TODAY.plusDays(1));
    assertThat(bundle.judge(timed(null, 0, "t")).sensitivity()).isEqualTo(Sensitivity.PUBLIC);
    String old = file("a", parts).replace("owner: secops", "owner: secops, expires: 2026-11-23");
    PolicyCompiler.Result expired = Policies.compile(old, file("b", ""));
    assertThat(expired.notices()).hasSize(2);
    assertThat(expired.bundle().orElseThrow().judge(timed(null, 0, "t")).sensitivity()).isEqualTo(Sensitivity.RESTRICTED);
  }

  @ParameterizedTest
  @CsvSource({
      "INTERACTIVE, 0, other, INTERACTIVE", "BATCH, 5000, other, BATCH", ", 10000, other, INTERACTIVE", ", 10001, other, STANDARD",
      ", 0, other, STANDARD", ", 0, nightly, BATCH", ", 3000, nightly, STANDARD", "INTERACTIVE, 0, nightly, STANDARD"})
  @DisplayName("decisions 7 latency class: what is stated, else the deadline, else the tenant, else STANDARD; capped")
  void latencyClass(LatencyClass wish, long leftMillis, String tenant, LatencyClass expected) {
    PolicyBundle bundle = bundle("tenants: {nightly: {latency: batch, mostUrgent: standard}}");
    assertThat(bundle.judge(timed(wish, leftMillis * 1_000_000, tenant)).latencyClass()).isEqualTo(expected);
  }

  @Test
  @DisplayName("a policy may cap and move the latency class for everybody")
  void latencyClassOfThePolicy() {
    PolicyBundle bundle = bundle("latency: {default: batch, interactiveDeadline: 1s, mostUrgent: standard}");
    assertThat(bundle.judge(timed(null, 0, "t")).latencyClass()).isEqualTo(LatencyClass.BATCH);
    assertThat(bundle.judge(timed(LatencyClass.INTERACTIVE, 0, "t")).latencyClass()).isEqualTo(LatencyClass.STANDARD);
    assertThat(bundle.judge(timed(null, 2_000_000_000L, "t")).latencyClass()).isEqualTo(LatencyClass.BATCH);
  }

  private static Facts urgent(LatencyClass wish, int bodyBytes, String tenant, String... groups) {
    return new Facts(Findings.NONE, new Caller(tenant, "job", Set.of(groups)), Operation.CHAT, "auto", false, true, Sensitivity.PUBLIC, wish, 0, bodyBytes,
        0, Map.of(), "", Instant.parse("2026-11-24T22:00:00Z"));
  }

  @ParameterizedTest
  @CsvSource({"STANDARD, 100, t, STANDARD, ''", "STANDARD, 70000, t, BATCH, large", "INTERACTIVE, 70000, t, BATCH, large",
      "BATCH, 100, desk, INTERACTIVE, desk", "BATCH, 70000, desk, BATCH, 'desk, large'", "BATCH, 100, slow, STANDARD, slow"})
  @DisplayName("rules about urgency move a request both ways; of several the least urgent counts; caps stay")
  void latencyRules(LatencyClass wish, int bodyBytes, String tenant, LatencyClass expected, String fired) {
    PolicyBundle bundle = bundle("""
        tenants: {slow: {mostUrgent: standard}}
        latency:
          rules:
            - {id: large, when: "bodyBytes > 65536", latency: batch}
            - {id: desk, when: "tenant == 'desk' && latency == BATCH", latency: interactive}
            - {id: slow, when: "tenant == 'slow'", latency: interactive}
        """);
    Facts facts = urgent(wish, bodyBytes, tenant);
    assertThat(bundle.judge(facts).latencyClass()).isEqualTo(expected);
    assertThat(String.join(", ", bundle.latencyRules(facts))).isEqualTo(fired);
    assertThat(bundle.judge(facts).rules()).as("they are not rules about sensitivity").isEmpty();
  }

  @Test
  @DisplayName("G2 a rule about urgency that errs counts as matched, within the cap; it may read findings and the time")
  void latencyRuleThatErrs() {
    PolicyBundle bundle = bundle("latency: {mostUrgent: standard, rules: [{id: e, when: 'bodyBytes / (bodyBytes - 100) > 0', latency: interactive}]}");
    assertThat(bundle.judge(urgent(LatencyClass.BATCH, 100, "t")).latencyClass()).isEqualTo(LatencyClass.STANDARD);
    PolicyBundle night = bundle("latency: {rules: [{id: n, when: \"now.getHours('Asia/Shanghai') < 8\", latency: batch}, "
        + "{id: f, when: \"findings.has('EMAIL')\", latency: batch}]}");
    assertThat(night.judge(urgent(LatencyClass.STANDARD, 1, "t")).latencyClass()).isEqualTo(LatencyClass.BATCH);
    assertThat(night.judge(facts(findings(finding("EMAIL", Likelihood.LIKELY)))).latencyClass()).isEqualTo(LatencyClass.BATCH);
    assertThat(night.judge(facts(Findings.NONE)).latencyClass()).as("1970, eight in the morning").isEqualTo(LatencyClass.STANDARD);
  }

  @Test
  @DisplayName("rules about urgency of several files are joined; 'latency' with terms may stand in one file only")
  void latencyRulesOfSeveralFiles() {
    String one = file("a", "latency: {rules: [{id: a, when: stream, latency: batch}]}");
    String two = file("b", "latency: {mostUrgent: standard, rules: [{id: b, when: '!stream', latency: interactive}]}");
    assertThat(Policies.bundleOf(one, two).judge(urgent(LatencyClass.BATCH, 1, "t")).latencyClass()).isEqualTo(LatencyClass.STANDARD);
    assertThat(Policies.compile(one.replace("id: a", "id: b"), two).problems()).extracting(problem -> problem.message())
        .containsExactly("the rule id 'b' is given twice (first in p0.yaml, line 6)");
  }

  @ParameterizedTest
  @CsvSource({"'', INTERNAL, INTERACTIVE", "board, RESTRICTED, INTERACTIVE", "interns, INTERNAL, STANDARD", "'board interns', RESTRICTED, STANDARD",
      "unknown, INTERNAL, INTERACTIVE"})
  @DisplayName("groups have floors and caps: the highest floor and the least urgent cap of tenant and groups count")
  void groups(String groups, Sensitivity sensitivity, LatencyClass latencyClass) {
    PolicyBundle bundle = bundle("tenants: {t: {floor: internal}}\ngroups: {board: {floor: restricted}, interns: {mostUrgent: standard}}");
    Verdict verdict = bundle.judge(urgent(LatencyClass.INTERACTIVE, 1, "t", groups.isEmpty() ? new String[0] : groups.split(" ")));
    assertThat(verdict.sensitivity()).isEqualTo(sensitivity);
    assertThat(verdict.latencyClass()).isEqualTo(latencyClass);
    PolicyBundle high = bundle("tenants: {t: {floor: restricted}}\ngroups: {board: {floor: confidential}, interns: {mostUrgent: standard}}");
    assertThat(high.judge(urgent(LatencyClass.BATCH, 1, "t", "board", "interns")).sensitivity()).as("a group lowers no tenant's floor")
        .isEqualTo(Sensitivity.RESTRICTED);
  }

  @Test
  @DisplayName("a group's latency class stands in where the request says none, the least urgent of tenant and groups")
  void latencyOfGroups() {
    PolicyBundle bundle = bundle("tenants: {t: {latency: standard}}\ngroups: {desk: {latency: interactive}, jobs: {latency: batch}}");
    for (List<String> row : List.of(List.of("x", "INTERACTIVE", "desk"), List.of("t", "STANDARD", "desk"), List.of("t", "BATCH", "desk", "jobs"))) {
      Facts facts = urgent(LatencyClass.STANDARD, 1, row.get(0), row.subList(2, row.size()).toArray(new String[0]));
      Facts silent = new Facts(Findings.NONE, facts.caller(), Operation.CHAT, "auto", false, true, Sensitivity.PUBLIC, null, 0, 1);
      assertThat(bundle.judge(silent).latencyClass()).as("%s", row).isEqualTo(LatencyClass.valueOf(row.get(1)));
    }
  }

  @Test
  @DisplayName("decisions 8 exclusions and grants may name groups inside their tenants, beside callers")
  void exclusionsAndGrantsForGroups() {
    PolicyBundle bundle = bundle("""
        rules: [{id: contact, types: [EMAIL], raiseTo: confidential, reason: r}]
        exclusions: [{id: x, types: [EMAIL], tenants: [mail], callers: [robot], groups: [senders], owner: o, reason: r, expires: 2027-01-01}]
        grants: [{id: g, tenants: [web], groups: [writers], owner: o, reason: r, expires: 2027-01-01}]
        """);
    Findings email = findings(finding("EMAIL", Likelihood.VERY_LIKELY));
    assertThat(bundle.judge(facts(email, new Caller("mail", "human", Set.of("senders")))).sensitivity()).isEqualTo(Sensitivity.INTERNAL);
    assertThat(bundle.judge(facts(email, new Caller("mail", "robot"))).sensitivity()).isEqualTo(Sensitivity.INTERNAL);
    assertThat(bundle.judge(facts(email, new Caller("mail", "human", Set.of("readers")))).sensitivity()).isEqualTo(Sensitivity.CONFIDENTIAL);
    assertThat(bundle.judge(facts(email, new Caller("other", "human", Set.of("senders")))).sensitivity()).as("the tenant must be named too")
        .isEqualTo(Sensitivity.CONFIDENTIAL);
    assertThat(bundle.judge(facts(Findings.NONE, new Caller("web", "x", Set.of("writers")))).sensitivity()).isEqualTo(Sensitivity.PUBLIC);
    assertThat(bundle.judge(facts(Findings.NONE, new Caller("web", "x"))).sensitivity()).isEqualTo(Sensitivity.INTERNAL);
  }

  @Test
  @DisplayName("shadow rules are seen and change nothing")
  void shadowRulesChangeNothing() {
    PolicyBundle bundle = bundle("rules:\n  - {id: s, types: [EMAIL], raiseTo: restricted, reason: r, mode: shadow}\n"
        + "  - {id: t, when: \"findings.has('EMAIL')\", raiseTo: restricted, reason: r, mode: shadow}\n");
    Facts email = facts(findings(finding("EMAIL", Likelihood.LIKELY)));
    assertThat(bundle.judge(email).sensitivity()).isEqualTo(Sensitivity.INTERNAL);
    assertThat(bundle.judge(email).rules()).isEmpty();
    assertThat(bundle.shadow(email)).containsExactly("s", "t");
    assertThat(bundle.shadow(facts(Findings.NONE))).isEmpty();
  }

  @Test
  @DisplayName("G1 egress lists cut every route, whatever the routes say")
  void egressCutsRoutes() {
    PolicyBundle bundle = bundle("""
        egress: {private: [public, internal, confidential, restricted], edge-cache: [], public: [public]}
        routes: {internal: {standard: [edge-cache, public, private]}}
        """);
    assertThat(bundle.judge(facts(Findings.NONE)).route()).containsExactly(Destination.PRIVATE);
  }

  @Test
  @DisplayName("G1 of several files' egress lists only what all allow remains, in either order")
  void egressOfSeveralFilesNarrows() {
    String wide = "egress: {private: [public, internal, confidential, restricted], edge-cache: [public, internal], public: [public, internal]}";
    String narrow = "egress: {private: [public, internal, confidential, restricted], edge-cache: [public], public: [public]}";
    for (PolicyBundle bundle : List.of(Policies.bundleOf(file("a", wide), file("b", narrow)), Policies.bundleOf(file("a", narrow), file("b",
        wide)))) {
      assertThat(bundle.judge(facts(Findings.NONE)).route()).containsExactly(Destination.PRIVATE);
    }
  }

  @Test
  @DisplayName("a low rule, a soft trouble and the floor are joined, none replaces another")
  void everythingIsJoined() {
    String rules = "rules:\n  - {id: high, types: [CN_ID], raiseTo: restricted, reason: r}\n  - {id: low, types: [EMAIL], raiseTo: internal, reason: r}\n";
    Findings high = new Findings(List.of(finding("CN_ID", Likelihood.LIKELY)), Set.of(Trouble.UNSCANNABLE));
    Verdict verdict = bundle(rules + "unscannable: internal").judge(facts(high));
    assertThat(verdict.sensitivity()).isEqualTo(Sensitivity.RESTRICTED);
    assertThat(verdict.rules()).containsExactly("high", "unscannable");
    PolicyBundle raisedFloor = Policies.bundleOf(file("a", rules).replace("floor: internal", "floor: confidential"));
    assertThat(judged(raisedFloor, findings(finding("EMAIL", Likelihood.LIKELY)))).isEqualTo(Sensitivity.CONFIDENTIAL);
  }

  @Test
  @DisplayName("the edge cache is in a route only with the right to use it")
  void noCacheWithoutTheRight() {
    String egress = "egress: {private: [public, internal, confidential, restricted], edge-cache: [internal, confidential], public: []}";
    assertThat(bundle(egress).judge(declared(Sensitivity.CONFIDENTIAL)).route()).containsExactly(Destination.PRIVATE);
    assertThat(bundle(egress + "\ncache: {internal: {store: false}}").judge(facts(Findings.NONE)).route()).containsExactly(Destination.PRIVATE);
    assertThat(bundle(egress).judge(facts(Findings.NONE)).route()).containsExactly(Destination.EDGE_CACHE, Destination.PRIVATE);
  }

  @Test
  @DisplayName("G4 answers are shared in a named group of tenants and nowhere else, and a tenant cannot be named like a group")
  void sharingGroups() {
    PolicyBundle bundle = bundle("cache: {internal: {store: true, shared: true}, groups: {research: [a, b]}}");
    assertThat(List.of("a", "b", "c", "research", "group:research").stream()
        .map(tenant -> bundle.judge(timed(null, 0, tenant)).cacheRights().sharingGroup()).toList())
        .containsExactly("group:research", "group:research", "tenant:c", "tenant:research", "tenant:group:research");
  }

  @Test
  @DisplayName("decisions 5 RESTRICTED is cached only where the policy says so twice, and only inside the tenant")
  void restrictedCaching() {
    String store = "cache: {restricted: {store: true, ttl: 1m}, groups: {g: [default, b]}}\n";
    Verdict.CacheRights none = bundle("").judge(declared(Sensitivity.RESTRICTED)).cacheRights();
    assertThat(none.read() || none.store()).isFalse();
    assertThat(bundle(store).judge(declared(Sensitivity.RESTRICTED)).route()).containsExactly(Destination.PRIVATE);
    Verdict both = bundle(store + "egress: {private: [public, internal, confidential, restricted], edge-cache: [restricted], public: []}")
        .judge(declared(Sensitivity.RESTRICTED));
    assertThat(both.route()).containsExactly(Destination.EDGE_CACHE, Destination.PRIVATE);
    assertThat(both.cacheRights()).isEqualTo(new Verdict.CacheRights(true, true, false, "tenant:default", 60, 3_600, 0, false, Verdict.Replay.AT_ONCE));
  }

  @Test
  @DisplayName("a clean request's verdict is worked out once per tenant, and memory for unknown tenants is bounded (G8)")
  void cleanVerdictsAreShared() {
    PolicyBundle bundle = bundle(CN_ID + "\n");
    assertThat(bundle.judge(facts(Findings.NONE))).isSameAs(bundle.judge(facts(Findings.NONE)));
    for (int i = 0; i < 2 * Tenants.MAX_REMEMBERED; i++) {
      assertThat(bundle.judge(timed(null, 0, "t" + i)).sensitivity()).isEqualTo(Sensitivity.INTERNAL);
    }
    assertThat(bundle.judge(timed(null, 0, "late"))).isNotSameAs(bundle.judge(timed(null, 0, "late")));
  }

  @Test
  @DisplayName("a condition is left out on clean requests only if it is proven false without findings and reads nothing else")
  void conditionsThatNeedFindingsAreLeftOut() {
    assertThat(idle("findings.has('EMAIL')")).isTrue();
    assertThat(idle("findings.exists(f, f.type == 'EMAIL') && 1 < 2")).isTrue();
    assertThat(idle("findings.all(f, f.likelihood > LIKELY)")).isFalse();
    assertThat(idle("findings[0].type == 'EMAIL'")).isFalse();
    assertThat(idle("findings.has('EMAIL') && tenant == 'x'")).isFalse();
    assertThat(idle("findings.exists(tenant, tenant.type == 'EMAIL')")).as("a loop variable with a fact's name").isFalse();
    assertThat(idle("stream")).isFalse();
  }

  private static boolean idle(String when) {
    PolicyBundle bundle = bundle(rule("\"" + when + "\""));
    return bundle.judge(facts(Findings.NONE)) == bundle.judge(facts(Findings.NONE)) && bundle.judgesCleanRequestsAtOnce();
  }

  @Test
  @DisplayName("G6 the digest depends on every byte and name, and on nothing else")
  void digest() {
    byte[] a = file("a", "").getBytes(java.nio.charset.StandardCharsets.UTF_8);
    byte[] b = file("b", "").getBytes(java.nio.charset.StandardCharsets.UTF_8);
    String digest = PolicyCompiler.digest(Map.of("a.yaml", a, "b.yaml", b));
    assertThat(digest).matches("[0-9a-f]{64}").isEqualTo(PolicyCompiler.digest(Map.of("/etc/x/b.yaml", b, "/etc/x/a.yaml", a)));
    assertThat(digest).isNotEqualTo(PolicyCompiler.digest(Map.of("a.yaml", b, "b.yaml", a)))
        .isNotEqualTo(PolicyCompiler.digest(Map.of("a.yaml", a, "c.yaml", b))).isNotEqualTo(PolicyCompiler.digest(Map.of("a.yaml", a)));
    assertThat(PolicyCompiler.digest(Map.of("x", "ab".getBytes(java.nio.charset.StandardCharsets.UTF_8))))
        .isNotEqualTo(PolicyCompiler.digest(Map.of("xa", "b".getBytes(java.nio.charset.StandardCharsets.UTF_8))));
  }

  @Test
  @DisplayName("a bundle names its policies and its rules' reasons")
  void namesItself() {
    PolicyBundle bundle = Policies.bundleOf(file("b", ""), file("a", CN_ID));
    assertThat(bundle.version()).isEqualTo("a@1, b@1");
    assertThat(bundle.reason("cn-id")).contains("r");
    assertThat(bundle.reason("none")).isEmpty();
  }
}
