package io.tidegate.line;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.fake.FakeLoop;
import io.tidegate.fake.RecordingSink;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.CacheDirective;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo.CacheOutcome;
import io.tidegate.model.Sensitivity;
import io.tidegate.policy.Policies;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SingleFlightTest {
  private static final String ANSWER = "{\"n\":1}";
  private static final String OTHER = "{\"n\":2}";
  private static final String ONE = "data: {\"one\":1}\n\n";
  private static final String TWO = "data: {\"two\":2}\n\n";
  private static final String THREE = "data: {\"three\":3}\n\n";

  private final LineRig rig = new LineRig();

  @AfterEach
  void aftermath() {
    rig.aftermath();
  }

  private int sends() {
    return rig.upstreams.sent.size();
  }

  private void answer(String json) {
    rig.upstreams.last().answered(rig.upstreams.bytes(json), Usage.UNKNOWN);
    rig.loop.run();
  }

  private void frame(String frame) {
    rig.upstreams.last().events(rig.upstreams.bytes(frame), true);
    rig.loop.run();
  }

  private void end() {
    rig.upstreams.last().ended(Usage.UNKNOWN);
    rig.loop.run();
  }

  private void once() {
    LineConfig d = rig.config;
    rig.config = new LineConfig(d.firstTokenInteractive(), d.firstTokenStandard(), d.firstTokenBatch(), d.idle(), d.total(), d.totalBatch(),
        d.loopSteps(), 1, d.replayBytes(), d.heldBytes());
  }

  /** Two requests that must not share a call. */
  private void apart(Ask one, Ask other) {
    rig.upstreams.hold();
    RecordingSink first = rig.walk(one);
    Upstreams.AttemptEvents held = rig.upstreams.last();
    rig.upstreams.answer(OTHER);
    assertThat(rig.walk(other).json).isEqualTo(OTHER);
    held.answered(rig.upstreams.bytes(ANSWER), Usage.UNKNOWN);
    assertThat(first.json).isEqualTo(ANSWER);
    assertThat(sends()).isEqualTo(2);
  }

  @Test
  @DisplayName("R2.4 a thousand equal requests in flight make one call and get a thousand answers, each with its own record")
  void thousand() {
    rig.upstreams.hold();
    List<RecordingSink> sinks = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      sinks.add(rig.walk(Ask.harmless()));
    }
    answer(ANSWER);
    assertThat(sends()).isEqualTo(1);
    assertThat(sinks).allMatch(sink -> ANSWER.equals(sink.json));
    assertThat(rig.audit.ended).hasSize(1000).allMatch(ended -> ended.endsWith("answered"));
    assertThat(rig.meters.coalesced.get()).isEqualTo(999);
    assertThat(rig.meters.ends).allMatch("PUBLIC answered MISS"::equals);
  }

  @Test
  @DisplayName("R2.4 a follower is told who answered, under its own id, and that it made no attempt of its own")
  void route() {
    rig.upstreams.hold();
    rig.walk(Ask.harmless());
    RecordingSink follower = rig.walk(Ask.harmless());
    answer(ANSWER);
    var route = Objects.requireNonNull(follower.route);
    assertThat(route.requestId()).isEqualTo("r2");
    assertThat(route.upstream()).isEqualTo("cloud");
    assertThat(route.cache()).isEqualTo(CacheOutcome.MISS);
    assertThat(route.attempts()).isZero();
  }

  @Test
  @DisplayName("R2.4 C7 a leader that fails promotes one follower, and the others stay with that one")
  void promotion() {
    once();
    rig.upstreams.hold();
    RecordingSink leader = rig.walk(Ask.harmless());
    RecordingSink second = rig.walk(Ask.harmless());
    RecordingSink third = rig.walk(Ask.harmless());
    rig.upstreams.hold();
    rig.upstreams.last().failed(AttemptFailure.of(Kind.SERVER_ERROR));
    rig.loop.run();
    assertThat(Objects.requireNonNull(leader.error).refusal()).isEqualTo(Refusal.UPSTREAM_FAILED);
    assertThat(sends()).isEqualTo(2);
    answer(ANSWER);
    assertThat(second.json).isEqualTo(ANSWER);
    assertThat(Objects.requireNonNull(second.route).attempts()).isEqualTo(1);
    assertThat(third.json).isEqualTo(ANSWER);
    assertThat(sends()).isEqualTo(2);
  }

  @Test
  @DisplayName("R2.4 C7 where every call fails, each has made its own and has its own error")
  void allFail() {
    once();
    rig.upstreams.hold();
    List<RecordingSink> sinks = List.of(rig.walk(Ask.harmless()), rig.walk(Ask.harmless()), rig.walk(Ask.harmless()));
    rig.upstreams.fail(Kind.REQUEST_REJECTED).fail(Kind.REQUEST_REJECTED);
    rig.upstreams.last().failed(AttemptFailure.of(Kind.REQUEST_REJECTED));
    rig.loop.run();
    assertThat(sends()).isEqualTo(3);
    assertThat(sinks).allMatch(sink -> sink.error != null);
  }

  @Test
  @DisplayName("R2.4 a leader whose caller leaves goes on for its followers")
  void leaderLeaves() {
    rig.upstreams.hold();
    RecordingSink left = rig.sink();
    Line.Walk leader = rig.begin(Ask.harmless(), left);
    RecordingSink follower = rig.walk(Ask.harmless());
    left.gone();
    leader.cancel();
    rig.loop.run();
    assertThat(rig.upstreams.cancelled).isZero();
    answer(ANSWER);
    assertThat(follower.json).isEqualTo(ANSWER);
    assertThat(sends()).isEqualTo(1);
  }

  @Test
  @DisplayName("R2.4 a stream whose leader leaves goes on for its followers, and is not held up by who left")
  void leaderOfStreamLeaves() {
    rig.upstreams.hold();
    RecordingSink left = rig.sink();
    Line.Walk leader = rig.begin(Ask.harmless().stream(), left);
    RecordingSink follower = rig.walk(Ask.harmless().stream());
    left.writable = false;
    frame(ONE);
    assertThat(rig.upstreams.paused).isEqualTo(1);
    left.gone();
    leader.cancel();
    assertThat(rig.upstreams.resumed).isEqualTo(1);
    frame(TWO);
    end();
    assertThat(rig.upstreams.paused).isEqualTo(1);
    assertThat(follower.frames).hasToString(ONE + TWO);
    assertThat(rig.walk(Ask.harmless().stream()).frames).as("what the cache kept").hasToString(ONE + TWO);
  }

  @Test
  @DisplayName("R2.4 the call is freed when the last one leaves, whoever that is")
  void allLeave() {
    rig.upstreams.hold();
    RecordingSink one = rig.sink();
    RecordingSink two = rig.sink();
    Line.Walk leader = rig.begin(Ask.harmless(), one);
    Line.Walk follower = rig.begin(Ask.harmless(), two);
    one.gone();
    leader.cancel();
    assertThat(rig.upstreams.cancelled).isZero();
    two.gone();
    follower.cancel();
    rig.loop.run();
    assertThat(rig.upstreams.cancelled).isEqualTo(1);
  }

  @Test
  @DisplayName("R2.4 a promoted follower who has left hands on to the next")
  void promotedHasLeft() {
    once();
    rig.upstreams.hold();
    RecordingSink first = rig.walk(Ask.harmless());
    RecordingSink second = rig.sink();
    Line.Walk promoted = rig.begin(Ask.harmless(), second);
    RecordingSink third = rig.walk(Ask.harmless());
    rig.upstreams.last().failed(AttemptFailure.of(Kind.SERVER_ERROR));
    second.gone();
    promoted.cancel();
    rig.upstreams.answer(ANSWER);
    rig.loop.run();
    assertThat(first.error).isNotNull();
    assertThat(third.json).isEqualTo(ANSWER);
    assertThat(sends()).isEqualTo(2);
  }

  // Streams

  @Test
  @DisplayName("R2.4 who joins a stream late gets the same events from its beginning")
  void lateJoiner() {
    rig.upstreams.hold();
    RecordingSink leader = rig.walk(Ask.harmless().stream());
    frame(ONE);
    frame(TWO);
    RecordingSink late = rig.walk(Ask.harmless().stream());
    assertThat(late.frames).hasToString(ONE + TWO);
    frame(THREE);
    end();
    assertThat(late.frames).hasToString(ONE + TWO + THREE);
    assertThat(leader.frames).hasToString(ONE + TWO + THREE);
    assertThat(late.calls).containsExactly("open", "close");
    assertThat(sends()).isEqualTo(1);
  }

  @Test
  @DisplayName("R2.4 G5 a stream that breaks midway breaks for all who have read its beginning, and says so")
  void brokenStream() {
    rig.upstreams.hold();
    rig.walk(Ask.harmless().stream());
    RecordingSink follower = rig.walk(Ask.harmless().stream());
    frame(ONE);
    rig.upstreams.last().failed(AttemptFailure.of(Kind.INCOMPLETE));
    rig.loop.run();
    assertThat(follower.calls).containsExactly("open", "breakOff");
    assertThat(Objects.requireNonNull(follower.error).refusal()).isEqualTo(Refusal.UPSTREAM_INCOMPLETE);
  }

  @Test
  @DisplayName("R2.4 G8 past the bound a new request makes its own call, and who is there reads on")
  void pastTheBound() {
    String large = "data: \"" + "y".repeat(100 << 10) + "\"\n\n";
    rig.upstreams.hold();
    rig.walk(Ask.harmless().stream());
    Upstreams.AttemptEvents first = rig.upstreams.last();
    RecordingSink early = rig.walk(Ask.harmless().stream());
    frame(large);
    frame(large);
    frame(large);
    assertThat(rig.flights.heldBytes()).as("what all have read is let go").isLessThanOrEqualTo(large.length());
    rig.upstreams.stream(ONE);
    RecordingSink late = rig.walk(Ask.harmless().stream());
    assertThat(late.frames).hasToString(ONE);
    assertThat(sends()).isEqualTo(2);
    first.ended(Usage.UNKNOWN);
    rig.loop.run();
    assertThat(early.frames).hasSize(3 * large.length());
  }

  @Test
  @DisplayName("R2.4 G8 a follower that lags by more than the bound holds up the upstream until it has caught up")
  void slowFollower() {
    String large = "data: \"" + "y".repeat(100 << 10) + "\"\n\n";
    rig.upstreams.hold();
    rig.walk(Ask.harmless().stream());
    RecordingSink slow = rig.sink();
    Line.Walk follower = rig.begin(Ask.harmless().stream(), slow);
    slow.writable = false;
    frame(large);
    frame(large);
    assertThat(rig.upstreams.paused).isZero();
    frame(large);
    assertThat(rig.upstreams.paused).isEqualTo(1);
    slow.writable = true;
    follower.writable();
    rig.loop.run();
    assertThat(rig.upstreams.resumed).isEqualTo(1);
    end();
    assertThat(slow.frames).hasSize(3 * large.length());
  }

  @Test
  @DisplayName("R2.4 G8 past the bound of all flights together nobody more joins")
  void totalBound() {
    rig.flights = new SingleFlight(LineConfig.DEFAULT.replayBytes(), ONE.length());
    rig.upstreams.hold();
    rig.walk(Ask.harmless().stream());
    Upstreams.AttemptEvents first = rig.upstreams.last();
    frame(ONE);
    frame(TWO);
    rig.upstreams.stream(THREE);
    assertThat(rig.walk(Ask.harmless().stream()).frames).hasToString(THREE);
    first.ended(Usage.UNKNOWN);
    assertThat(sends()).isEqualTo(2);
  }

  // What is not shared

  @Test
  @DisplayName("R2.4 G4 another tenant makes its own call")
  void tenants() {
    apart(Ask.harmless().of("a"), Ask.harmless().of("b"));
  }

  @Test
  @DisplayName("R2.4 G4 tenants of one sharing group share where the policy lets them share the cache")
  void sharingGroup() {
    rig.rules = LineRig.rules(Policies.bundle("cache:\n  internal: {store: true, shared: true}\n  groups: {lab: [a, b]}\n"));
    rig.upstreams.hold();
    rig.walk(Ask.harmless().of("a"));
    RecordingSink follower = rig.walk(Ask.harmless().of("b"));
    answer(ANSWER);
    assertThat(follower.json).isEqualTo(ANSWER);
    assertThat(sends()).isEqualTo(1);
  }

  @Test
  @DisplayName("R2.4 another bundle makes its own call")
  void bundles() {
    rig.upstreams.hold();
    RecordingSink first = rig.walk(Ask.harmless());
    Upstreams.AttemptEvents held = rig.upstreams.last();
    rig.rules = LineRig.rules(Policies.bundle("# another text, the same rules\n"));
    rig.upstreams.answer(OTHER);
    assertThat(rig.walk(Ask.harmless()).json).isEqualTo(OTHER);
    held.answered(rig.upstreams.bytes(ANSWER), Usage.UNKNOWN);
    assertThat(first.json).isEqualTo(ANSWER);
  }

  @Test
  @DisplayName("R2.4 another latency class makes its own call")
  void latencyClasses() {
    apart(Ask.harmless(), Ask.harmless().wish(LatencyClass.INTERACTIVE));
  }

  @Test
  @DisplayName("R2.4 another text makes its own call, and so does a stream")
  void bodies() {
    apart(Ask.harmless(), Ask.about("sort a lisp"));
  }

  @Test
  @DisplayName("R2.4 a sampled request makes its own call unless the policy lets sampled answers be shared")
  void sampled() {
    apart(Ask.harmless().sampled(), Ask.harmless().sampled());
  }

  @Test
  @DisplayName("R2.4 sampled requests share where the policy says so")
  void sampledByPolicy() {
    rig.rules = LineRig.rules(Policies.bundle("cache: {internal: {store: true, sampled: true}}\n"));
    rig.upstreams.hold();
    rig.walk(Ask.harmless().sampled());
    rig.walk(Ask.harmless().sampled());
    answer(ANSWER);
    assertThat(sends()).isEqualTo(1);
  }

  @Test
  @DisplayName("R2.4 restricted requests share nothing under the shipped policy, which never caches them")
  void restricted() {
    apart(Ask.restricted(), Ask.restricted());
  }

  @Test
  @DisplayName("R2.4 restricted requests share inside the tenant where the policy caches them, and never beyond")
  void restrictedByPolicy() {
    rig.rules = LineRig.rules(Policies.bundle("egress:\n  edge-cache: [internal, restricted]\n  private: [public, internal, confidential, restricted]\n  public: [internal]\n"
        + "rules:\n  - {id: secret, types: [SECRET], raiseTo: restricted, reason: words}\nroutes:\n  restricted: {standard: [edge-cache, private]}\n"
        + "cache:\n  restricted: {store: true}\n"));
    rig.upstreams.hold();
    rig.walk(Ask.restricted());
    RecordingSink follower = rig.walk(Ask.restricted());
    answer(ANSWER);
    assertThat(follower.json).isEqualTo(ANSWER);
    assertThat(sends()).isEqualTo(1);
    rig.upstreams.hold();
    rig.walk(Ask.restricted().of("a"));
    Upstreams.AttemptEvents held = rig.upstreams.last();
    rig.upstreams.answer(OTHER);
    assertThat(rig.walk(Ask.restricted().of("b")).json).isEqualTo(OTHER);
    held.answered(rig.upstreams.bytes(ANSWER), Usage.UNKNOWN);
  }

  @Test
  @DisplayName("R2.4 a request that may be cleaned first makes its own call")
  void transformed() {
    rig.rules = LineRig.rules(Policies.bundle("rules:\n  - {id: contact, types: [EMAIL], raiseTo: internal, reason: reachable}\n"
        + "routes:\n  internal: {standard: [edge-cache, private, {to: public, after: pseudonymise}]}\ncache: {internal: {store: true}}\n"));
    apart(Ask.confidential(), Ask.confidential());
  }

  @Test
  @DisplayName("R2.4 a request that must not be stored, or must be fresh, makes its own call")
  void directives() {
    apart(Ask.harmless().cache(CacheDirective.NO_STORE), Ask.harmless().cache(CacheDirective.NO_STORE));
  }

  @Test
  @DisplayName("R2.4 a request that must be fresh takes no answer that was begun before it")
  void fresh() {
    apart(Ask.harmless(), Ask.harmless().cache(CacheDirective.NO_CACHE));
  }

  @Test
  @DisplayName("R2.4 another sensitivity makes its own call")
  void sensitivities() {
    apart(Ask.harmless(), Ask.harmless().declared(Sensitivity.CONFIDENTIAL));
  }

  @Test
  @DisplayName("R2.4 G7 a request whose record could not be written does not take what another sent to PUBLIC")
  void unrecorded() {
    rig.upstreams.hold();
    rig.walk(Ask.harmless());
    Upstreams.AttemptEvents held = rig.upstreams.last();
    rig.audit.full = true;
    rig.upstreams.answer(OTHER);
    RecordingSink unrecorded = rig.walk(Ask.harmless());
    assertThat(LineRig.upstream(unrecorded)).isEqualTo("home");
    held.answered(rig.upstreams.bytes(ANSWER), Usage.UNKNOWN);
  }

  @Test
  @DisplayName("R2.4 switched off, every request makes its own call")
  void off() {
    rig.flights = SingleFlight.OFF;
    apart(Ask.harmless(), Ask.harmless());
  }

  // Time

  @Test
  @DisplayName("R2.4 a follower keeps its own deadline")
  void deadline() {
    rig.upstreams.hold();
    rig.walk(Ask.harmless());
    RecordingSink hurried = rig.walk(Ask.harmless().within(Duration.ofSeconds(5).toNanos()).wish(LatencyClass.STANDARD));
    rig.loop.advance(Duration.ofSeconds(5).toNanos());
    assertThat(Objects.requireNonNull(hurried.error).refusal()).isEqualTo(Refusal.DEADLINE_EXCEEDED);
    answer(ANSWER);
    assertThat(sends()).isEqualTo(1);
  }

  @Test
  @DisplayName("R2.4 a follower on another loop is answered there")
  void otherLoop() {
    FakeLoop other = new FakeLoop();
    rig.upstreams.hold();
    rig.walk(Ask.harmless());
    RecordingSink follower = rig.sink();
    rig.begin(Ask.harmless(), follower, other);
    other.run();
    answer(ANSWER);
    assertThat(follower.over()).as("before its own loop has run").isFalse();
    other.run();
    assertThat(follower.json).isEqualTo(ANSWER);
    assertThat(other.pendingTimers()).isZero();
    assertThat(sends()).isEqualTo(1);
  }
}
