package io.tidegate.line;

import static io.tidegate.dispatch.AttemptFailure.Kind.ACCOUNT;
import static io.tidegate.dispatch.AttemptFailure.Kind.BUSY;
import static io.tidegate.dispatch.AttemptFailure.Kind.CONNECT_REFUSED;
import static io.tidegate.dispatch.AttemptFailure.Kind.GATE_REFUSED;
import static io.tidegate.dispatch.AttemptFailure.Kind.LOADING;
import static io.tidegate.dispatch.AttemptFailure.Kind.RATE_LIMITED;
import static io.tidegate.dispatch.AttemptFailure.Kind.REQUEST_REJECTED;
import static io.tidegate.dispatch.AttemptFailure.Kind.SERVER_ERROR;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.fake.RecordingSink;
import io.tidegate.fake.ScriptedUpstreams.Sent;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.Destination;
import io.tidegate.model.Finding;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Zone;
import io.tidegate.policy.Policies;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.Splices;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One request through the real rooms, with scripted upstreams; streams, cache and scanning have tests of their own. */
class RequestWalkTest {
  private static final String ANSWER = "{\"choices\":[]}";

  private final LineRig rig = new LineRig();

  @AfterEach
  void aftermath() {
    rig.aftermath();
  }

  // The straight way

  @Test
  @DisplayName("G5 a harmless request is answered by the first candidate, and told how")
  void answersAHarmlessRequest() {
    rig.upstreams.answer(ANSWER);
    RecordingSink sink = rig.walk(Ask.harmless());
    assertThat(sink.json).isEqualTo(ANSWER);
    RouteInfo route = java.util.Objects.requireNonNull(sink.route);
    assertThat(route).isEqualTo(new RouteInfo("r1", Sensitivity.INTERNAL, LatencyClass.STANDARD, Destination.PUBLIC, "cloud", "",
        Policies.baseline().digest(), RouteInfo.CacheOutcome.MISS, 1));
    assertThat(rig.meters.ends).containsExactly("PUBLIC answered MISS");
    assertThat(rig.audit.ended).containsExactly("r1 answered");
  }

  @Test
  @DisplayName("A2 what is sent is the caller's text with the candidate's model name")
  void sendsTheDecidedText() {
    rig.upstreams.answer(ANSWER);
    rig.walk(Ask.harmless());
    assertThat(rig.upstreams.sent).singleElement().extracting(Sent::body).asString().contains("\"model\":\"deepseek\"").contains("sort a list");
  }

  @Test
  @DisplayName("product table: INTERACTIVE goes to the private side first, STANDARD to the public one")
  void latencyClassOrdersTheRoute() {
    rig.upstreams.answer(ANSWER).answer(ANSWER);
    assertThat(LineRig.upstream(rig.walk(Ask.harmless().wish(LatencyClass.INTERACTIVE)))).isEqualTo("home");
    assertThat(LineRig.upstream(rig.walk(Ask.about("another").wish(LatencyClass.STANDARD)))).isEqualTo("cloud");
  }

  @Test
  @DisplayName("usage of the upstream reaches the meters")
  void countsUsage() {
    Usage usage = new Usage(3, 4, 1, 0);
    rig.upstreams.then(events -> events.answered(rig.upstreams.bytes(ANSWER), usage));
    rig.walk(Ask.harmless());
    assertThat(rig.meters.usages).containsExactly(usage);
    assertThat(rig.meters.firstTokens).hasValue(1);
  }

  @Test
  @DisplayName("A16 a model nobody serves is 404 with the field named, and nothing is sent")
  void unknownModel() {
    RecordingSink sink = rig.walk(Ask.harmless().model("gpt-9"));
    LineRig.refused(sink, Refusal.NOT_FOUND);
    assertThat(sink.error).extracting(ErrorAnswer::param).isEqualTo("model");
    assertThat(rig.audit.ended).containsExactly("r1 NOT_FOUND");
    assertThat(rig.upstreams.sent).isEmpty();
  }

  // What may not leave

  @Test
  @DisplayName("G1 restricted content goes to the private side only")
  void restrictedStaysHome() {
    rig.upstreams.answer(ANSWER);
    assertThat(LineRig.upstream(rig.walk(Ask.restricted()))).isEqualTo("home");
    assertThat(rig.audit.candidates).containsExactly(List.of("home"));
  }

  @Test
  @DisplayName("G1 A3 restricted content is refused when every private endpoint is down")
  void restrictedIsRefusedWhenHomeIsDown() {
    rig.down("home");
    RecordingSink sink = rig.walk(Ask.restricted());
    LineRig.refused(sink, Refusal.NO_PERMITTED_UPSTREAM);
    assertThat(java.util.Objects.requireNonNull(sink.error).retryAfterSeconds()).isPositive();
    assertThat(rig.upstreams.sent).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(value = Kind.class)
  @DisplayName("G1 A3 A4 whatever way every private attempt fails, restricted content never reaches PUBLIC, and there is one refusal")
  void noFailureWidensTheRoute(Kind kind) {
    rig.upstreams.script.clear();
    for (int i = 0; i < rig.config.maxAttempts(); i++) {
      rig.upstreams.fail(kind);
    }
    RecordingSink sink = rig.walk(Ask.restricted());
    rig.upstreams.script.clear();
    assertThat(sink.calls).containsExactly("refuse");
    assertThat(rig.upstreams.sentTo(Zone.PUBLIC)).isFalse();
    assertThat(rig.upstreams.sent).isNotEmpty();
  }

  @Test
  @DisplayName("G1 A16 naming the public model outright does not widen the route")
  void namingThePublicModel() {
    rig.upstreams.answer(ANSWER);
    assertThat(LineRig.upstream(rig.walk(Ask.restricted().model("deepseek")))).isEqualTo("home");
    assertThat(rig.upstreams.sent).extracting(Sent::body).allMatch(body -> body.contains("\"qwen\""));
  }

  @Test
  @DisplayName("G1 where no private upstream serves it, restricted content is refused for good")
  void nothingPermitted() {
    rig.catalog = List.of(LineRig.CLOUD);
    RecordingSink sink = rig.walk(Ask.restricted());
    LineRig.refused(sink, Refusal.NOTHING_PERMITTED);
    assertThat(rig.meters.ends).containsExactly("none NOTHING_PERMITTED BYPASS");
  }

  @Test
  @DisplayName("A8 a declared sensitivity raises and keeps the request at home")
  void declaredRaises() {
    rig.upstreams.answer(ANSWER);
    RecordingSink sink = rig.walk(Ask.harmless().declared(Sensitivity.RESTRICTED));
    assertThat(LineRig.upstream(sink)).isEqualTo("home");
    assertThat(java.util.Objects.requireNonNull(sink.route).sensitivity()).isEqualTo(Sensitivity.RESTRICTED);
  }

  @Test
  @DisplayName("A7 declaring PUBLIC lowers nothing")
  void declaredCannotLower() {
    rig.upstreams.answer(ANSWER);
    assertThat(LineRig.upstream(rig.walk(Ask.restricted().declared(Sensitivity.PUBLIC)))).isEqualTo("home");
  }

  @Test
  @DisplayName("G1 confidential content stays home")
  void confidentialStaysHome() {
    rig.upstreams.fail(CONNECT_REFUSED).fail(CONNECT_REFUSED);
    LineRig.refused(rig.walk(Ask.confidential()), Refusal.NO_PERMITTED_UPSTREAM);
    assertThat(rig.upstreams.sentTo(Zone.PUBLIC)).isFalse();
  }

  @Test
  @DisplayName("G1 A2 text that was not made from the decided text is not cleared: nothing is sent, and it is counted")
  void foreignTextIsStopped() {
    rig.defectsExpected = true;
    rig.encoder = (request, upstream, model) -> {
      try {
        return new Splices(JsonText.parse("{\"other\":1}".getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT)).apply();
      } catch (JsonException e) {
        throw new IllegalStateException(e);
      }
    };
    LineRig.refused(rig.walk(Ask.harmless()), Refusal.NOTHING_PERMITTED);
    assertThat(rig.upstreams.sent).isEmpty();
    assertThat(rig.meters.egressRefused).hasValue(2);
  }

  // Failing over

  @Test
  @DisplayName("failover goes to the other endpoint of the same upstream first, then to the next upstream")
  void failsOver() {
    rig.upstreams.fail(SERVER_ERROR).fail(SERVER_ERROR).answer(ANSWER);
    RecordingSink sink = rig.walk(Ask.harmless().wish(LatencyClass.INTERACTIVE));
    assertThat(rig.upstreams.sent).extracting(Sent::endpoint).satisfiesExactly(
        first -> assertThat(first).startsWith("h"), second -> assertThat(second).startsWith("h"), third -> assertThat(third).isEqualTo("c1"));
    assertThat(rig.upstreams.sent).extracting(Sent::endpoint).doesNotHaveDuplicates();
    assertThat(LineRig.upstream(sink)).isEqualTo("cloud");
    assertThat(java.util.Objects.requireNonNull(sink.route).attempts()).isEqualTo(3);
    assertThat(rig.meters.attempts).containsExactly("home:SERVER_ERROR", "home:SERVER_ERROR", "cloud:answered");
  }

  @Test
  @DisplayName("G8 no more attempts than allowed")
  void attemptsAreBounded() {
    rig.config = attempts(2);
    rig.upstreams.fail(SERVER_ERROR).fail(SERVER_ERROR);
    LineRig.refused(rig.walk(Ask.harmless().wish(LatencyClass.INTERACTIVE)), Refusal.UPSTREAM_FAILED);
    assertThat(rig.upstreams.sent).hasSize(2);
  }

  private static LineConfig attempts(int max) {
    LineConfig d = LineConfig.DEFAULT;
    return new LineConfig(d.firstTokenInteractive(), d.firstTokenStandard(), d.firstTokenBatch(), d.idle(), d.total(), d.totalBatch(),
        d.loopSteps(), max, d.replayBytes(), d.heldBytes());
  }

  @Test
  @DisplayName("a rate limit goes on to the next upstream at once, not to the same one's other endpoint")
  void rateLimitLeavesTheUpstream() {
    rig.upstreams.fail(RATE_LIMITED).answer(ANSWER);
    rig.walk(Ask.harmless().wish(LatencyClass.INTERACTIVE));
    assertThat(rig.upstreams.sent).extracting(Sent::upstream).containsExactly("home", "cloud");
  }

  @Test
  @DisplayName("decisions 34 a refused account closes that upstream for the next request too")
  void accountRefused() {
    rig.upstreams.fail(ACCOUNT).answer(ANSWER).answer(ANSWER);
    rig.walk(Ask.harmless());
    rig.walk(Ask.about("next"));
    assertThat(rig.upstreams.sent).extracting(Sent::upstream).containsExactly("cloud", "home", "home");
    assertThat(rig.health.accountAlarm("cloud")).isTrue();
  }

  @Test
  @DisplayName("decisions 34 a rejection of the request is final and passes through with status and message")
  void rejectionPassesThrough() {
    rig.upstreams.fail(new AttemptFailure(REQUEST_REJECTED, 422, false, 0, "max_tokens is too large"));
    RecordingSink sink = rig.walk(Ask.harmless());
    LineRig.refused(sink, Refusal.INVALID_REQUEST);
    assertThat(sink.error).isEqualTo(new ErrorAnswer(Refusal.INVALID_REQUEST, 422, "max_tokens is too large", null, 0));
  }

  @Test
  @DisplayName("the caller is told of the more telling failure, not of the last one")
  void tellsTheMoreTellingFailure() {
    rig.upstreams.fail(new AttemptFailure(BUSY, 503, false, 7_000, null)).fail(CONNECT_REFUSED).fail(CONNECT_REFUSED);
    RecordingSink sink = rig.walk(Ask.harmless());
    LineRig.refused(sink, Refusal.BUSY);
    assertThat(java.util.Objects.requireNonNull(sink.error).retryAfterSeconds()).isEqualTo(7);
  }

  @Test
  @DisplayName("a loading model is named as such, with a time to come again")
  void loadingIsTold() {
    rig.upstreams.fail(LOADING).fail(LOADING);
    RecordingSink sink = rig.walk(Ask.restricted());
    LineRig.refused(sink, Refusal.NO_PERMITTED_UPSTREAM);
    assertThat(sink.error).extracting(ErrorAnswer::message).asString().contains("being loaded");
  }

  @Test
  @DisplayName("with nothing to try, the reason is that of the upstream: rate limited means 429 with the time left")
  void coolingUpstreamIsTold() {
    rig.catalog = List.of(LineRig.CLOUD);
    rig.upstreams.fail(new AttemptFailure(RATE_LIMITED, 429, false, 9_000, null));
    rig.walk(Ask.harmless());
    LineRig.refused(rig.walk(Ask.about("next")), Refusal.RATE_LIMITED);
    assertThat(rig.upstreams.sent).hasSize(1);
  }

  @Test
  @DisplayName("G1 the gate's own refusal ends the request and is not tried elsewhere")
  void gateRefusalIsFinal() {
    rig.upstreams.fail(GATE_REFUSED);
    LineRig.refused(rig.walk(Ask.harmless()), Refusal.NOTHING_PERMITTED);
    assertThat(rig.upstreams.sent).hasSize(1);
  }

  @Test
  @DisplayName("reentrancy: attempts that fail inside send() end in one refusal")
  void failsInsideSend() {
    rig.upstreams.inside = true;
    rig.upstreams.fail(CONNECT_REFUSED).fail(CONNECT_REFUSED).fail(CONNECT_REFUSED);
    LineRig.refused(rig.walk(Ask.harmless().wish(LatencyClass.INTERACTIVE)), Refusal.NO_PERMITTED_UPSTREAM);
    assertThat(rig.upstreams.sent).hasSize(3);
    assertThat(rig.upstreams.cancelled).isZero();
  }

  @Test
  @DisplayName("reentrancy: an answer inside send() is the answer, and its attempt is not cancelled after")
  void answersInsideSend() {
    rig.upstreams.inside = true;
    rig.upstreams.fail(CONNECT_REFUSED).answer(ANSWER);
    assertThat(rig.walk(Ask.harmless()).json).isEqualTo(ANSWER);
    assertThat(rig.upstreams.cancelled).isZero();
  }

  // Health

  @Test
  @DisplayName("an ejected endpoint's one probe is given back when its caller leaves: the endpoint is not lost")
  void cancelGivesTheProbeBack() {
    rig.health.endpoints("home", List.of(LineRig.endpoint("home", "h1")));
    rig.down("home");
    rig.loop.advance(Duration.ofSeconds(6).toNanos());
    rig.upstreams.hold().answer(ANSWER);
    RecordingSink sink = rig.sink();
    Line.Walk walk = rig.begin(Ask.restricted(), sink);
    assertThat(rig.state("h1")).isEqualTo("PROBING");
    sink.gone();
    walk.cancel();
    assertThat(rig.state("h1")).isEqualTo("EJECTED");
    rig.loop.advance(Duration.ofSeconds(2).toNanos());
    assertThat(rig.walk(Ask.restricted()).json).isEqualTo(ANSWER);
    assertThat(rig.state("h1")).isEqualTo("HEALTHY");
  }

  @Test
  @DisplayName("a request that is not cleared does not use up an endpoint's probe")
  void noClearanceNoProbe() {
    rig.defectsExpected = true;
    rig.down("cloud");
    rig.down("home");
    rig.loop.advance(Duration.ofSeconds(6).toNanos());
    rig.encoder = (request, upstream, model) -> {
      throw new IllegalStateException("encoder");
    };
    LineRig.refused(rig.walk(Ask.harmless()), Refusal.INTERNAL);
    assertThat(rig.state("c1")).isEqualTo("EJECTED");
  }

  // Classify without sending

  @Test
  @DisplayName("Classify decides and sends nothing, and names what would be tried first")
  void classifySendsNothing() {
    List<String> told = new ArrayList<>();
    rig.line().classify(Ask.restricted().request("c1", 0), rig.loop, new Line.Classified() {
      @Override
      public void decided(RouteInfo route, List<Finding> findings, List<Destination> order) {
        told.add(route.sensitivity() + " " + route.upstream() + " " + order + " " + findings.get(0).type());
      }

      @Override
      public void refused(ErrorAnswer error) {
        told.add("refused");
      }
    });
    assertThat(told).containsExactly("RESTRICTED home [PRIVATE] SECRET");
    assertThat(rig.upstreams.sent).isEmpty();
    assertThat(rig.audit.decided).isEmpty();
  }

  @Test
  @DisplayName("decisions 36 the model list names aliases and models with their zones, and asks nobody")
  void modelList() {
    assertThat(new String(rig.line().models(), StandardCharsets.UTF_8)).contains("{\"id\":\"auto\"").contains("\"zones\":[\"PRIVATE\",\"PUBLIC\"]")
        .contains("{\"id\":\"deepseek\"").contains("{\"id\":\"qwen\"");
  }
}
