package io.tidegate.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.policy.Condition.Truth;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyReviewTest {
  private static List<String> review(String spec) {
    String file = Policies.file("p", spec);
    return PolicyReview.of(Map.of("p.yaml", file.getBytes(StandardCharsets.UTF_8)), Policies.bundleOf(file)).stream().map(Object::toString).toList();
  }

  @ParameterizedTest
  @DisplayName("what is proven of a condition before any request")
  @CsvSource(delimiter = '~', quoteCharacter = '"', value = {
      "false ~ NEVER", "true ~ ALWAYS", "!true ~ NEVER", "false && stream ~ NEVER", "stream && false ~ NEVER", "true || stream ~ ALWAYS",
      "stream ~ DEPENDS", "stream && true ~ DEPENDS", "declared > RESTRICTED ~ NEVER", "declared >= PUBLIC ~ ALWAYS", "declared >= RESTRICTED ~ DEPENDS",
      "latency == 3 ~ NEVER", "latency > BATCH ~ NEVER", "BATCH < latency ~ NEVER", "latency <= BATCH ~ ALWAYS", "bodyBytes < 0 ~ NEVER",
      "bodyBytes >= 0 ~ ALWAYS", "messages > 5 ~ DEPENDS", "findings.size() < 0 ~ NEVER", "findings.distinct('PHONE', 'EMAIL') > 2 ~ NEVER",
      "findings.distinct('PHONE', 'EMAIL') == 2 ~ DEPENDS", "findings.exists(f, f.likelihood > VERY_LIKELY) ~ NEVER",
      "findings.exists(f, f.likelihood > LIKELY) ~ DEPENDS", "findings.exists(f, f.type == 'EMAIL' && f.likelihood > VERY_LIKELY) ~ NEVER",
      "findings.all(f, f.likelihood > VERY_LIKELY) ~ DEPENDS", "now.getHours() > 23 ~ NEVER", "now.getHours('Asia/Shanghai') < 24 ~ ALWAYS",
      "now.getDate() == 0 ~ NEVER", "operation == 'chats' ~ NEVER", "operation == 'chat' ~ DEPENDS", "operation != 'chats' ~ ALWAYS",
      "tenant == 'a' && tenant == 'b' ~ NEVER", "tenant == 'a' && stream && 'b' == tenant ~ NEVER", "tenant == 'a' || tenant == 'b' ~ DEPENDS",
      "tenant == 'a' && caller == 'b' ~ DEPENDS", "stream ? false : 1 > 2 ~ NEVER", "'a' == 'b' ~ NEVER", "bodyBytes / 0 > 1 ~ DEPENDS"})
  void truth(String when, Truth expected) {
    PolicyBundle bundle = Policies.bundle("rules: [{id: r, when: \"" + when + "\", raiseTo: restricted, reason: r}]");
    assertThat(bundle.rules().get(0).condition()).isNotNull().extracting(Condition::truth).isEqualTo(expected);
    // What is said never to hold does not, whatever the request; what errs counts as holding.
    boolean fires = !bundle.judge(Policies.facts(Policies.findings(Policies.finding("EMAIL", io.tidegate.model.Likelihood.VERY_LIKELY)))).rules().isEmpty();
    if (expected != Truth.DEPENDS) {
      assertThat(fires).isEqualTo(expected == Truth.ALWAYS);
    }
  }

  @Test
  @DisplayName("a rule that another outdoes is named, with the other's name, its place and what to do")
  void shadowed() {
    assertThat(review("""
        rules:
          - {id: wide, types: [EMAIL, PHONE], raiseTo: restricted, reason: r}
          - {id: narrow, types: [EMAIL], raiseTo: confidential, reason: r}
          - {id: surer, types: [PHONE], likelihood: very-likely, count: 2, raiseTo: restricted, reason: r}
          - {id: wider, types: [EMAIL, PHONE, ADDRESS], raiseTo: confidential, reason: r}
          - {id: less-sure, types: [EMAIL], likelihood: possible, raiseTo: confidential, reason: r}
          - {id: on-trial, types: [EMAIL], raiseTo: restricted, reason: r, mode: shadow}
        """)).containsExactly(
        "p.yaml:8:12: the rule 'narrow' changes nothing: 'less-sure' matches whenever it does, and raises to confidential. "
            + "Fix: remove it, or say what it is to add",
        "p.yaml:9:12: the rule 'surer' changes nothing: 'wide' matches whenever it does, and raises to restricted. Fix: remove it, or say what it is to add");
  }

  @Test
  @DisplayName("of twins one is named; a shadow rule outdoes nothing")
  void twins() {
    assertThat(review("""
        rules:
          - {id: a, when: stream, raiseTo: restricted, reason: r}
          - {id: b, when: stream, raiseTo: restricted, reason: r}
        """)).hasSize(1).allSatisfy(note -> assertThat(note).startsWith("p.yaml:8:12: the rule 'b' changes nothing: 'a' matches"));
    assertThat(review("""
        rules:
          - {id: a, when: stream, raiseTo: restricted, reason: r, mode: shadow}
          - {id: b, when: stream, raiseTo: restricted, reason: r}
        """)).isEmpty();
  }

  @Test
  @DisplayName("conditions that never or always hold, and lowering without a reason are named")
  void hardlyMeant() {
    assertThat(review("""
        rules:
          - {id: never, when: latency > BATCH, raiseTo: restricted, reason: r}
          - {id: always, when: bodyBytes >= 0, raiseTo: confidential, reason: r}
        latency: {rules: [{id: odd, when: now.getHours() > 23, latency: batch}]}
        exclusions: [{id: x, types: [EMAIL], tenants: [t], owner: o, expires: 2027-01-01}]
        grants: [{id: g, tenants: [t], owner: o, expires: 2027-01-01, reason: r}]
        """)).containsExactly(
        "p.yaml:7:12: the condition of 'never' can never hold. Fix: correct it, or remove the rule",
        "p.yaml:8:12: the condition of 'always' always holds: it would raise everything to confidential. Fix: set 'floor: confidential' instead, or correct it",
        "p.yaml:9:26: the condition of 'odd' can never hold. Fix: correct it, or remove the rule",
        "p.yaml:10:21: the exclusion 'x' has no reason. Fix: add 'reason: …', for those who review it");
  }
}
