package io.tidegate.line;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.fake.RecordingSink;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.CacheDirective;
import io.tidegate.model.Destination;
import io.tidegate.model.RouteInfo.CacheOutcome;
import io.tidegate.model.Sensitivity;
import io.tidegate.policy.Policies;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class CacheUseTest {
  private static final String ANSWER = "{\"n\":1}";
  private static final String OTHER = "{\"n\":2}";
  private static final String ONE = "data: {\"one\":1}\n\n";
  private static final String TWO = "data: {\"two\":2}\n\n";

  private final LineRig rig = new LineRig();

  @AfterEach
  void aftermath() {
    rig.aftermath();
  }

  private static CacheOutcome outcome(RecordingSink sink) {
    return Objects.requireNonNull(sink.route).cache();
  }

  private void answered(Ask ask, String json, CacheOutcome outcome) {
    RecordingSink sink = rig.walk(ask);
    assertThat(sink.json).isEqualTo(json);
    assertThat(outcome(sink)).isEqualTo(outcome);
  }

  private int sends() {
    return rig.upstreams.sent.size();
  }

  @Test
  @DisplayName("an equal request is answered from the cache, without an attempt, and told so")
  void hit() {
    rig.upstreams.answer(ANSWER);
    answered(Ask.harmless(), ANSWER, CacheOutcome.MISS);
    RecordingSink again = rig.walk(Ask.harmless());
    assertThat(again.json).isEqualTo(ANSWER);
    assertThat(Objects.requireNonNull(again.route).destination()).isEqualTo(Destination.EDGE_CACHE);
    assertThat(again.route.upstream()).isEqualTo("cloud");
    assertThat(again.route.attempts()).isZero();
    assertThat(outcome(again)).isEqualTo(CacheOutcome.HIT);
    assertThat(rig.meters.ends).containsExactly("PUBLIC answered MISS", "EDGE_CACHE answered HIT");
    assertThat(sends()).isEqualTo(1);
  }

  @Test
  @DisplayName("C1 any other text, model or parameter is another entry")
  void otherBodies() {
    rig.upstreams.answer(ANSWER).answer(OTHER).answer(OTHER);
    rig.walk(Ask.harmless());
    answered(Ask.about("sort a lisp"), OTHER, CacheOutcome.MISS);
    answered(Ask.harmless().model("qwen"), OTHER, CacheOutcome.MISS);
  }

  @Test
  @DisplayName("G4 another tenant does not get it")
  void tenantsAreApart() {
    rig.upstreams.answer(ANSWER).answer(OTHER);
    rig.walk(Ask.harmless().of("a"));
    answered(Ask.harmless().of("b"), OTHER, CacheOutcome.MISS);
    answered(Ask.harmless().of("a"), ANSWER, CacheOutcome.HIT);
  }

  @Test
  @DisplayName("C1 another sensitivity does not get it")
  void sensitivitiesAreApart() {
    rig.rules = LineRig.rules(Policies.bundle(
        "egress: {edge-cache: [internal, confidential], private: [public, internal, confidential, restricted], public: []}\n"
            + "routes:\n  internal: {standard: [edge-cache, private]}\n  confidential: {standard: [edge-cache, private]}\n"
            + "cache: {confidential: {store: true}}\n"));
    rig.upstreams.answer(ANSWER).answer(OTHER);
    rig.walk(Ask.harmless());
    answered(Ask.harmless().declared(Sensitivity.CONFIDENTIAL), OTHER, CacheOutcome.MISS);
    assertThat(rig.cache.size()).isEqualTo(2);
  }

  @Test
  @DisplayName("C6 a new bundle does not get it")
  void bundlesAreApart() {
    rig.upstreams.answer(ANSWER).answer(OTHER);
    rig.walk(Ask.harmless());
    rig.rules = LineRig.rules(Policies.bundle("# another text, the same rules\n"));
    answered(Ask.harmless(), OTHER, CacheOutcome.MISS);
  }

  @Test
  @DisplayName("C2 restricted content is neither stored nor looked up")
  void restrictedIsNotCached() {
    rig.upstreams.answer(ANSWER).answer(OTHER);
    answered(Ask.restricted(), ANSWER, CacheOutcome.BYPASS);
    answered(Ask.restricted(), OTHER, CacheOutcome.BYPASS);
    assertThat(rig.cache.size()).isZero();
  }

  @Test
  @DisplayName("C2 confidential content is not stored by the shipped policy")
  void confidentialIsNotCached() {
    rig.upstreams.answer(ANSWER);
    answered(Ask.confidential(), ANSWER, CacheOutcome.BYPASS);
    assertThat(rig.cache.size()).isZero();
  }

  @Test
  @DisplayName("a route without the cache neither reads nor stores, whatever the rights")
  void routeWithoutCache() {
    rig.rules = LineRig.rules(Policies.bundle("routes:\n  internal: {standard: [private]}\n"));
    rig.upstreams.answer(ANSWER).answer(OTHER);
    answered(Ask.harmless(), ANSWER, CacheOutcome.BYPASS);
    answered(Ask.harmless(), OTHER, CacheOutcome.BYPASS);
    assertThat(rig.cache.size()).isZero();
  }

  @Test
  @DisplayName("a sampled request is neither stored nor answered from the cache unless the policy says so")
  void sampled() {
    rig.upstreams.answer(ANSWER).answer(OTHER);
    answered(Ask.harmless().sampled(), ANSWER, CacheOutcome.BYPASS);
    answered(Ask.harmless().sampled(), OTHER, CacheOutcome.BYPASS);
    assertThat(rig.cache.size()).isZero();
  }

  @Test
  @DisplayName("a sampled request may use it where the policy says so")
  void sampledByPolicy() {
    rig.rules = LineRig.rules(Policies.bundle("cache: {internal: {store: true, sampled: true}}\n"));
    rig.upstreams.answer(ANSWER);
    answered(Ask.harmless().sampled(), ANSWER, CacheOutcome.MISS);
    answered(Ask.harmless().sampled(), ANSWER, CacheOutcome.HIT);
  }

  @Test
  @DisplayName("RFC 9111 no-store: neither read nor stored")
  void noStore() {
    rig.upstreams.answer(ANSWER).answer(OTHER).answer(ANSWER);
    answered(Ask.harmless().cache(CacheDirective.NO_STORE), ANSWER, CacheOutcome.BYPASS);
    assertThat(rig.cache.size()).isZero();
    answered(Ask.harmless(), OTHER, CacheOutcome.MISS);
    answered(Ask.harmless().cache(CacheDirective.NO_STORE), ANSWER, CacheOutcome.BYPASS);
  }

  @Test
  @DisplayName("RFC 9111 no-cache: not read, but the fresh answer replaces the old one")
  void noCache() {
    rig.upstreams.answer(ANSWER).answer(OTHER);
    rig.walk(Ask.harmless());
    answered(Ask.harmless().cache(CacheDirective.NO_CACHE), OTHER, CacheOutcome.BYPASS);
    answered(Ask.harmless(), OTHER, CacheOutcome.HIT);
  }

  @Test
  @DisplayName("an entry ends with its time, where the policy gives nothing stale")
  void timeToLive() {
    rig.rules = LineRig.rules(Policies.bundle("cache: {internal: {store: true, stale: 0s}}\n"));
    rig.upstreams.answer(ANSWER).answer(OTHER);
    rig.walk(Ask.harmless());
    rig.loop.advance(Duration.ofMinutes(5).toNanos());
    answered(Ask.harmless(), OTHER, CacheOutcome.MISS);
  }

  @Test
  @DisplayName("G7 a hit is recorded like any other decision")
  void hitsAreRecorded() {
    rig.upstreams.answer(ANSWER);
    rig.walk(Ask.harmless());
    rig.walk(Ask.harmless());
    assertThat(rig.audit.ended).containsExactly("r1 answered", "r2 answered");
  }

  // Streams

  @Test
  @DisplayName("a stream is stored at its end and replayed as a stream, byte for byte, held frames included")
  void streamIsReplayed() {
    rig.upstreams.then(events -> {
      events.events(rig.upstreams.bytes(ONE), false);
      events.events(rig.upstreams.bytes(TWO), true);
      events.ended(Usage.UNKNOWN);
    });
    rig.walk(Ask.harmless().stream());
    RecordingSink again = rig.walk(Ask.harmless().stream());
    assertThat(again.calls).containsExactly("open", "close");
    assertThat(again.frames).hasToString(ONE + TWO);
    assertThat(outcome(again)).isEqualTo(CacheOutcome.HIT);
  }

  @Test
  @DisplayName("a stream's entry does not answer the request without stream")
  void streamAndWholeAreApart() {
    rig.upstreams.stream(ONE).answer(ANSWER);
    rig.walk(Ask.harmless().stream());
    answered(Ask.harmless(), ANSWER, CacheOutcome.MISS);
  }

  @Test
  @DisplayName("C5 a stream that broke is not stored")
  void brokenStreamIsNotStored() {
    rig.upstreams.then(events -> {
      events.events(rig.upstreams.bytes(ONE), true);
      events.failed(AttemptFailure.of(AttemptFailure.Kind.INCOMPLETE));
    });
    rig.walk(Ask.harmless().stream());
    assertThat(rig.cache.size()).isZero();
  }

  @Test
  @DisplayName("C5 a failed attempt's frames are no part of what the next attempt stores")
  void failedFramesAreForgotten() {
    rig.upstreams.then(events -> {
      events.events(rig.upstreams.bytes(ONE), false);
      events.failed(AttemptFailure.of(AttemptFailure.Kind.RESET));
    }).stream(TWO);
    rig.walk(Ask.harmless().stream());
    assertThat(rig.walk(Ask.harmless().stream()).frames).hasToString(TWO);
  }

  @Test
  @DisplayName("C5 a stream whose caller left is not stored")
  void abandonedStreamIsNotStored() {
    rig.upstreams.hold();
    RecordingSink sink = rig.sink();
    Line.Walk walk = rig.begin(Ask.harmless().stream(), sink);
    rig.upstreams.last().events(rig.upstreams.bytes(ONE), true);
    sink.gone();
    walk.cancel();
    rig.upstreams.last().ended(Usage.UNKNOWN);
    assertThat(rig.cache.size()).isZero();
  }

  @Test
  @DisplayName("G8 an answer longer than the bound goes out whole and is not stored")
  void longAnswersAreNotStored() {
    String large = "{\"x\":\"" + "y".repeat(LineConfig.DEFAULT.replayBytes()) + "\"}";
    rig.upstreams.answer(large).answer(ANSWER);
    answered(Ask.harmless(), large, CacheOutcome.MISS);
    answered(Ask.harmless(), ANSWER, CacheOutcome.MISS);
  }

  @Test
  @DisplayName("G8 a long stream is not stored, and a failed long attempt does not keep the next one from being stored")
  void longStreams() {
    String large = "data: \"" + "y".repeat(100 << 10) + "\"\n\n";
    rig.upstreams.stream(large, large, large);
    assertThat(rig.walk(Ask.harmless().stream()).frames).hasSize(3 * large.length());
    assertThat(rig.cache.size()).isZero();
  }
}
