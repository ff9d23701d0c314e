package io.tidegate.line;

import static io.tidegate.dispatch.AttemptFailure.Kind.ACCOUNT;
import static io.tidegate.dispatch.AttemptFailure.Kind.BUSY;
import static io.tidegate.dispatch.AttemptFailure.Kind.CONNECT_REFUSED;
import static io.tidegate.dispatch.AttemptFailure.Kind.FIRST_TOKEN_TIMEOUT;
import static io.tidegate.dispatch.AttemptFailure.Kind.RATE_LIMITED;
import static io.tidegate.dispatch.AttemptFailure.Kind.REFUSED_STREAM;
import static io.tidegate.dispatch.AttemptFailure.Kind.RESET;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.dispatch.Balancer;
import io.tidegate.dispatch.retry.FirstTokenTimes;
import io.tidegate.dispatch.retry.Retries;
import io.tidegate.dispatch.retry.RetryPolicy;
import io.tidegate.dispatch.retry.RetryPolicy.Backoff;
import io.tidegate.dispatch.retry.RetryRefusal;
import io.tidegate.dispatch.retry.RetryTerms;
import io.tidegate.fake.RecordingSink;
import io.tidegate.fake.ScriptedUpstreams.Sent;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.LeftAttempt;
import io.tidegate.model.Refusal;
import io.tidegate.model.Zone;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Further attempts of one request in virtual time, with the production's terms; one private endpoint unless a test says otherwise. */
class RetryWalkTest {
  private static final String ANSWER = "{\"choices\":[]}";
  private static final String CONTENT = "data: {\"one\":1}\n\n";
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final LineRig rig = new LineRig();
  /** When each attempt was made. */
  private final List<Long> atSeconds = new ArrayList<>();
  private final List<Long> atNanos = new ArrayList<>();

  @BeforeEach
  void oneEndpoint() {
    rig.health.endpoints("home", List.of(LineRig.endpoint("home", "h1")));
    rig.config = attempts(4);
    terms(policy(Backoff.EXPONENTIAL), 10, Long.MAX_VALUE);
  }

  @AfterEach
  void aftermath() {
    rig.aftermath();
  }

  private static RetryPolicy policy(Backoff backoff) {
    return new RetryPolicy(backoff, SECOND, 30 * SECOND, 30 * SECOND);
  }

  private void terms(RetryPolicy policy, double perSecond, long bodies) {
    RetryTerms d = RetryTerms.DEFAULT;
    rig.retries = new Retries(new RetryTerms(policy, d.share(), perSecond, 1, d.windowNanos(), d.bodyBytes(), bodies, d.hedging()), new SplittableRandom(3));
  }

  private static LineConfig attempts(int max) {
    LineConfig d = LineConfig.DEFAULT;
    return new LineConfig(d.firstTokenInteractive(), d.firstTokenStandard(), d.firstTokenBatch(), d.idle(), d.total(), d.totalBatch(),
        d.loopSteps(), max, d.replayBytes(), d.heldBytes());
  }

  private RetryWalkTest fails(AttemptFailure failure) {
    rig.upstreams.then(events -> {
      note();
      events.failed(failure);
    });
    return this;
  }

  private RetryWalkTest fails(Kind kind) {
    return fails(AttemptFailure.of(kind));
  }

  private static AttemptFailure asking(Kind kind, int status, long millis) {
    return new AttemptFailure(kind, status, false, millis, null);
  }

  private void answers() {
    rig.upstreams.then(events -> {
      note();
      events.answered(rig.upstreams.bytes(ANSWER), Upstreams.Usage.UNKNOWN);
    });
  }

  private void note() {
    atSeconds.add(rig.loop.nanos() / SECOND);
    atNanos.add(rig.loop.nanos());
  }

  private RecordingSink walk(Ask ask) {
    RecordingSink sink = rig.walk(ask);
    rig.loop.advance(Duration.ofMinutes(10).toNanos());
    return sink;
  }

  private static void refused(RecordingSink sink, Refusal refusal) {
    assertThat(sink.calls).containsExactly("refuse");
    assertThat(sink.error).extracting(ErrorAnswer::refusal).isEqualTo(refusal);
  }

  @Test
  @DisplayName("R1.1 503, 503, 503, 200 without jitter: attempts at 0, 1, 3, 7 s exactly, and the answer is the answer")
  void oneTwoFour() {
    fails(BUSY).fails(BUSY).fails(BUSY).answers();
    RecordingSink sink = walk(Ask.restricted());
    assertThat(atNanos).containsExactly(0L, SECOND, 3 * SECOND, 7 * SECOND);
    assertThat(sink.json).isEqualTo(ANSWER);
    assertThat(Objects.requireNonNull(sink.route).attempts()).isEqualTo(4);
  }

  @Test
  @DisplayName("R1.2 answer and record list every attempt that was left, why, and the time it took")
  void tellsWhatWasLeft() {
    rig.upstreams.then(events -> rig.loop.schedule(() -> events.failed(AttemptFailure.of(RESET)), SECOND / 4));
    fails(BUSY).answers();
    RecordingSink sink = walk(Ask.restricted());
    List<LeftAttempt> left = List.of(new LeftAttempt("home", "h1", "reset", 250), new LeftAttempt("home", "h1", "busy", 0));
    assertThat(Objects.requireNonNull(sink.route).left()).isEqualTo(left);
    assertThat(sink.route.attempts()).isEqualTo(3);
    assertThat(Objects.requireNonNull(rig.audit.lastRoute).left()).isEqualTo(left);
  }

  @Test
  @DisplayName("R1.2 answer and record tell what a left attempt had cost, where its upstream had counted it")
  void tellsWhatItCost() {
    rig.upstreams.then(events -> events.failed(AttemptFailure.of(RESET).after(310, 41)));
    fails(BUSY).answers();
    RecordingSink sink = walk(Ask.restricted());
    assertThat(Objects.requireNonNull(sink.route).left()).containsExactly(new LeftAttempt("home", "h1", "reset", 0, 310, 41),
        new LeftAttempt("home", "h1", "busy", 0));
    assertThat(Objects.requireNonNull(rig.audit.lastRoute).left()).isEqualTo(sink.route.left());
  }

  @Test
  @DisplayName("R1.2 an error lists what was left, too, the last one included; a first answer lists nothing")
  void errorTellsWhatWasLeft() {
    rig.config = attempts(2);
    fails(BUSY).fails(RESET);
    RecordingSink sink = walk(Ask.restricted());
    assertThat(Objects.requireNonNull(sink.route).left()).extracting(LeftAttempt::why).containsExactly("busy", "reset");
    assertThat(Objects.requireNonNull(rig.audit.lastRoute).left()).isEqualTo(sink.route.left());
    answers();
    assertThat(Objects.requireNonNull(walk(Ask.restricted()).route).left()).isEmpty();
  }

  @Test
  @DisplayName("R1.1 by default the waits are drawn: each inside its bound, and not the same for two requests")
  void jitter() {
    terms(RetryPolicy.DEFAULT, 10, Long.MAX_VALUE);
    for (int i = 0; i < 2; i++) {
      fails(BUSY).fails(BUSY).answers();
      walk(Ask.restricted());
    }
    long first = atNanos.get(1) - atNanos.get(0);
    assertThat(first).isLessThanOrEqualTo(SECOND);
    assertThat(atNanos.get(2) - atNanos.get(1)).isLessThanOrEqualTo(2 * SECOND);
    assertThat(atNanos.get(4) - atNanos.get(3)).isNotEqualTo(first);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  @DisplayName("R1.2 which failures are waited for and asked again, where there is nobody else")
  void whatIsRetried(Kind kind) {
    boolean again = switch (kind) {
      case RATE_LIMITED, BUSY, LOADING, SERVER_ERROR, RESET, INCOMPLETE, CONNECT_REFUSED, CONNECT_TIMEOUT, POOL_FULL, REFUSED_STREAM -> true;
      case TLS, ADDRESS_NOT_ALLOWED, GATE_REFUSED, FIRST_TOKEN_TIMEOUT, IDLE_TIMEOUT, TOTAL_TIMEOUT, ACCOUNT, REQUEST_REJECTED, PROTOCOL,
          OVERSIZED, CANCELLED -> false;
    };
    fails(kind);
    if (again) {
      answers();
    }
    RecordingSink sink = rig.walk(Ask.restricted());
    assertThat(sink.over()).as("without a wait").isEqualTo(!again || kind == REFUSED_STREAM);
    rig.loop.advance(Duration.ofMinutes(1).toNanos());
    assertThat(rig.upstreams.sent).hasSize(again ? 2 : 1);
    assertThat(sink.json != null).isEqualTo(again);
  }

  @Test
  @DisplayName("R1.2 a first token that did not come is tried once more, at another endpoint only")
  void firstTokenTimeoutOnce() {
    rig.health.endpoints("home", List.of(LineRig.endpoint("home", "h1"), LineRig.endpoint("home", "h2"), LineRig.endpoint("home", "h3")));
    fails(FIRST_TOKEN_TIMEOUT).fails(FIRST_TOKEN_TIMEOUT);
    refused(walk(Ask.restricted()), Refusal.FIRST_TOKEN_TIMEOUT);
    assertThat(rig.upstreams.sent).extracting(Sent::endpoint).hasSize(2).doesNotHaveDuplicates();
  }

  @Test
  @DisplayName("R1.2 402 closes the upstream for everybody, and opens after its five minutes")
  void accountTimer() {
    fails(ACCOUNT);
    refused(walk(Ask.restricted()), Refusal.NO_PERMITTED_UPSTREAM);
    assertThat(rig.health.accountAlarm("home")).as("ten minutes later").isFalse();
    fails(ACCOUNT);
    rig.walk(Ask.restricted());
    rig.loop.advance(Duration.ofMinutes(5).toNanos() - 1);
    refused(rig.walk(Ask.restricted()), Refusal.NO_PERMITTED_UPSTREAM);
    rig.loop.advance(1);
    answers();
    assertThat(walk(Ask.restricted()).json).isEqualTo(ANSWER);
  }

  @ParameterizedTest
  @EnumSource(value = Kind.class, names = {"RATE_LIMITED", "BUSY"})
  @DisplayName("R1.3 Retry-After 4 s on 429 and 503: the next attempt comes 4 to 6 s later, cooling included")
  void retryAfter(Kind kind) {
    fails(asking(kind, 429, 4_000)).answers();
    assertThat(walk(Ask.restricted()).json).isEqualTo(ANSWER);
    assertThat(atNanos.get(1)).isBetween(4 * SECOND, 6 * SECOND);
  }

  @Test
  @DisplayName("R1.3 above the cap: an error that carries the time, at once")
  void aboveTheCap() {
    fails(asking(RATE_LIMITED, 429, 31_000));
    RecordingSink sink = rig.walk(Ask.restricted());
    refused(sink, Refusal.RATE_LIMITED);
    assertThat(Objects.requireNonNull(sink.error).retryAfterSeconds()).isEqualTo(31);
    assertThat(rig.meters.retriesRefused).containsExactly(RetryRefusal.RETRY_AFTER);
  }

  @Test
  @DisplayName("R1.3 above the cap where there is another target: that one, at once")
  void aboveTheCapElsewhere() {
    fails(asking(RATE_LIMITED, 429, 60_000)).answers();
    assertThat(rig.walk(Ask.harmless()).json).isEqualTo(ANSWER);
    assertThat(rig.upstreams.sent).extracting(Sent::upstream).containsExactly("cloud", "home");
  }

  @Test
  @DisplayName("R1.4 after the first content nothing is tried again: the stream says so, and it is counted")
  void committed() {
    rig.upstreams.then(events -> {
      events.events(rig.upstreams.bytes(CONTENT), true);
      events.failed(AttemptFailure.of(RESET));
    });
    RecordingSink sink = walk(Ask.restricted().stream());
    assertThat(sink.calls).containsExactly("open", "breakOff");
    assertThat(rig.meters.retriesRefused).containsExactly(RetryRefusal.COMMITTED);
  }

  @Test
  @DisplayName("R1.4 frames without content commit to nothing: after a wait the stream begins anew")
  void notCommitted() {
    rig.upstreams.then(events -> {
      events.events(rig.upstreams.bytes("data: {\"role\":1}\n\n"), false);
      events.failed(AttemptFailure.of(RESET));
    }).stream(CONTENT);
    RecordingSink sink = walk(Ask.restricted().stream());
    assertThat(sink.calls).containsExactly("open", "close");
    assertThat(sink.frames).hasToString(CONTENT);
    assertThat(rig.meters.retriesRefused).isEmpty();
  }

  @Test
  @DisplayName("R1.5 100 requests/s that all fail for 60 s: extra attempts stay below a fifth plus the minimum; a window later all is as before")
  void budget() {
    terms(policy(Backoff.FULL_JITTER), 10, Long.MAX_VALUE);
    int requests = 6_000;
    rig.upstreams.byDefault = events -> events.failed(AttemptFailure.of(BUSY));
    for (int i = 0; i < requests; i++) {
      rig.walk(Ask.restricted());
      rig.loop.advance(SECOND / 100);
    }
    rig.loop.advance(10 * SECOND);
    int extra = rig.upstreams.sent.size() - requests;
    assertThat(extra).as("extra attempts").isBetween(requests / 5, requests / 5 + 10 * 60 + 10 * 10);
    rig.upstreams.byDefault = null;
    fails(BUSY).answers();
    assertThat(walk(Ask.restricted()).json).as("the upstream recovered, and a retry is paid again").isEqualTo(ANSWER);
  }

  @Test
  @DisplayName("R1.5 an unpaid retry is not made, and the caller is told of the failure at once")
  void unpaid() {
    terms(policy(Backoff.EXPONENTIAL), 0, Long.MAX_VALUE);
    fails(BUSY);
    refused(rig.walk(Ask.restricted()), Refusal.BUSY);
    assertThat(rig.meters.retriesRefused).containsExactly(RetryRefusal.BUDGET);
  }

  @Test
  @DisplayName("R1.5 going elsewhere is free: the first attempt at another upstream needs no budget")
  void elsewhereIsFree() {
    terms(policy(Backoff.EXPONENTIAL), 0, Long.MAX_VALUE);
    fails(BUSY).answers();
    assertThat(LineRig.upstream(rig.walk(Ask.harmless()))).isEqualTo("home");
  }

  @Test
  @DisplayName("R1.6 no wait that leaves less than the target's median time to its first token")
  void noTimeForTheMedian() {
    firstTokens(Duration.ofSeconds(4));
    fails(BUSY);
    refused(rig.walk(Ask.restricted().within(Duration.ofMillis(4_500).toNanos())), Refusal.BUSY);
    assertThat(rig.meters.retriesRefused).containsExactly(RetryRefusal.DEADLINE);
  }

  @Test
  @DisplayName("R1.6 no first attempt either, and then nothing is sent")
  void noTimeAtAll() {
    firstTokens(Duration.ofSeconds(4));
    refused(rig.walk(Ask.restricted().within(SECOND)), Refusal.DEADLINE_EXCEEDED);
    assertThat(rig.upstreams.sent).isEmpty();
  }

  @Test
  @DisplayName("R1.6 the whole chain ends before the deadline")
  void endsBeforeTheDeadline() {
    fails(BUSY).fails(BUSY);
    refused(walk(Ask.restricted().within(Duration.ofMillis(2_900).toNanos())), Refusal.BUSY);
    assertThat(atSeconds).containsExactly(0L, 1L);
  }

  @Test
  @DisplayName("R1.6 an interactive caller waits for no attempt beyond the ten seconds its class gives for a first token")
  void classBound() {
    terms(new RetryPolicy(Backoff.EXPONENTIAL, 6 * SECOND, 30 * SECOND, 30 * SECOND), 10, Long.MAX_VALUE);
    fails(BUSY).fails(BUSY);
    refused(walk(Ask.restricted().wish(LatencyClass.INTERACTIVE)), Refusal.BUSY);
    assertThat(atSeconds).containsExactly(0L, 6L);
  }

  private void firstTokens(Duration each) {
    FirstTokenTimes times = rig.retries.of("home", rig.loop.nanos()).firstTokens();
    for (int i = 0; i < FirstTokenTimes.MIN_SAMPLES; i++) {
      times.add(each.toNanos(), rig.loop.nanos());
    }
  }

  @Test
  @DisplayName("R1.6 the time to a stream's first content is what is learnt")
  void learnsFirstTokens() {
    for (int i = 0; i < FirstTokenTimes.MIN_SAMPLES; i++) {
      rig.upstreams.hold();
      rig.walk(Ask.restricted().stream());
      rig.loop.advance(4 * SECOND);
      rig.upstreams.last().events(rig.upstreams.bytes(CONTENT), true);
      rig.upstreams.last().ended(Upstreams.Usage.UNKNOWN);
    }
    rig.loop.advance(1);
    assertThat(rig.retries.of("home", rig.loop.nanos()).firstTokens().medianNanos(rig.loop.nanos())).isBetween(3 * SECOND, 4 * SECOND);
  }

  @Test
  @DisplayName("R1.7 every other target comes first, at once; only then the wait, and the first again")
  void othersFirst() {
    rig.health.endpoints("home", List.of(LineRig.endpoint("home", "h1"), LineRig.endpoint("home", "h2")));
    fails(BUSY).fails(BUSY).fails(BUSY).answers();
    RecordingSink sink = walk(Ask.harmless());
    assertThat(rig.upstreams.sent).extracting(Sent::upstream).containsExactly("cloud", "home", "home", "cloud");
    assertThat(rig.upstreams.sent.subList(0, 3)).extracting(Sent::endpoint).doesNotHaveDuplicates();
    assertThat(atSeconds).containsExactly(0L, 0L, 0L, 1L);
    assertThat(sink.json).isEqualTo(ANSWER);
  }

  @Test
  @DisplayName("G1 A3 R1.7 however often it waits and returns, restricted content goes to no PUBLIC target")
  void waitingWidensNothing() {
    fails(BUSY).fails(RATE_LIMITED).fails(BUSY).fails(BUSY);
    refused(walk(Ask.restricted()), Refusal.BUSY);
    assertThat(rig.upstreams.sentTo(Zone.PUBLIC)).isFalse();
    assertThat(rig.audit.candidates).containsExactly(List.of("home"));
  }

  @Test
  @DisplayName("R1.7 a request that finds everybody out for a moment waits for the first to open: no attempt, nothing paid, nobody added")
  void waitsForTheFirstToOpen() {
    terms(policy(Backoff.EXPONENTIAL), 0, Long.MAX_VALUE);
    rig.config = attempts(1);
    rig.down("home");
    answers();
    assertThat(walk(Ask.restricted()).json).isEqualTo(ANSWER);
    assertThat(atSeconds).containsExactly(1L);
    assertThat(rig.audit.candidates).containsExactly(List.of("home"));
    terms(policy(Backoff.NONE), 0, Long.MAX_VALUE);
    rig.down("home");
    refused(rig.walk(Ask.restricted()), Refusal.NO_PERMITTED_UPSTREAM);
  }

  @Test
  @DisplayName("R1.7 who comes after a model server said it was loading, and then refused, waits until it is asked again")
  void waitsForWhoLoads() {
    rig.health.failed(rig.health.endpoints("home").get(0), AttemptFailure.of(Kind.LOADING));
    rig.down("home");
    rig.loop.advance(3 * SECOND / 2);
    answers();
    assertThat(walk(Ask.restricted()).json).isEqualTo(ANSWER);
    assertThat(atNanos).containsExactly(5 * SECOND / 2);
  }

  @Test
  @DisplayName("R1.7 once sent away and then finding nobody, it waits for one who has come back; it is asked in time or told")
  void findsNobodyOnReturn() {
    fails(BUSY).answers();
    RecordingSink sink = rig.walk(Ask.restricted());
    rig.loop.advance(SECOND / 2);
    rig.down("home");
    rig.loop.advance(Duration.ofMinutes(1).toNanos());
    assertThat(sink.json).isEqualTo(ANSWER);
    assertThat(rig.upstreams.sent).hasSize(2);
  }

  @Test
  @DisplayName("R1.7 where all have been out for half a minute nobody waits; where time is short neither")
  void noWaitForTheBroken() {
    Balancer probing = new Balancer(rig.health);
    rig.down("home");
    for (int second = 0; second < 33; second++) {
      rig.loop.advance(SECOND);
      probing.pick("home", Set.of()).ifPresent(endpoint -> rig.health.failed(endpoint, AttemptFailure.of(Kind.CONNECT_REFUSED)));
    }
    refused(rig.walk(Ask.restricted()), Refusal.NO_PERMITTED_UPSTREAM);
    rig.loop.advance(10 * SECOND);
    answers();
    assertThat(rig.walk(Ask.restricted()).json).isEqualTo(ANSWER);
    rig.down("home");
    refused(rig.walk(Ask.restricted().within(SECOND / 2)), Refusal.NO_PERMITTED_UPSTREAM);
  }

  @Test
  @DisplayName("R1.8 a refused stream is tried again at once, once, without budget and without counting as an attempt")
  void refusedStreamIsFree() {
    terms(policy(Backoff.EXPONENTIAL), 0, Long.MAX_VALUE);
    rig.config = attempts(1);
    fails(REFUSED_STREAM).answers();
    assertThat(rig.walk(Ask.restricted()).json).isEqualTo(ANSWER);
    assertThat(rig.upstreams.sent).extracting(Sent::endpoint).containsExactly("h1", "h1");
    fails(REFUSED_STREAM).fails(REFUSED_STREAM);
    refused(rig.walk(Ask.restricted()), Refusal.UPSTREAM_FAILED);
  }

  @Test
  @DisplayName("R1.8 it leaves the request as many attempts as it had")
  void refusedStreamIsNotCounted() {
    rig.config = attempts(2);
    fails(REFUSED_STREAM).fails(BUSY).answers();
    assertThat(walk(Ask.restricted()).json).isEqualTo(ANSWER);
    assertThat(atSeconds).containsExactly(0L, 0L, 1L);
  }

  @Test
  @DisplayName("R1.8 where there is another endpoint, that one is asked")
  void refusedStreamElsewhere() {
    rig.health.endpoints("home", List.of(LineRig.endpoint("home", "h1"), LineRig.endpoint("home", "h2")));
    fails(REFUSED_STREAM).answers();
    walk(Ask.restricted());
    assertThat(rig.upstreams.sent).extracting(Sent::endpoint).doesNotHaveDuplicates();
  }

  @Test
  @DisplayName("R1.10 a body above the bound is served, and not sent twice")
  void largeBodyIsSentOnce() {
    String large = "SECRETWORD " + "x ".repeat(128 << 10);
    answers();
    RecordingSink served = rig.walk(Ask.about(large));
    rig.runPool();
    assertThat(served.json).isEqualTo(ANSWER);
    fails(BUSY);
    RecordingSink unserved = rig.walk(Ask.about(large));
    rig.runPool();
    refused(unserved, Refusal.BUSY);
    assertThat(rig.meters.retriesRefused).containsExactly(RetryRefusal.BODY);
  }

  @Test
  @DisplayName("R1.10 the bound on all bodies together: whoever comes last is served, and not sent twice")
  void bodiesTogether() {
    terms(policy(Backoff.EXPONENTIAL), 10, 150);
    rig.upstreams.hold();
    RecordingSink waiting = rig.sink();
    Line.Walk first = rig.begin(Ask.restricted(), waiting);
    fails(BUSY);
    refused(rig.walk(Ask.restricted()), Refusal.BUSY);
    assertThat(rig.meters.retriesRefused).containsExactly(RetryRefusal.BODY);
    waiting.gone();
    first.cancel();
    fails(BUSY).answers();
    assertThat(walk(Ask.restricted()).json).as("room again").isEqualTo(ANSWER);
  }

  @Test
  @DisplayName("R1.10 a body that nobody has begun to read costs nothing to send again")
  void unreadBody() {
    terms(policy(Backoff.EXPONENTIAL), 10, 0);
    rig.health.endpoints("home", List.of(LineRig.endpoint("home", "h1"), LineRig.endpoint("home", "h2")));
    fails(CONNECT_REFUSED).answers();
    assertThat(rig.walk(Ask.restricted()).json).isEqualTo(ANSWER);
  }

  @Test
  @DisplayName("G5 a caller that leaves during the wait takes its timer with it, and nothing is sent after")
  void leavesDuringTheWait() {
    fails(BUSY);
    RecordingSink sink = rig.sink();
    Line.Walk walk = rig.begin(Ask.restricted(), sink);
    assertThat(rig.loop.pendingTimers()).isEqualTo(1);
    sink.gone();
    walk.cancel();
    assertThat(rig.loop.pendingTimers()).isZero();
    rig.loop.advance(Duration.ofMinutes(1).toNanos());
    assertThat(rig.upstreams.sent).hasSize(1);
  }
}
