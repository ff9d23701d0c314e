package io.tidegate.line;

import static io.tidegate.dispatch.AttemptFailure.Kind.CONNECT_REFUSED;
import static io.tidegate.dispatch.AttemptFailure.Kind.RESET;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.retry.FirstTokenTimes;
import io.tidegate.dispatch.retry.Retries;
import io.tidegate.dispatch.retry.RetryTerms;
import io.tidegate.dispatch.retry.RetryTerms.Hedging;
import io.tidegate.fake.RecordingSink;
import io.tidegate.fake.ScriptedUpstreams.Sent;
import io.tidegate.line.Upstreams.AttemptEvents;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.LeftAttempt;
import io.tidegate.model.Zone;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R1.9: two private endpoints whose first token takes 400 ms, in virtual time; interactive requests are marked safe. */
class HedgeWalkTest {
  private static final String ROLE = "data: {\"role\":1}\n\n";
  private static final String ONE = "data: {\"one\":1}\n\n";
  private static final String TWO = "data: {\"two\":2}\n\n";
  private static final long USUAL = Duration.ofMillis(400).toNanos();
  private static final Hedging INTERACTIVE = new Hedging(Set.of(LatencyClass.INTERACTIVE), 0.05);

  private final LineRig rig = new LineRig();
  private final List<AttemptEvents> under = new ArrayList<>();

  @BeforeEach
  void warm() {
    terms(INTERACTIVE, 10);
  }

  @AfterEach
  void aftermath() {
    rig.upstreams.byDefault = null;
    rig.aftermath();
  }

  /** With a share that 100 earlier requests have paid in. */
  private void terms(Hedging hedging, double perSecond) {
    RetryTerms d = RetryTerms.DEFAULT;
    rig.retries = new Retries(new RetryTerms(d.policy(), d.share(), perSecond, 1, d.windowNanos(), d.bodyBytes(), d.bodiesBytes(), hedging),
        new SplittableRandom(9));
    FirstTokenTimes times = rig.retries.of("home", rig.loop.nanos()).firstTokens();
    for (int i = 0; i < FirstTokenTimes.MIN_SAMPLES; i++) {
      times.add(USUAL, rig.loop.nanos());
      rig.retries.of("home", rig.loop.nanos()).firstAsked(rig.loop.nanos());
    }
    rig.upstreams.byDefault = under::add;
  }

  private RecordingSink slow(Ask ask) {
    RecordingSink sink = rig.walk(ask);
    rig.loop.advance(Duration.ofMillis(600).toNanos());
    return sink;
  }

  private RecordingSink slow() {
    return slow(Ask.restricted().stream().wish(LatencyClass.INTERACTIVE));
  }

  private void answer(int attempt, String frame) {
    under.get(attempt).events(rig.upstreams.bytes(frame), true);
    under.get(attempt).ended(Upstreams.Usage.UNKNOWN);
    rig.loop.run();
  }

  @Test
  @DisplayName("R1.9 slower than 95 of 100: the other endpoint is asked as well, once; nothing is asked before")
  void asksASecond() {
    RecordingSink sink = rig.walk(Ask.restricted().stream().wish(LatencyClass.INTERACTIVE));
    rig.loop.advance(USUAL);
    assertThat(rig.upstreams.sent).hasSize(1);
    rig.loop.advance(Duration.ofSeconds(5).toNanos());
    assertThat(rig.upstreams.sent).extracting(Sent::endpoint).hasSize(2).doesNotHaveDuplicates();
    assertThat(rig.upstreams.sent).extracting(Sent::body).containsOnly(rig.upstreams.sent.get(0).body());
    assertThat(rig.meters.hedgesBegun).hasValue(1);
    assertThat(rig.meters.hedgeTokens.get()).as("its prompt is counted as cost").isPositive();
    answer(0, ONE);
    assertThat(sink.frames).hasToString(ONE);
  }

  @Test
  @DisplayName("R1.9 the second has content first: it answers, and the first is cancelled in the same instant; what it held never shows")
  void secondWins() {
    RecordingSink sink = slow();
    under.get(0).events(rig.upstreams.bytes(ROLE), false);
    under.get(1).events(rig.upstreams.bytes(TWO), true);
    assertThat(rig.upstreams.cancelled).isEqualTo(1);
    under.get(0).events(rig.upstreams.bytes(ONE), true);
    under.get(1).ended(Upstreams.Usage.UNKNOWN);
    assertThat(sink.calls).containsExactly("open", "close");
    assertThat(sink.frames).hasToString(TWO);
    assertThat(sink.route).isNotNull();
    assertThat(sink.route.left()).extracting(LeftAttempt::why).containsExactly("cancelled");
    assertThat(rig.meters.hedgesWon).hasValue(1);
    assertThat(rig.meters.attempts).containsExactly("home:CANCELLED", "home:answered");
  }

  @Test
  @DisplayName("R1.9 the first has content first: the second is cancelled in the same instant")
  void firstWins() {
    RecordingSink sink = slow();
    under.get(0).events(rig.upstreams.bytes(ONE), true);
    assertThat(rig.upstreams.cancelled).isEqualTo(1);
    under.get(1).events(rig.upstreams.bytes(TWO), true);
    under.get(0).ended(Upstreams.Usage.UNKNOWN);
    assertThat(sink.frames).hasToString(ONE);
    assertThat(rig.meters.hedgesWon).hasValue(0);
  }

  @Test
  @DisplayName("R1.9 one of the two fails: the other goes on, whichever it was")
  void oneFails() {
    for (int failing = 0; failing < 2; failing++) {
      warm();
      under.clear();
      RecordingSink sink = slow();
      under.get(failing).failed(AttemptFailure.of(RESET));
      rig.loop.run();
      assertThat(sink.calls).isEmpty();
      answer(1 - failing, TWO);
      assertThat(sink.frames).hasToString(TWO);
    }
  }

  @Test
  @DisplayName("R1.9 G5 both fail: one refusal")
  void bothFail() {
    RecordingSink sink = slow();
    under.get(0).failed(AttemptFailure.of(CONNECT_REFUSED));
    under.get(1).failed(AttemptFailure.of(CONNECT_REFUSED));
    rig.loop.run();
    assertThat(sink.calls).containsExactly("refuse");
  }

  @Test
  @DisplayName("R1.9 E9 a caller that leaves frees both")
  void leaves() {
    RecordingSink sink = rig.sink();
    Line.Walk walk = rig.begin(Ask.restricted().stream().wish(LatencyClass.INTERACTIVE), sink);
    rig.loop.advance(Duration.ofMillis(600).toNanos());
    sink.gone();
    walk.cancel();
    assertThat(rig.upstreams.cancelled).isEqualTo(2);
  }

  @Test
  @DisplayName("R1.9 a class that is not marked safe, and a request without stream, are asked once")
  void onlyWhatIsMarked() {
    RecordingSink standard = slow(Ask.restricted().stream().wish(LatencyClass.STANDARD));
    answer(0, ONE);
    under.clear();
    RecordingSink whole = slow(Ask.restricted().wish(LatencyClass.INTERACTIVE));
    under.get(0).answered(rig.upstreams.bytes("{}"), Upstreams.Usage.UNKNOWN);
    assertThat(rig.upstreams.sent).hasSize(2);
    assertThat(standard.over() && whole.over()).isTrue();
  }

  @Test
  @DisplayName("R1.9 off by default: nothing is armed, nothing is asked twice")
  void offByDefault() {
    terms(RetryTerms.DEFAULT.hedging(), 10);
    RecordingSink sink = rig.walk(Ask.restricted().stream().wish(LatencyClass.INTERACTIVE));
    assertThat(rig.loop.pendingTimers()).isZero();
    rig.loop.advance(Duration.ofSeconds(5).toNanos());
    assertThat(rig.upstreams.sent).hasSize(1);
    answer(0, ONE);
    assertThat(sink.over()).isTrue();
  }

  @Test
  @DisplayName("R1.9 at most 5 of 100 requests, however slow all are")
  void share() {
    terms(INTERACTIVE, 1000);
    int requests = 200;
    for (int i = 0; i < requests; i++) {
      under.clear();
      RecordingSink sink = rig.sink();
      Line.Walk walk = rig.begin(Ask.restricted().stream().wish(LatencyClass.INTERACTIVE), sink);
      rig.loop.advance(Duration.ofMillis(1).toNanos() * 490);
      sink.gone();
      walk.cancel();
    }
    assertThat(rig.meters.hedgesBegun.get()).isBetween(1, (requests + FirstTokenTimes.MIN_SAMPLES) / 20);
  }

  @Test
  @DisplayName("R1.9 inside the retry budget: where that is used up, nothing is asked twice")
  void insideTheBudget() {
    terms(INTERACTIVE, 0);
    while (rig.retries.of("home", rig.loop.nanos()).payAgain(rig.loop.nanos())) {
      assertThat(rig.meters.hedgesBegun).hasValue(0);
    }
    slow();
    assertThat(rig.upstreams.sent).hasSize(1);
    answer(0, ONE);
  }

  @Test
  @DisplayName("G1 R1.9 a hedge of restricted content stays where the first attempt was: no PUBLIC endpoint is asked")
  void staysInsideTheRoute() {
    rig.health.endpoints("home", List.of(LineRig.endpoint("home", "h1")));
    slow();
    assertThat(rig.upstreams.sentTo(Zone.PUBLIC)).isFalse();
    assertThat(rig.upstreams.sent).hasSize(1);
    answer(0, ONE);
  }
}
