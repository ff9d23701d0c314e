package io.tidegate.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.model.Destination;
import io.tidegate.model.Dialect;
import io.tidegate.model.Finding;
import io.tidegate.model.Findings;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Likelihood;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import io.tidegate.policy.Policies;
import io.tidegate.policy.PolicyBundle;
import io.tidegate.policy.Verdict;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.SplicedText;
import io.tidegate.wire.Splices;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DeciderTest {
  private static final String BODY = "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";

  private final PolicyBundle bundle = Policies.baseline();
  private final Decider decider = new Decider(bundle);
  private final ModelRequest request = DecisionFixture.request("r1", Operation.CHAT, "auto", false, BODY);

  static Upstream upstream(Zone zone) {
    return new Upstream("up", zone, Dialect.OPENAI, List.of("*"), null, Map.of(), false, false, "/v1", List.of(), null, null, false, List.of(), null,
        Duration.ofSeconds(1), 10);
  }

  private static SplicedText text(ModelRequest request) {
    return new Splices(request.prompt().json()).apply();
  }

  private Decision decided(Sensitivity sensitivity, Destination... route) {
    return new Decision(request, Verdict.of(sensitivity, LatencyClass.STANDARD, List.of(route), new Verdict.CacheRights(false, false, false, "g", 0),
        List.of(), false), bundle.digest(), "", Instant.EPOCH, 0, -1);
  }

  @Test
  @DisplayName("G6 a decision names the bundle that made it and keeps the very request")
  void decides() {
    Decision decision = decider.decide(request, Findings.NONE, Instant.EPOCH);
    assertThat(decision.request()).isSameAs(request);
    assertThat(decision.policyDigest()).isEqualTo(bundle.digest());
    assertThat(decision.sensitivity()).isEqualTo(Sensitivity.INTERNAL);
    assertThat(decision.route()).containsExactly(Destination.EDGE_CACHE, Destination.PUBLIC, Destination.PRIVATE);
    assertThat(decision.rules()).isEmpty();
  }

  @Test
  @DisplayName("G1 A2 a clearance is for the decided text, the decided zone, one upstream, and carries the bytes")
  void clears() {
    Decision decision = decider.decide(request, Findings.NONE, Instant.EPOCH);
    Clearance clearance = decider.clear(decision, upstream(Zone.PUBLIC), text(request)).orElseThrow();
    assertThat(clearance.zone()).isEqualTo(Zone.PUBLIC);
    assertThat(clearance.upstream()).isEqualTo("up");
    assertThat(clearance.requestId()).isEqualTo("r1");
    assertThat(clearance.length()).isEqualTo(BODY.length());
  }

  @Test
  @DisplayName("G1 A3 a zone that the decision does not open is not cleared")
  void doesNotClearAClosedZone() {
    Decision restricted = decider.decide(request, new Findings(List.of(new Finding("CN_ID", 1, 0, 18, Likelihood.VERY_LIKELY, "cn-id")), Set.of()), Instant.EPOCH);
    assertThat(restricted.sensitivity()).isEqualTo(Sensitivity.RESTRICTED);
    assertThat(decider.clear(restricted, upstream(Zone.PUBLIC), text(request))).isEmpty();
    assertThat(decider.clear(restricted, upstream(Zone.PRIVATE), text(request))).isPresent();
    assertThat(decider.clear(decided(Sensitivity.INTERNAL, Destination.PRIVATE), upstream(Zone.PUBLIC), text(request))).isEmpty();
    assertThat(decider.clear(decided(Sensitivity.INTERNAL, Destination.PUBLIC), upstream(Zone.PRIVATE), text(request))).isEmpty();
    assertThat(decider.clear(decided(Sensitivity.INTERNAL, Destination.EDGE_CACHE), upstream(Zone.PRIVATE), text(request))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Sensitivity.class)
  @DisplayName("G1 the second lock: RESTRICTED and CONFIDENTIAL are not cleared for PUBLIC even if a route says so")
  void secondLock(Sensitivity sensitivity) {
    boolean cleared = decider.clear(decided(sensitivity, Destination.PUBLIC, Destination.PRIVATE), upstream(Zone.PUBLIC), text(request)).isPresent();
    assertThat(cleared).isEqualTo(sensitivity.compareTo(Sensitivity.INTERNAL) <= 0);
    assertThat(decider.clear(decided(sensitivity, Destination.PUBLIC, Destination.PRIVATE), upstream(Zone.PRIVATE), text(request))).isPresent();
  }

  @Test
  @DisplayName("G1 A2 equal text from another parse is not the text that was decided")
  void doesNotClearOtherText() {
    ModelRequest twin = DecisionFixture.request("r1", Operation.CHAT, "auto", false, BODY);
    Decision decision = decider.decide(request, Findings.NONE, Instant.EPOCH);
    assertThat(decider.clear(decision, upstream(Zone.PRIVATE), text(twin))).isEmpty();
    assertThat(decider.clear(decision, upstream(Zone.PUBLIC), text(twin))).isEmpty();
  }

  @Test
  @DisplayName("G6 another bundle's decision is not cleared")
  void doesNotClearAnotherBundlesDecision() {
    Decider other = new Decider(Policies.bundle(""));
    assertThat(decider.clear(other.decide(request, Findings.NONE, Instant.EPOCH), upstream(Zone.PRIVATE), text(request))).isEmpty();
  }

  @Test
  @DisplayName("G6 a cleaned text is judged by the bundle that judged the request first, at that time and size, or is RESTRICTED")
  void decidesAgain() {
    PolicyBundle reading = Policies.bundle("rules: [{id: early, when: 'now < timestamp(\"2026-01-01T00:00:00Z\")', raiseTo: confidential, reason: r}]");
    Decider first = new Decider(reading);
    Decision before = first.decide(request, Findings.NONE, Instant.EPOCH);
    ModelRequest cleaned = DecisionFixture.request("r1", Operation.CHAT, "auto", false, "{\"messages\":[]}");
    Decision again = first.again(before, cleaned, Findings.NONE);
    assertThat(again.rules()).containsExactly("early");
    assertThat(again.bodyBytes()).isEqualTo(request.prompt().json().length());
    assertThat(again.request()).isSameAs(cleaned);
    Decision foreign = decider.again(before, cleaned, Findings.NONE);
    assertThat(foreign.sensitivity()).isEqualTo(Sensitivity.RESTRICTED);
    assertThat(foreign.route()).containsExactly(Destination.PRIVATE);
  }

  @Test
  @DisplayName("G2 a request that cannot be read is decided RESTRICTED, at home, and says why")
  void whatCannotBeDecidedIsRestricted() {
    @SuppressWarnings("NullAway")
    Decision decision = decider.decide(request, null, Instant.EPOCH);
    assertThat(decision.sensitivity()).isEqualTo(Sensitivity.RESTRICTED);
    assertThat(decision.route()).containsExactly(Destination.PRIVATE);
    assertThat(decision.rules()).containsExactly("internal-error");
    ModelRequest broken = new ModelRequest("r2", Operation.CHAT, request.prompt(), "auto", false, false, true, null, Sensitivity.PUBLIC, null, 0,
        io.tidegate.model.CacheDirective.DEFAULT, 0);
    assertThat(decider.decide(broken, Findings.NONE, Instant.EPOCH).sensitivity()).isEqualTo(Sensitivity.RESTRICTED);
  }

  @Test
  @DisplayName("rules read the labels in metadata, the messages, the region and the time that were passed in; a decision names both")
  void passesFactsThatRulesRead() {
    Instant night = Instant.parse("2026-11-24T20:00:00Z");
    ModelRequest labelled = DecisionFixture.request("r1", Operation.CHAT, "auto", false,
        "{\"messages\":[{\"content\":\"a\"},{\"content\":\"b\"}],\"metadata\":{\"n\":1,\"m\":{\"case\":\"x\"},\"case\":\"mer\\u0067er\"}}");
    PolicyBundle reading = Policies.bundle("rules: [{id: r, when: \"labels == {'case': 'merger'} && messages == 2 && region == 'eu' "
        + "&& now.getHours() == 20\", raiseTo: restricted, reason: r}]");
    Decision decision = new Decider(reading, "eu").decide(labelled, Findings.NONE, night);
    assertThat(decision.rules()).containsExactly("r");
    assertThat(decision.region()).isEqualTo("eu");
    assertThat(decision.now()).isEqualTo(night);
    assertThat(new Decider(reading, "us").decide(labelled, Findings.NONE, night).rules()).isEmpty();
    assertThat(new Decider(reading, "eu").decide(labelled, Findings.NONE, night.plusSeconds(3600)).rules()).isEmpty();
    assertThat(decider.facts(labelled, Findings.NONE, night).labels()).as("read only if a rule asks").isEmpty();
  }

  @Test
  @DisplayName("decisions 29 a decision carries the number of messages where a rule reads it, even if no rule fired, and else says that nobody counted")
  void carriesTheMessagesThatWereCounted() {
    PolicyBundle counting = Policies.bundle("rules: [{id: long, when: messages > 9, raiseTo: restricted, reason: r}]");
    assertThat(new Decider(counting).decide(request, Findings.NONE, Instant.EPOCH).messages()).isEqualTo(1);
    assertThat(decider.decide(request, Findings.NONE, Instant.EPOCH).messages()).isEqualTo(-1);
  }

  @Test
  @DisplayName("G2 more labels than anyone can mean are RESTRICTED, for a bundle that reads them")
  void tooManyLabels() {
    String pairs = java.util.stream.IntStream.rangeClosed(0, BodyFacts.MAX_LABELS).mapToObj(i -> "\"k" + i + "\":\"v\"")
        .collect(java.util.stream.Collectors.joining(","));
    ModelRequest full = DecisionFixture.request("r1", Operation.CHAT, "auto", false, "{\"messages\":[],\"metadata\":{" + pairs + "}}");
    PolicyBundle reading = Policies.bundle("rules: [{id: r, when: \"'secret' in labels\", raiseTo: restricted, reason: r}]");
    assertThat(new Decider(reading).decide(full, Findings.NONE, Instant.EPOCH).rules()).containsExactly("internal-error");
    assertThat(decider.decide(full, Findings.NONE, Instant.EPOCH).sensitivity()).isEqualTo(Sensitivity.INTERNAL);
  }

  @Test
  @DisplayName("A2 the text of a clearance is the parsed text, spliced")
  void clearanceCarriesSplicedBytes() {
    JsonText json = request.prompt().json();
    SplicedText renamed = new Splices(json).replace(json.member(0, "model"), "\"other\"").apply();
    Clearance clearance = decider.clear(decider.decide(request, Findings.NONE, Instant.EPOCH), upstream(Zone.PUBLIC), renamed).orElseThrow();
    byte[] bytes = new byte[clearance.length()];
    clearance.buffer().get(bytes);
    assertThat(new String(bytes, java.nio.charset.StandardCharsets.UTF_8)).isEqualTo(BODY.replace("auto", "other"));
    assertThat(clearance.toString()).doesNotContain("hello");
  }

  @Test
  @DisplayName("R3.3 G1 nothing is cleared for a region that the decision leaves out, nor for a place of which nobody says where it is")
  void residency() {
    Decider bound = new Decider(io.tidegate.policy.Policies.bundle("residency: {internal: [east]}"));
    Decision decision = bound.decide(request, io.tidegate.model.Findings.NONE, java.time.Instant.EPOCH);
    Upstream home = upstream(Zone.PRIVATE);
    assertThat(bound.clear(decision, home, home.name() + "@east", text(request))).isPresent();
    assertThat(bound.clear(decision, home, home.name() + "@west", text(request))).isEmpty();
    assertThat(bound.clear(decision, home, text(request))).isEmpty();
  }
}
