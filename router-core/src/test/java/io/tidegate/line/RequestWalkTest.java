package io.tidegate.line;

import static io.tidegate.dispatch.AttemptFailure.Kind.ACCOUNT;
import static io.tidegate.dispatch.AttemptFailure.Kind.BUSY;
import static io.tidegate.dispatch.AttemptFailure.Kind.CONNECT_REFUSED;
import static io.tidegate.dispatch.AttemptFailure.Kind.FIRST_TOKEN_TIMEOUT;
import static io.tidegate.dispatch.AttemptFailure.Kind.GATE_REFUSED;
import static io.tidegate.dispatch.AttemptFailure.Kind.LOADING;
import static io.tidegate.dispatch.AttemptFailure.Kind.RATE_LIMITED;
import static io.tidegate.dispatch.AttemptFailure.Kind.REQUEST_REJECTED;
import static io.tidegate.dispatch.AttemptFailure.Kind.SERVER_ERROR;
import static io.tidegate.dispatch.AttemptFailure.Kind.TOTAL_TIMEOUT;
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

  private static void refused(RecordingSink sink, Refusal refusal) {
    assertThat(sink.calls).containsExactly("refuse");
    assertThat(sink.error).extracting(ErrorAnswer::refusal).isEqualTo(refusal);
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
    refused(sink, Refusal.NOT_FOUND);
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
    refused(sink, Refusal.NO_PERMITTED_UPSTREAM);
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
    refused(sink, Refusal.NOTHING_PERMITTED);
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
    refused(rig.walk(Ask.confidential()), Refusal.NO_PERMITTED_UPSTREAM);
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
    refused(rig.walk(Ask.harmless()), Refusal.NOTHING_PERMITTED);
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
    refused(rig.walk(Ask.harmless().wish(LatencyClass.INTERACTIVE)), Refusal.UPSTREAM_FAILED);
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
    refused(sink, Refusal.INVALID_REQUEST);
    assertThat(sink.error).isEqualTo(new ErrorAnswer(Refusal.INVALID_REQUEST, 422, "max_tokens is too large", null, 0));
  }

  @Test
  @DisplayName("the caller is told of the more telling failure, not of the last one")
  void tellsTheMoreTellingFailure() {
    rig.upstreams.fail(new AttemptFailure(BUSY, 503, false, 7_000, null)).fail(CONNECT_REFUSED).fail(CONNECT_REFUSED);
    RecordingSink sink = rig.walk(Ask.harmless());
    refused(sink, Refusal.BUSY);
    assertThat(java.util.Objects.requireNonNull(sink.error).retryAfterSeconds()).isEqualTo(7);
  }

  @Test
  @DisplayName("a loading model is named as such, with a time to come again")
  void loadingIsTold() {
    rig.upstreams.fail(LOADING).fail(LOADING);
    RecordingSink sink = rig.walk(Ask.restricted());
    refused(sink, Refusal.NO_PERMITTED_UPSTREAM);
    assertThat(sink.error).extracting(ErrorAnswer::message).asString().contains("being loaded");
  }

  @Test
  @DisplayName("with nothing to try, the reason is that of the upstream: rate limited means 429 with the time left")
  void coolingUpstreamIsTold() {
    rig.catalog = List.of(LineRig.CLOUD);
    rig.upstreams.fail(new AttemptFailure(RATE_LIMITED, 429, false, 9_000, null));
    rig.walk(Ask.harmless());
    refused(rig.walk(Ask.about("next")), Refusal.RATE_LIMITED);
    assertThat(rig.upstreams.sent).hasSize(1);
  }

  @Test
  @DisplayName("G1 the gate's own refusal ends the request and is not tried elsewhere")
  void gateRefusalIsFinal() {
    rig.upstreams.fail(GATE_REFUSED);
    refused(rig.walk(Ask.harmless()), Refusal.NOTHING_PERMITTED);
    assertThat(rig.upstreams.sent).hasSize(1);
  }

  @Test
  @DisplayName("reentrancy: attempts that fail inside send() end in one refusal")
  void failsInsideSend() {
    rig.upstreams.inside = true;
    rig.upstreams.fail(CONNECT_REFUSED).fail(CONNECT_REFUSED).fail(CONNECT_REFUSED);
    refused(rig.walk(Ask.harmless().wish(LatencyClass.INTERACTIVE)), Refusal.NO_PERMITTED_UPSTREAM);
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
    refused(rig.walk(Ask.harmless()), Refusal.INTERNAL);
    assertThat(rig.state("c1")).isEqualTo("EJECTED");
  }

  // Time

  @Test
  @DisplayName("E9 the deadline reaches the attempt; without a stream half of it is left for another")
  void deadlineReachesTheAttempt() {
    rig.upstreams.answer(ANSWER);
    rig.walk(Ask.harmless().within(Duration.ofSeconds(3).toNanos()));
    assertThat(rig.upstreams.sent.get(0).times()).isEqualTo(new Upstreams.AttemptTimes(Duration.ofMillis(1500).toNanos(),
        LineConfig.DEFAULT.idle().toNanos(), Duration.ofSeconds(3).toNanos()));
  }

  @Test
  @DisplayName("decisions 31 without a deadline the class's own times hold")
  void timesByClass() {
    rig.upstreams.answer(ANSWER).answer(ANSWER);
    rig.walk(Ask.harmless());
    rig.walk(Ask.about("b").wish(LatencyClass.BATCH));
    assertThat(rig.upstreams.sent.get(0).times().firstTokenNanos()).as("no stream").isEqualTo(Duration.ofMinutes(5).toNanos());
    assertThat(rig.upstreams.sent.get(0).times().totalNanos()).isEqualTo(Duration.ofMinutes(10).toNanos());
    assertThat(rig.upstreams.sent.get(1).times().totalNanos()).isEqualTo(Duration.ofMinutes(60).toNanos());
    rig.upstreams.fail(Kind.REQUEST_REJECTED);
    rig.walk(Ask.about("c").stream());
    assertThat(rig.upstreams.sent.get(2).times().firstTokenNanos()).as("stream").isEqualTo(Duration.ofSeconds(60).toNanos());
  }

  @Test
  @DisplayName("E9 a second attempt gets what is left of the time")
  void timeIsSpentAcrossAttempts() {
    rig.upstreams.hold().answer(ANSWER);
    RecordingSink sink = rig.walk(Ask.harmless().within(Duration.ofSeconds(20).toNanos()));
    rig.loop.advance(Duration.ofSeconds(12).toNanos());
    rig.upstreams.last().failed(AttemptFailure.of(SERVER_ERROR));
    rig.loop.run();
    assertThat(rig.upstreams.sent.get(1).times().totalNanos()).isEqualTo(Duration.ofSeconds(8).toNanos());
    assertThat(sink.json).isEqualTo(ANSWER);
  }

  @Test
  @DisplayName("E9 no attempt begins once the time is over")
  void timeOver() {
    rig.upstreams.hold();
    RecordingSink sink = rig.walk(Ask.harmless().within(Duration.ofSeconds(20).toNanos()));
    rig.loop.advance(Duration.ofSeconds(20).toNanos());
    rig.upstreams.last().failed(AttemptFailure.of(SERVER_ERROR));
    refused(sink, Refusal.DEADLINE_EXCEEDED);
    assertThat(rig.upstreams.sent).hasSize(1);
  }

  @Test
  @DisplayName("a caller in a hurry cannot eject an endpoint for everybody: a time-out at its own deadline is its own")
  void hurryEjectsNobody() {
    rig.health.endpoints("home", List.of(LineRig.endpoint("home", "h1")));
    for (int i = 0; i < 5; i++) {
      rig.upstreams.hold();
      RecordingSink sink = rig.walk(Ask.restricted().within(Duration.ofMillis(50).toNanos()));
      rig.loop.advance(Duration.ofMillis(50).toNanos());
      rig.upstreams.last().failed(AttemptFailure.of(FIRST_TOKEN_TIMEOUT));
      refused(sink, Refusal.DEADLINE_EXCEEDED);
    }
    assertThat(rig.state("h1")).isEqualTo("HEALTHY");
  }

  @Test
  @DisplayName("E9 the total time-out is final")
  void totalTimeoutIsFinal() {
    rig.upstreams.fail(TOTAL_TIMEOUT);
    refused(rig.walk(Ask.harmless()), Refusal.DEADLINE_EXCEEDED);
  }

  // Audit

  @Test
  @DisplayName("G7 the decision is recorded before the first attempt, and every PUBLIC attempt carries the receipt")
  void recordedFirst() {
    rig.upstreams.then(events -> {
      assertThat(rig.audit.decided).containsExactly("r1");
      events.answered(rig.upstreams.bytes(ANSWER), Usage.UNKNOWN);
    });
    rig.walk(Ask.harmless());
    assertThat(rig.upstreams.sent).allMatch(Sent::receipt);
  }

  @Test
  @DisplayName("B6 when nothing can be recorded PUBLIC is left out, and the private side still serves")
  void auditFullServesAtHome() {
    rig.audit.full = true;
    rig.upstreams.answer(ANSWER);
    assertThat(LineRig.upstream(rig.walk(Ask.harmless()))).isEqualTo("home");
    assertThat(rig.upstreams.sentTo(Zone.PUBLIC)).isFalse();
  }

  @Test
  @DisplayName("B6 when nothing can be recorded and only PUBLIC is left, the caller is told so")
  void auditFullRefusesPublic() {
    rig.audit.full = true;
    rig.down("home");
    RecordingSink sink = rig.walk(Ask.harmless());
    refused(sink, Refusal.AUDIT_UNAVAILABLE);
    assertThat(java.util.Objects.requireNonNull(sink.error).retryAfterSeconds()).isPositive();
    assertThat(rig.upstreams.sent).isEmpty();
  }

  static io.tidegate.policy.PolicyBundle durablePolicy() {
    try {
      String baseline = java.nio.file.Files.readString(java.nio.file.Path.of("../policies/baseline.yaml"));
      return Policies.bundleOf(baseline.replaceFirst("\nspec:\n", "\nspec:\n  audit: durable\n"));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  @DisplayName("G7 where the policy says durable nothing leaves for PUBLIC before the record is on the disk, and then it does")
  void durableIsAwaited() {
    rig.rules = LineRig.rules(durablePolicy());
    rig.audit.slow = true;
    rig.upstreams.answer(ANSWER);
    RecordingSink sink = rig.walk(Ask.harmless());
    assertThat(rig.audit.durableAsked).hasSize(1);
    assertThat(rig.upstreams.sent).isEmpty();
    rig.audit.synced(true);
    rig.loop.run();
    assertThat(rig.upstreams.sent).singleElement().satisfies(sent -> assertThat(sent.receipt()).isTrue());
    assertThat(LineRig.upstream(sink)).isEqualTo("cloud");
  }

  @Test
  @DisplayName("B6 where the record does not reach the disk in time the request goes on to other candidates, never to PUBLIC")
  void notDurableGoesElsewhere() {
    rig.rules = LineRig.rules(durablePolicy());
    rig.audit.slow = true;
    rig.upstreams.answer(ANSWER);
    RecordingSink sink = rig.walk(Ask.harmless());
    rig.audit.synced(false);
    rig.loop.run();
    assertThat(rig.upstreams.sent).extracting(sent -> sent.zone()).containsExactly(Zone.PRIVATE);
    assertThat(LineRig.upstream(sink)).isEqualTo("home");
  }

  @Test
  @DisplayName("B6 without another candidate the caller is told that the record could not be had")
  void notDurableRefuses() {
    rig.rules = LineRig.rules(durablePolicy());
    rig.audit.slow = true;
    rig.down("home");
    RecordingSink sink = rig.walk(Ask.harmless());
    rig.audit.synced(false);
    rig.loop.run();
    refused(sink, Refusal.AUDIT_UNAVAILABLE);
    assertThat(rig.upstreams.sent).isEmpty();
  }

  @Test
  @DisplayName("G5 a caller that leaves while the record is awaited is gone, and nothing is sent afterwards")
  void leavesWhileTheDiskIsAwaited() {
    rig.rules = LineRig.rules(durablePolicy());
    rig.audit.slow = true;
    RecordingSink sink = rig.sink();
    Line.Walk walk = rig.begin(Ask.harmless(), sink);
    sink.gone();
    walk.cancel();
    rig.audit.synced(true);
    rig.loop.run();
    assertThat(rig.upstreams.sent).isEmpty();
  }

  @Test
  @DisplayName("decisions 6 a request that stays PRIVATE waits for no disk")
  void privateWaitsForNothing() {
    rig.rules = LineRig.rules(durablePolicy());
    rig.audit.slow = true;
    rig.upstreams.answer(ANSWER);
    RecordingSink sink = rig.walk(Ask.restricted());
    assertThat(rig.audit.durableAsked).isEmpty();
    assertThat(LineRig.upstream(sink)).isEqualTo("home");
  }

  // Leaving

  @Test
  @DisplayName("E9 a caller that leaves frees the upstream at once, and nothing comes after")
  void cancelFreesTheUpstream() {
    rig.upstreams.hold();
    RecordingSink sink = rig.sink();
    Line.Walk walk = rig.begin(Ask.harmless(), sink);
    sink.gone();
    walk.cancel();
    walk.cancel();
    assertThat(rig.upstreams.cancelled).isEqualTo(1);
    rig.upstreams.last().answered(rig.upstreams.bytes(ANSWER), Usage.UNKNOWN);
    rig.upstreams.last().failed(AttemptFailure.of(SERVER_ERROR));
    assertThat(rig.meters.ends).containsExactly("none cancelled MISS");
    assertThat(rig.meters.attempts).containsExactly("cloud:CANCELLED");
    assertThat(rig.audit.ended).containsExactly("r1 left");
  }

  @Test
  @DisplayName("a cancel after the answer changes nothing")
  void cancelAfterTheEnd() {
    rig.upstreams.answer(ANSWER);
    RecordingSink sink = rig.sink();
    Line.Walk walk = rig.begin(Ask.harmless(), sink);
    walk.cancel();
    walk.writable();
    assertThat(rig.meters.ends).containsExactly("PUBLIC answered MISS");
    assertThat(rig.upstreams.cancelled).isZero();
  }

  @Test
  @DisplayName("F4 a late event of an attempt that failed belongs to nobody")
  void lateEventsAreDropped() {
    List<Upstreams.AttemptEvents> first = new ArrayList<>();
    rig.upstreams.then(first::add).hold();
    RecordingSink sink = rig.walk(Ask.harmless());
    first.get(0).failed(AttemptFailure.of(SERVER_ERROR));
    rig.loop.run();
    first.get(0).answered(rig.upstreams.bytes("{\"late\":1}"), Usage.UNKNOWN);
    first.get(0).events(rig.upstreams.bytes("data: {}\n\n"), true);
    first.get(0).ended(Usage.UNKNOWN);
    assertThat(sink.calls).isEmpty();
    rig.upstreams.last().answered(rig.upstreams.bytes(ANSWER), Usage.UNKNOWN);
    assertThat(sink.json).isEqualTo(ANSWER);
  }

  // Defects of our own

  @Test
  @DisplayName("G2 G5 a defect before the attempt is INTERNAL, once, and nothing is sent")
  void defectIsInternal() {
    rig.defectsExpected = true;
    rig.encoder = (request, upstream, model) -> {
      throw new IllegalStateException("SECRETWORD");
    };
    RecordingSink sink = rig.walk(Ask.harmless());
    refused(sink, Refusal.INTERNAL);
    assertThat(sink.error).extracting(ErrorAnswer::message).asString().doesNotContain("SECRETWORD");
    assertThat(rig.meters.defects).hasSize(1);
    assertThat(rig.upstreams.sent).isEmpty();
    assertThat(rig.meters.ends).containsExactly("none INTERNAL MISS");
  }

  @Test
  @DisplayName("G5 an Error is caught at the rim as well")
  void errorsAreCaughtToo() {
    rig.defectsExpected = true;
    rig.encoder = (request, upstream, model) -> {
      throw new StackOverflowError();
    };
    refused(rig.walk(Ask.harmless()), Refusal.INTERNAL);
  }

  @Test
  @DisplayName("G5 a defect after a failed attempt is INTERNAL, not a second try")
  void defectWhileFailingOver() {
    rig.defectsExpected = true;
    RequestEncoder good = rig.encoder;
    rig.encoder = (request, upstream, model) -> {
      if (upstream.zone() == Zone.PRIVATE) {
        throw new IllegalStateException();
      }
      return good.encode(request, upstream, model);
    };
    rig.upstreams.fail(SERVER_ERROR);
    refused(rig.walk(Ask.harmless()), Refusal.INTERNAL);
    assertThat(rig.upstreams.sent).hasSize(1);
  }

  @Test
  @DisplayName("G5 a sink that throws is not called again, the end is counted, and the loop lives on")
  void sinkThatThrows() {
    rig.defectsExpected = true;
    rig.upstreams.answer(ANSWER);
    RecordingSink sink = rig.sink();
    sink.inside = () -> {
      throw new IllegalStateException("sink");
    };
    rig.begin(Ask.harmless(), sink);
    assertThat(sink.calls).containsExactly("complete");
    assertThat(rig.meters.defects).hasSize(1);
    assertThat(rig.meters.ends).containsExactly("none INTERNAL MISS");
  }

  @Test
  @DisplayName("G5 an error that no virtual machine survives is told to the caller first, then thrown on")
  void fatalErrorsGoOn() {
    rig.defectsExpected = true;
    rig.encoder = (request, upstream, model) -> {
      throw new InternalError();
    };
    RecordingSink sink = rig.sink();
    org.assertj.core.api.Assertions.assertThatThrownBy(() -> rig.begin(Ask.harmless(), sink)).isInstanceOf(InternalError.class);
    refused(sink, Refusal.INTERNAL);
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
