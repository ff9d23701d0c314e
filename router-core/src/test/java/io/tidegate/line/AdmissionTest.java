package io.tidegate.line;

import static io.tidegate.line.OverloadRig.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.admission.limit.Ending;
import io.tidegate.admission.queue.QueueRules;
import io.tidegate.admission.queue.Wake;
import io.tidegate.admission.rate.TenantRule;
import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.UpstreamPlaces;
import io.tidegate.line.OverloadRig.Setting;
import io.tidegate.line.OverloadRig.Walked;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Refusal;
import io.tidegate.model.Sensitivity;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests that meet full upstreams, through the production line in virtual time. */
class AdmissionTest {
  private static final String HOME_FIRST = "routes: {internal: {interactive: [private, public], standard: [private, public], batch: [private, public]},"
      + " public: {interactive: [private, public], standard: [private, public], batch: [private, public]}}";
  private static final String BUSY_GOES_OUT = "routes: {internal: {interactive: [private, {to: public, when: busy}], standard: [private, {to: public, when: busy}],"
      + " batch: [private, {to: public, when: busy}]}}";

  private OverloadRig rig = new OverloadRig(Setting.LIMITED);

  private void rig(Setting setting) {
    rig = new OverloadRig(setting);
  }

  @AfterEach
  void aftermath() {
    rig.aftermath();
  }

  private static Ask ask(LatencyClass latencyClass) {
    return Ask.harmless().wish(latencyClass);
  }

  /** The server was busy once: the limit no longer doubles with the first tokens. */
  private void busyOnce() {
    rig.take().close(Ending.BUSY, rig.loop.nanos());
  }

  /** The server takes no more: as many stay in flight as the limit lets, for long. */
  private void fill() {
    busyOnce();
    rig.upstreams.serviceNanos = () -> 100 * SECOND;
    rig.upstreams.target("h1", 1_000);
    while (rig.inFlight() < rig.limit()) {
      rig.ask(ask(LatencyClass.INTERACTIVE));
    }
    rig.upstreams.serviceNanos = () -> 2 * SECOND;
  }

  @Test
  @DisplayName("R7.4 past the bound the answer is 429 busy with Retry-After, at once and before anything was sent")
  void refusedAtOnce() {
    rig(Setting.LIMITED.queue(new QueueRules(0, Map.of(LatencyClass.INTERACTIVE, 0, LatencyClass.STANDARD, 0, LatencyClass.BATCH, 0),
        QueueRules.DEFAULT.targetNanos())));
    fill();
    int sent = rig.upstreams.sent;
    Walked refused = rig.ask(ask(LatencyClass.BATCH));
    rig.loop.run();
    ErrorAnswer error = refused.sink.error;
    assertThat(error).isNotNull();
    assertThat(error.refusal()).isEqualTo(Refusal.BUSY);
    assertThat(error.httpStatus()).isEqualTo(429);
    assertThat(error.retryAfterSeconds()).isBetween(1, 60);
    assertThat(refused.endNanos).isEqualTo(refused.sentNanos);
    assertThat(rig.upstreams.sent).isEqualTo(sent);
    assertThat(rig.room.called(LatencyClass.BATCH, Wake.FULL)).as("turned away, and counted, once").isEqualTo(1);
  }

  @Test
  @DisplayName("R7.4 a request that waits is served when a place is freed, interactive before batch")
  void servedInOrder() {
    fill();
    Walked batch = rig.ask(ask(LatencyClass.BATCH));
    Walked interactive = rig.ask(ask(LatencyClass.INTERACTIVE));
    rig.loop.advance(SECOND / 2);
    assertThat(batch.sink.calls).isEmpty();
    UpstreamPlaces.LimitStatus home = rig.health.places().limits().get(0);
    assertThat(home.inFlight()).isEqualTo(home.limit());
    rig.loop.advance(200 * SECOND);
    assertThat(interactive.refused(Refusal.BUSY)).as("nothing was freed in the ten seconds it could wait").isTrue();
    assertThat(batch.answered()).isTrue();
  }

  @Test
  @DisplayName("R2.7 batches fill an upstream but for what is kept for others: an interactive request has its place at once, and one batch after the other its own")
  void batchesLeaveRoom() {
    busyOnce();
    rig.upstreams.target("h1", 1_000);
    rig.upstreams.serviceNanos = () -> 2 * SECOND;
    rig.health.places().reserve(limit -> 2);
    int limit = rig.limit();
    assertThat(limit).as("the limit to begin with").isGreaterThan(2);
    for (int i = 0; i < limit; i++) {
      rig.ask(ask(LatencyClass.BATCH));
    }
    rig.loop.run();
    assertThat(rig.inFlight()).isEqualTo(limit - 2);
    assertThat(rig.room.depth(LatencyClass.BATCH)).isEqualTo(2);
    Walked interactive = rig.ask(ask(LatencyClass.INTERACTIVE));
    Walked standard = rig.ask(ask(LatencyClass.STANDARD));
    rig.loop.run();
    assertThat(rig.inFlight()).as("nobody waits who is no batch").isEqualTo(limit);
    assertThat(rig.room.depth(LatencyClass.INTERACTIVE) + rig.room.depth(LatencyClass.STANDARD)).isZero();
    rig.loop.advance(20 * SECOND);
    assertThat(interactive.answered() && standard.answered()).isTrue();
    assertThat(rig.walked).allMatch(Walked::answered);
  }

  @Test
  @DisplayName("R7.4 a request whose attempt failed waits for a place, too, where it finds its upstream full when it returns")
  void waitsAfterAFailure() {
    rig(Setting.LIMITED.retrying());
    busyOnce();
    rig.upstreams.target("h1", 1_000);
    rig.upstreams.serviceNanos = () -> 3 * SECOND;
    while (rig.inFlight() < rig.limit() - 1) {
      rig.ask(ask(LatencyClass.STANDARD));
    }
    rig.upstreams.failNext = AttemptFailure.Kind.RESET;
    Walked failed = rig.ask(ask(LatencyClass.STANDARD));
    rig.loop.run();
    assertThat(rig.upstreams.failNext).as("its first attempt has failed").isNull();
    Walked last = rig.ask(ask(LatencyClass.STANDARD));
    assertThat(rig.inFlight()).as("the last place").isEqualTo(rig.limit());
    rig.loop.advance(20 * SECOND);
    assertThat(last.answered()).isTrue();
    assertThat(failed.answered()).isTrue();
    assertThat(rig.upstreams.sent).as("one attempt more than requests").isEqualTo(rig.walked.size() + 1);
  }

  @Test
  @DisplayName("R7.4 in overload with room for a few interactive ones, it is batch that is turned away")
  void shedsBatch() {
    rig(Setting.LIMITED.queue(new QueueRules(50, Map.of(LatencyClass.INTERACTIVE, 50, LatencyClass.STANDARD, 50, LatencyClass.BATCH, 50),
        QueueRules.DEFAULT.targetNanos())));
    rig.offer(30, 60 * SECOND, new SplittableRandom(5), random -> {
      double dice = random.nextDouble();
      return ask(dice < 0.2 ? LatencyClass.INTERACTIVE : dice < 0.5 ? LatencyClass.STANDARD : LatencyClass.BATCH);
    });
    rig.loop.advance(100 * SECOND);
    assertThat(rig.room.called(LatencyClass.INTERACTIVE, Wake.FULL)).isZero();
    assertThat(rig.room.called(LatencyClass.BATCH, Wake.FULL)).isGreaterThan(300);
    assertThat(rig.walked).filteredOn(walk -> walk.latencyClass == LatencyClass.INTERACTIVE).filteredOn(Walked::answered).size()
        .isGreaterThan((int) (0.98 * rig.walked.stream().filter(walk -> walk.latencyClass == LatencyClass.INTERACTIVE).count()));
  }

  @Test
  @DisplayName("R7.8 whose time is over while it waits gets 504, and no upstream ever sees it")
  void expiredBeforeWork() {
    fill();
    int sent = rig.upstreams.sent;
    Walked hurried = rig.ask(ask(LatencyClass.STANDARD).within(3 * SECOND));
    rig.loop.advance(4 * SECOND);
    assertThat(hurried.refused(Refusal.DEADLINE_EXCEEDED)).isTrue();
    assertThat(rig.upstreams.sent).isEqualTo(sent);
  }

  @Test
  @DisplayName("G5 a caller who leaves while its request waits leaves nothing behind, and its place goes to the next")
  void leavesWhileWaiting() {
    rig.upstreams.serviceNanos = () -> 5 * SECOND;
    while (rig.inFlight() < rig.limit()) {
      rig.ask(ask(LatencyClass.STANDARD));
    }
    int sent = rig.upstreams.sent;
    Walked left = rig.ask(ask(LatencyClass.STANDARD));
    Walked stays = rig.ask(ask(LatencyClass.STANDARD));
    assertThat(left.walk).isNotNull();
    left.sink.gone();
    left.walk.cancel();
    assertThat(rig.room.depth(LatencyClass.STANDARD)).isEqualTo(1);
    rig.loop.advance(30 * SECOND);
    assertThat(stays.answered()).isTrue();
    assertThat(rig.upstreams.sent).isEqualTo(sent + 1);
  }

  /** The waits in the one trace that is over and has any. */
  private List<RequestTrace.Timed> waits() {
    return rig.traces.stream().flatMap(trace -> trace.steps().stream()).filter(step -> step.step() == RequestTrace.Step.QUEUE).toList();
  }

  @Test
  @DisplayName("R7.4 a wait in the queue is a step of the trace, as long as it took, and of those only who waited")
  void waitIsTraced() {
    rig.upstreams.serviceNanos = () -> 5 * SECOND;
    while (rig.inFlight() < rig.limit()) {
      rig.ask(ask(LatencyClass.STANDARD));
    }
    rig.loop.advance(SECOND);
    long parked = rig.loop.nanos();
    Walked waits = rig.ask(ask(LatencyClass.STANDARD));
    rig.loop.advance(30 * SECOND);
    assertThat(waits.answered()).isTrue();
    assertThat(rig.traces).hasSizeGreaterThan(2);
    assertThat(waits()).singleElement().satisfies(wait -> {
      assertThat(wait.fromNanos()).isEqualTo(parked);
      assertThat(wait.toNanos() - wait.fromNanos()).as("until the first place was free").isEqualTo(4 * SECOND);
    });
  }

  @Test
  @DisplayName("R7.4 G5 of a caller who leaves while its request waits the trace tells how long it waited")
  void leavingIsTraced() {
    rig.upstreams.serviceNanos = () -> 5 * SECOND;
    while (rig.inFlight() < rig.limit()) {
      rig.ask(ask(LatencyClass.STANDARD));
    }
    Walked left = rig.ask(ask(LatencyClass.STANDARD));
    rig.loop.advance(2 * SECOND);
    left.sink.gone();
    left.walk.cancel();
    assertThat(waits()).singleElement().satisfies(wait -> assertThat(wait.toNanos() - wait.fromNanos()).isEqualTo(2 * SECOND));
  }

  @ParameterizedTest
  @EnumSource(LatencyClass.class)
  @DisplayName("R6.3 G1 while home is full restricted content waits or is refused, and never goes out")
  void restrictedStaysHome(LatencyClass latencyClass) {
    rig(Setting.LIMITED.policy(HOME_FIRST));
    fill();
    int out = rig.upstreams.toPublic;
    Walked walk = rig.ask(Ask.harmless().declared(Sensitivity.RESTRICTED).wish(latencyClass));
    rig.loop.advance(3_000 * SECOND);
    assertThat(walk.sink.over()).isTrue();
    assertThat(walk.sink.route).isNotNull();
    assertThat(walk.sink.route.sensitivity()).isEqualTo(Sensitivity.RESTRICTED);
    assertThat(rig.upstreams.toPublic).isEqualTo(out);
  }

  @Test
  @DisplayName("R6.3 home full: interactive goes out at once, others after they have waited, the earliest deadline first")
  void overflows() {
    rig(Setting.LIMITED.policy(HOME_FIRST));
    fill();
    Walked now = rig.ask(ask(LatencyClass.INTERACTIVE));
    assertThat(rig.upstreams.toPublic).isEqualTo(1);
    Walked late = rig.ask(ask(LatencyClass.STANDARD).within(50 * SECOND));
    Walked soon = rig.ask(ask(LatencyClass.STANDARD).within(20 * SECOND));
    rig.loop.advance(19 * SECOND / 10);
    assertThat(rig.upstreams.toPublic).isEqualTo(1);
    rig.upstreams.target("c1", 1);
    rig.loop.advance(10 * SECOND);
    assertThat(rig.upstreams.toPublic).isEqualTo(3);
    assertThat(now.answered() && late.answered() && soon.answered()).isTrue();
    assertThat(soon.endNanos).as("one slot: the earlier deadline went first").isLessThan(late.endNanos);
    assertThat(rig.admission.overflowed()).isEqualTo(3);
  }

  @Test
  @DisplayName("R6.3 a step 'when: busy' opens when home is full, and one for 'down' does not")
  void conditions() {
    rig(Setting.LIMITED.policy(BUSY_GOES_OUT));
    fill();
    rig.ask(ask(LatencyClass.INTERACTIVE));
    assertThat(rig.upstreams.toPublic).isEqualTo(1);
    rig(Setting.LIMITED.policy(BUSY_GOES_OUT.replace("busy", "down")));
    fill();
    rig.ask(ask(LatencyClass.INTERACTIVE));
    assertThat(rig.upstreams.toPublic).isZero();
  }

  @Test
  @DisplayName("R6.3 after a burst everything is at home again within 30 s, and most of the burst stayed there")
  void backAfterTheBurst() {
    rig(Setting.LIMITED.policy(HOME_FIRST));
    SplittableRandom random = new SplittableRandom(9);
    rig.offer(5, 60 * SECOND, random, any -> ask(LatencyClass.STANDARD));
    assertThat(rig.admission.overflowed()).as("below its limit nothing leaves home").isZero();
    rig.offer(30, 60 * SECOND, random, any -> ask(LatencyClass.STANDARD));
    long burst = rig.admission.overflowed();
    assertThat(rig.limit()).as("R7.6 first tokens reach the limit").isBetween(16, 26);
    assertThat(burst).isBetween(600L, 1_500L);
    rig.offer(5, 30 * SECOND, random, any -> ask(LatencyClass.STANDARD));
    long after = rig.admission.overflowed();
    rig.offer(5, 60 * SECOND, random, any -> ask(LatencyClass.STANDARD));
    assertThat(rig.admission.overflowed()).as("30 s after the burst").isEqualTo(after);
    System.out.printf("R6.3 burst of 1800 in 60 s: %d overflowed, %d more in the 30 s after, 0 later%n", burst, after - burst);
  }

  @Test
  @DisplayName("R7.7 an account's cap holds whatever comes, and what waits for it is served")
  void accountCap() {
    rig(Setting.LIMITED.off().accounts(Map.of("cloud", 10)).policy("routes: {internal: {interactive: [public], standard: [public], batch: [public]},"
        + " public: {interactive: [public], standard: [public], batch: [public]}}"));
    for (int i = 0; i < 60; i++) {
      rig.ask(ask(LatencyClass.STANDARD));
    }
    rig.loop.advance(60 * SECOND);
    assertThat(rig.walked).filteredOn(Walked::answered).hasSize(60);
    assertThat(rig.upstreams.target("c1", 1_000).most).isEqualTo(10);
  }

  @Test
  @DisplayName("G8 a tenant over its rate is told so before anything is done for it; its neighbour is served")
  void tenantRate() {
    rig(Setting.LIMITED.tenants(new TenantRule("lab", 1, 2, 0)));
    List<Walked> lab = List.of(rig.ask(Ask.harmless().of("lab")), rig.ask(Ask.harmless().of("lab")), rig.ask(Ask.harmless().of("lab")));
    Walked ward = rig.ask(Ask.harmless().of("ward"));
    assertThat(lab.get(2).refused(Refusal.RATE_LIMITED)).isTrue();
    assertThat(lab.get(2).sink.error).extracting(ErrorAnswer::retryAfterSeconds).isEqualTo(1);
    assertThat(rig.audit.decided).as("the refused one was not decided").hasSize(3);
    rig.loop.advance(10 * SECOND);
    assertThat(lab.get(0).answered() && lab.get(1).answered() && ward.answered()).isTrue();
  }

  @Test
  @DisplayName("G8 tokens are reserved by estimate and settled by usage")
  void tokenBudget() {
    rig(Setting.LIMITED.tenants(new TenantRule("lab", 0, 1, 200)));
    rig.ask(Ask.harmless().of("lab"));
    rig.ask(Ask.harmless().of("lab"));
    Walked third = rig.ask(Ask.harmless().of("lab"));
    assertThat(third.refused(Refusal.RATE_LIMITED)).as("two estimates of more than a hundred use up two hundred").isTrue();
    rig.loop.advance(3 * SECOND);
    Walked fourth = rig.ask(Ask.harmless().of("lab"));
    assertThat(fourth.sink.error).as("each used thirty").isNull();
  }

  @Test
  @DisplayName("R7.2 every way an attempt ends gives its permit back: answered, failed, timed out, left")
  void everyEnding() {
    rig.ask(ask(LatencyClass.STANDARD));
    rig.upstreams.serviceNanos = () -> 4_000 * SECOND;
    Walked timedOut = rig.ask(ask(LatencyClass.STANDARD).within(5 * SECOND));
    Walked left = rig.ask(ask(LatencyClass.STANDARD));
    assertThat(rig.inFlight()).isEqualTo(3);
    left.sink.gone();
    left.walk.cancel();
    assertThat(rig.inFlight()).isEqualTo(2);
    rig.loop.advance(10 * SECOND);
    assertThat(timedOut.sink.over()).isTrue();
    assertThat(rig.inFlight()).isZero();
  }

  @Test
  @DisplayName("R7.6 busy answers lower the limit")
  void busyLowers() {
    int before = rig.limit();
    rig.upstreams.failNext = AttemptFailure.Kind.BUSY;
    rig.ask(ask(LatencyClass.STANDARD));
    rig.loop.run();
    assertThat(rig.limit()).isLessThan(before);
  }
}
