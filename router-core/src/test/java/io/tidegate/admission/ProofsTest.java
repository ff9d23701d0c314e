package io.tidegate.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.admission.CallerRules.UserRule;
import io.tidegate.admission.CallerRules.WorkloadRule;
import io.tidegate.model.Caller;
import io.tidegate.model.Peer;
import io.tidegate.model.Peer.Certificate;
import io.tidegate.model.Peer.UnixUser;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProofsTest {
  private static final String KEY = "key-of-billing";
  private static final KeyEntry BILLING_KEY = new KeyEntry(new Caller("corp", "billing-key"), Callers.hashOf(KEY));
  private static final Caller BILLING = new Caller("corp", "billing");
  private static final Caller ANY_IN_LAB = new Caller("lab", "any");

  private final Callers callers = new Callers(new CallerRules(true, List.of(BILLING_KEY),
      List.of(new UserRule(false, 1000, BILLING), new UserRule(true, 50, ANY_IN_LAB), new UserRule(false, 4_294_967_294L, new Caller("nobody", "n"))),
      List.of(rule("spiffe://corp/ns/*/sa/billing", "corp", "billing"), rule("spiffe://corp/ns/prod/sa/billing", "corp", "billing-prod"),
          rule("spiffe://corp/lab/**", "lab", "any"), rule("spiffe://corp/lab/*/gpu", "lab", "gpu"))));

  private static WorkloadRule rule(String id, String tenant, String name) {
    return new WorkloadRule(SpiffePattern.parse(id).orElseThrow(), new Caller(tenant, name));
  }

  private static Peer user(long uid, long gid) {
    return Peer.of(new UnixUser(uid, gid));
  }

  private static Peer workload(String... uris) {
    return Peer.UNKNOWN.with(new Certificate(List.of(uris), true));
  }

  private static Optional<String> who(Callers callers, Peer peer, String key) {
    return callers.identify(key.isEmpty() ? Optional.empty() : Optional.of(key), peer)
        .fold(caller -> Optional.of(caller.tenant() + "/" + caller.name()), refused -> Optional.empty());
  }

  private Optional<String> who(Peer peer, String key) {
    return who(callers, peer, key);
  }

  @Test
  @DisplayName("decisions 15 without rules each user of a Unix socket is a tenant of its own, and never 'default'")
  void usersNameThemselves() {
    assertThat(who(Callers.withoutKeys(), user(1000, 1000), "")).hasValue("uid-1000/uid-1000");
    assertThat(who(Callers.withoutKeys(), user(0, 0), "sk-what-a-library-sends")).hasValue("uid-0/uid-0");
    assertThat(who(Callers.withoutKeys(), user(4_294_967_294L, 1), "")).hasValue("uid-4294967294/uid-4294967294");
    assertThat(who(Callers.withKeys(List.of(BILLING_KEY)), user(7, 7), KEY)).as("what no rule names makes way for a key").hasValue("corp/billing-key");
  }

  @Test
  @DisplayName("a rule for a user goes before one for its group; with rules, whoever has none is refused, key or not")
  void usersByRule() {
    assertThat(who(user(1000, 50), "")).hasValue("corp/billing");
    assertThat(who(user(1001, 50), "")).hasValue("lab/any");
    assertThat(who(user(4_294_967_294L, 4_294_967_294L), "")).hasValue("nobody/n");
    assertThat(who(user(50, 1000), "")).as("a group's number is no user's").isEmpty();
    assertThat(who(user(1001, 51), KEY)).isEmpty();
  }

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource({
      "spiffe://corp/ns/prod/sa/billing, corp/billing-prod", "spiffe://corp/ns/dev/sa/billing, corp/billing", "spiffe://corp/lab/x, lab/any",
      "spiffe://corp/lab/x/y/z, lab/any", "spiffe://corp/lab/x/gpu, lab/gpu"})
  @DisplayName("a certificate's SPIFFE id names the caller, by the rule that says most")
  void workloadsByRule(String id, String caller) {
    assertThat(who(workload(id), "")).hasValue(caller);
  }

  @ParameterizedTest(name = "\"{0}\"")
  @ValueSource(strings = {
      "spiffe://corp/ns/dev/sa/billing2", "spiffe://corp/ns/dev/sa/billin", "spiffe://corp/ns/dev/sa/billing/x", "spiffe://corp/x/ns/dev/sa/billing",
      "spiffe://corp/ns/a/b/sa/billing", "spiffe://corp/laboratory/x", "spiffe://corp/lab", "spiffe://corp.evil/ns/dev/sa/billing",
      "spiffe://evil/ns/dev/sa/billing", "spiffe://corp/NS/dev/sa/billing", "spiffe://CORP/ns/dev/sa/billing", "SPIFFE://corp/ns/dev/sa/billing",
      "https://corp/ns/dev/sa/billing", "spiffe://corp/ns//sa/billing", "spiffe://corp/ns/./sa/billing", "spiffe://corp/ns/../sa/billing",
      "spiffe://corp/lab/x/", "spiffe://corp/ns/d%65v/sa/billing", "spiffe://corp:80/ns/dev/sa/billing", "spiffe://u@corp/ns/dev/sa/billing",
      "spiffe://corp/ns/dev/sa/billing?x=1", "spiffe://corp/ns/dev/sa/billing#x", "spiffe://corp/ns/*/sa/billing", "spiffe://corp/lab/**", "spiffe://corp", ""})
  @DisplayName("an id that is only like one of a rule, or that is not an id, is refused, from loopback too and with a good key too")
  void nearlyIsNot(String id) {
    Peer local = Peer.LOOPBACK.with(new Certificate(List.of(id), true));
    assertThat(who(workload(id), "")).isEmpty();
    assertThat(who(local, "")).isEmpty();
    assertThat(who(local, KEY)).isEmpty();
  }

  @Test
  @DisplayName("a certificate with two URIs, with none, or of an authority, names nobody")
  void certificatesThatNameNobody() {
    assertThat(who(workload("spiffe://corp/lab/x", "spiffe://corp/ns/prod/sa/billing"), "")).isEmpty();
    assertThat(who(workload("spiffe://corp/lab/x", "https://corp"), "")).isEmpty();
    assertThat(who(workload(), "")).isEmpty();
    assertThat(who(Peer.LOOPBACK.with(new Certificate(List.of("spiffe://corp/lab/x"), false)), "")).isEmpty();
  }

  @Test
  @DisplayName("where no rule says who shows which certificate, one lets in nobody, and a key is asked for")
  void certificatesWithoutRules() {
    Peer local = Peer.LOOPBACK.with(new Certificate(List.of("spiffe://corp/lab/x"), true));
    assertThat(who(Callers.withoutKeys(), local, "")).isEmpty();
    assertThat(who(Callers.withKeys(List.of(BILLING_KEY)), local, "")).isEmpty();
    assertThat(who(Callers.withKeys(List.of(BILLING_KEY)), local, KEY)).hasValue("corp/billing-key");
  }

  @Test
  @DisplayName("several proofs of one tenant agree: the key says most, then the certificate; of two tenants they contradict, and are refused")
  void severalProofs() {
    Peer billing = workload("spiffe://corp/ns/prod/sa/billing");
    Peer lab = workload("spiffe://corp/lab/x");
    assertThat(who(billing, KEY)).hasValue("corp/billing-key");
    assertThat(who(user(1000, 50), KEY)).hasValue("corp/billing-key");
    assertThat(who(lab, KEY)).as("the key's tenant is not the certificate's").isEmpty();
    assertThat(who(user(1001, 50), KEY)).as("the key's tenant is not the user's").isEmpty();
    assertThat(who(billing, "unknown")).as("a proof that fails is not passed over").isEmpty();
    assertThat(who(user(1000, 50), "unknown")).isEmpty();
    Certificate shown = billing.certificate();
    assertThat(who(user(1000, 50).with(shown), "")).hasValue("corp/billing-prod");
    assertThat(who(user(1000, 50).with(shown), KEY)).hasValue("corp/billing-key");
    assertThat(who(user(1001, 50).with(shown), "")).isEmpty();
    assertThat(who(user(2, 2).with(shown), "")).as("a user without a rule").isEmpty();
  }

  @Test
  @DisplayName("B8 one and the same refusal, whatever was missing, wrong or contradictory")
  void oneRefusal() {
    Identity missing = callers.identify(Optional.empty(), Peer.UNKNOWN);
    assertThat(callers.identify(Optional.of("x"), Peer.UNKNOWN)).isSameAs(missing);
    assertThat(callers.identify(Optional.of(KEY), workload("spiffe://corp/lab/x"))).isSameAs(missing);
    assertThat(callers.identify(Optional.empty(), workload("spiffe://corp/none"))).isSameAs(missing);
    assertThat(callers.identify(Optional.of(KEY), user(9, 9))).isSameAs(missing);
    assertThat(callers.identify(Optional.empty(), user(9, 9))).isSameAs(missing);
  }

  @Test
  @DisplayName("the order of rules does not matter, and two rules for one thing are refused")
  void orderOfRules() {
    List<WorkloadRule> rules = new ArrayList<>(List.of(rule("spiffe://corp/**", "a", "most"), rule("spiffe://corp/*/b", "a", "star"),
        rule("spiffe://corp/a/*", "a", "other-star"), rule("spiffe://corp/a/b", "a", "exact"), rule("spiffe://corp/a/**", "a", "rest"),
        rule("spiffe://corp/*/**", "a", "star-rest")));
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 50; i++) {
      Collections.shuffle(rules, new java.util.Random(random.nextLong()));
      Callers shuffled = new Callers(new CallerRules(false, List.of(), List.of(), rules));
      assertThat(who(shuffled, workload("spiffe://corp/a/b"), "")).hasValue("a/exact");
      assertThat(who(shuffled, workload("spiffe://corp/a/c"), "")).hasValue("a/other-star");
      assertThat(who(shuffled, workload("spiffe://corp/a/c/d"), "")).hasValue("a/rest");
      assertThat(who(shuffled, workload("spiffe://corp/x/b"), "")).hasValue("a/star");
      assertThat(who(shuffled, workload("spiffe://corp/x/y"), "")).hasValue("a/star-rest");
      assertThat(who(shuffled, workload("spiffe://corp/x"), "")).hasValue("a/most");
    }
    rules.add(rule("spiffe://corp/a/*", "b", "again"));
    assertThatThrownBy(() -> new Callers(new CallerRules(false, List.of(), List.of(), rules))).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Callers(new CallerRules(false, List.of(), List.of(new UserRule(false, 1, BILLING), new UserRule(false, 1, ANY_IN_LAB)),
        List.of()))).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"spiffe://corp/**/x", "spiffe://corp/a*", "spiffe://corp/***", "spiffe://*/a", "spiffe://corp/", "spiffe://corp", "corp/a",
      "spiffe://corp/a//b", "spiffe://Corp/a", "spiffe://corp/a/", "spiffe://corp/a/**/"})
  @DisplayName("a pattern has stars for whole segments only, and two of them only at its end")
  void wrongPatterns(String pattern) {
    assertThat(SpiffePattern.parse(pattern)).isEmpty();
  }
}
