package io.tidegate.line;

import static io.tidegate.line.OverloadRig.SECOND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.admission.limit.Ending;
import io.tidegate.admission.limit.Permit;
import io.tidegate.admission.queue.Ticket;
import io.tidegate.admission.queue.Waiter;
import io.tidegate.admission.queue.Wake;
import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.Balancer;
import io.tidegate.fake.FakeLoop;
import io.tidegate.line.OverloadRig.Setting;
import io.tidegate.line.OverloadRig.Walked;
import io.tidegate.model.Endpoint;
import io.tidegate.model.Hints;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Refusal;
import io.tidegate.model.Sensitivity;
import io.tidegate.time.Loop;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests between being called to a place and having it, and others that come just then: what one loop does between two steps of another's. */
class CalledTest {
  private OverloadRig rig = new OverloadRig(Setting.LIMITED);

  private void rig(int places) {
    rig = new OverloadRig(Setting.LIMITED.accounts(Map.of("home", places)));
  }

  @AfterEach
  void aftermath() {
    rig.aftermath();
  }

  private static Ask ask(LatencyClass latencyClass) {
    return Ask.harmless().wish(latencyClass);
  }

  @Test
  @DisplayName("R7.4 who was called keeps its place until it has it: nobody behind it is called to that place meanwhile, and the order holds")
  void keptUntilTaken() {
    rig(1);
    rig.meanwhile = rig.room::freed;
    rig.ask(ask(LatencyClass.INTERACTIVE));
    Walked batch = rig.ask(ask(LatencyClass.BATCH));
    Walked standard = rig.ask(ask(LatencyClass.STANDARD));
    List<Walked> waiting = List.of(rig.ask(ask(LatencyClass.INTERACTIVE)), rig.ask(ask(LatencyClass.INTERACTIVE)), standard, batch);
    rig.loop.advance(20 * SECOND);
    assertThat(waiting).allMatch(Walked::answered).extracting(walk -> walk.endNanos).isSorted();
    for (LatencyClass each : LatencyClass.values()) {
      assertThat(rig.room.called(each, Wake.GRANTED)).as("called once each: %s", each).isEqualTo(each == LatencyClass.INTERACTIVE ? 2 : 1);
    }
  }

  @Test
  @DisplayName("R2.7 a batch that was called takes its place, and not what is kept for others")
  void calledBatch() {
    rig(3);
    rig.health.places().reserve(limit -> 1);
    rig.ask(ask(LatencyClass.BATCH));
    rig.loop.advance(SECOND);
    rig.ask(ask(LatencyClass.BATCH));
    Walked third = rig.ask(ask(LatencyClass.BATCH));
    rig.loop.advance(3 * SECOND);
    assertThat(rig.room.called(LatencyClass.BATCH, Wake.GRANTED)).as("called once").isEqualTo(1);
    assertThat(third.endNanos).as("it began where the first ended").isEqualTo(4 * SECOND + rig.walked.get(0).sentNanos);
  }

  @Test
  @DisplayName("R7.4 fewer places than were called: whoever was called first has the place, nobody steps back for one behind it")
  void fewerPlacesThanCalled() {
    rig(2);
    List<Permit> both = List.of(rig.take(), rig.take());
    Walked batch = rig.ask(ask(LatencyClass.BATCH));
    Walked interactive = rig.ask(ask(LatencyClass.INTERACTIVE));
    rig.loop.run();
    both.forEach(permit -> permit.close(Ending.OTHER, rig.loop.nanos()));
    rig.health.places().accountPart("home", 1);
    rig.loop.advance(20 * SECOND);
    assertThat(List.of(interactive, batch)).allMatch(Walked::answered).extracting(walk -> walk.endNanos).isSorted();
    assertThat(interactive.endNanos).as("at once").isEqualTo(2 * SECOND);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  @DisplayName("R7.4 whenever a place is freed while a newcomer looks, it is the place of who waits")
  void newcomer(int look) {
    rig(1);
    Permit taken = rig.take();
    Walked waits = rig.ask(ask(LatencyClass.INTERACTIVE));
    rig.loop.run();
    rig.atLook(look, () -> taken.close(Ending.OTHER, rig.loop.nanos()));
    Walked comes = rig.ask(ask(LatencyClass.STANDARD));
    rig.loop.advance(9 * SECOND);
    assertThat(List.of(waits, comes)).allMatch(Walked::answered).extracting(walk -> walk.endNanos).isSorted();
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("R7.4 a place that is freed on another loop than the queue's is not a newcomer's of the same class or a lower one, before the queue has heard of it")
  void freedElsewhere(LatencyClass newcomer) {
    FakeLoop elsewhere = new FakeLoop(1);
    rig = new OverloadRig(Setting.LIMITED.accounts(Map.of("home", 1)), new Apart(elsewhere));
    Permit taken = rig.take();
    Walked waits = rig.ask(ask(LatencyClass.STANDARD));
    elsewhere.run();
    taken.close(Ending.OTHER, rig.loop.nanos());
    Walked comes = rig.ask(ask(newcomer));
    for (int i = 0; i < 900; i++) {
      elsewhere.advance(SECOND / 100);
      rig.loop.advance(SECOND / 100);
    }
    assertThat(List.of(waits, comes)).allMatch(Walked::answered);
    assertThat(waits.endNanos < comes.endNanos).as("who waits has the place").isEqualTo(newcomer != LatencyClass.INTERACTIVE);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @DisplayName("R1.6 R7.4 an upstream that is down while requests wait for it is down for newcomers, and not full")
  void downWhileOthersWait(boolean anotherStep) {
    FakeLoop elsewhere = new FakeLoop(1);
    rig = new OverloadRig(Setting.LIMITED.accounts(Map.of("home", 1)).policy("routes: {internal: {interactive: [private], standard: [private"
        + (anotherStep ? ", {to: public, when: down}" : "") + "], batch: [private]}}"), new Apart(elsewhere));
    Permit taken = rig.take();
    rig.ask(ask(LatencyClass.STANDARD));
    elsewhere.run();
    rig.health.failed(LineRig.endpoint("home", "h1"), AttemptFailure.of(AttemptFailure.Kind.CONNECT_REFUSED));
    taken.close(Ending.OTHER, rig.loop.nanos());
    Walked comes = rig.ask(ask(LatencyClass.STANDARD));
    rig.loop.run();
    if (anotherStep) {
      assertThat(rig.upstreams.toPublic).as("the step for 'down', at once").isPositive();
    } else {
      assertThat(comes.refused(Refusal.NO_PERMITTED_UPSTREAM)).isTrue();
    }
    for (int i = 0; i < 900; i++) {
      elsewhere.advance(SECOND / 10);
      rig.loop.advance(SECOND / 10);
    }
  }

  @Test
  @DisplayName("R7.4 where endpoints of a place take different requests, nobody stands behind those who wait for another one")
  void anotherEndpoint() {
    FakeLoop elsewhere = new FakeLoop(1);
    rig = new OverloadRig(Setting.LIMITED, new Apart(elsewhere));
    Hints small = new Hints(Sensitivity.RESTRICTED, Set.of(), 100_000, 1);
    Endpoint large = LineRig.endpoint("home", "h1").with(new Hints(Sensitivity.RESTRICTED, Set.of(), 200_000, 1));
    rig.health.endpoints("home", List.of(large, LineRig.endpoint("home", "h2").with(small)));
    rig.upstreams.target("h2", 20);
    Ticket waits = rig.room.offer(new Nobody(rig.loop), new Waiter.Wish(LatencyClass.STANDARD, "ward", List.of("home"), 0, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE));
    elsewhere.run();
    rig.ask(ask(LatencyClass.STANDARD));
    rig.loop.run();
    assertThat(rig.upstreams.sent).isEqualTo(1);
    rig.room.withdraw(waits);
    elsewhere.run();
  }

  private record Nobody(Loop loop) implements Waiter {
    @Override
    public void wake(Wake why, String upstream, int retryAfterSeconds) {}
  }

  /** Nobody is on it but itself. */
  private record Apart(FakeLoop loop) implements Loop {
    @Override
    public void execute(Runnable task) {
      loop.execute(task);
    }

    @Override
    public boolean inLoop() {
      return false;
    }

    @Override
    public Timer schedule(Runnable task, long delayNanos) {
      return loop.schedule(task, delayNanos);
    }

    @Override
    public int index() {
      return loop.index();
    }

    @Override
    public long nanos() {
      return loop.nanos();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  @DisplayName("R7.4 a newcomer that saw a free place gives it back where somebody was called to it before it was taken")
  void overtaken(int look) {
    rig(1);
    Permit taken = rig.take();
    Walked waits = rig.ask(ask(LatencyClass.INTERACTIVE));
    rig.loop.run();
    // The room has not heard yet that it is free.
    rig.health.places().whenFreed(() -> { });
    taken.close(Ending.OTHER, rig.loop.nanos());
    rig.health.places().whenFreed(rig.room::freed);
    rig.atLook(look, rig.room::freed);
    Walked comes = rig.ask(ask(LatencyClass.STANDARD));
    assertThat(rig.room.called(LatencyClass.INTERACTIVE, Wake.GRANTED)).as("it was while the newcomer looked").isEqualTo(1);
    rig.loop.advance(9 * SECOND);
    assertThat(List.of(waits, comes)).allMatch(Walked::answered).extracting(walk -> walk.endNanos).isSorted();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  @DisplayName("R2.7 two batches that look at once do not take together what is kept for others")
  void twoBatches(int look) {
    rig(4);
    rig.health.places().reserve(limit -> 1);
    List<Permit> two = List.of(rig.take(), rig.take());
    Permit[] third = {null};
    rig.atLook(look, () -> third[0] = rig.health.places().admit(LineRig.endpoint("home", "h1"), false, true));
    Walked batch = rig.ask(ask(LatencyClass.BATCH));
    assertThat(rig.health.places().limits()).filteredOn(limit -> limit.endpoint().isEmpty()).as("one place of the account is left free").singleElement()
        .matches(account -> account.inFlight() <= 3);
    rig.looked = () -> { };
    two.forEach(permit -> permit.close(Ending.OTHER, rig.loop.nanos()));
    if (third[0] != null) {
      third[0].close(Ending.OTHER, rig.loop.nanos());
    }
    rig.loop.advance(20 * SECOND);
    assertThat(batch.answered()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6})
  @DisplayName("G1 R7.4 a place freed while it is asked why there was none: that upstream is not down, the request has its answer there, and no step for 'down' opens")
  void freedMeanwhile(int look) {
    rig = new OverloadRig(Setting.LIMITED.accounts(Map.of("home", 1)).policy("routes: {internal: {interactive: [private, {to: public, when: down}],"
        + " standard: [private, {to: public, when: down}], batch: [private, {to: public, when: down}]}}"));
    Permit taken = rig.take();
    boolean[] freed = {false};
    rig.atLook(look, () -> {
      taken.close(Ending.OTHER, rig.loop.nanos());
      freed[0] = true;
    });
    Walked comes = rig.ask(ask(LatencyClass.INTERACTIVE));
    rig.loop.advance(3 * SECOND);
    if (!freed[0]) {
      taken.close(Ending.OTHER, rig.loop.nanos());
    }
    rig.loop.advance(6 * SECOND);
    assertThat(comes.answered()).isTrue();
    assertThat(rig.upstreams.toPublic).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  @DisplayName("R1.6 R4.8 an endpoint that is well again while a request looks whether it is: the request is not told that it is down")
  void wellMeanwhile(int look) {
    rig = new OverloadRig(Setting.LIMITED.retrying());
    Endpoint home = LineRig.endpoint("home", "h1");
    rig.health.failed(home, AttemptFailure.of(AttemptFailure.Kind.CONNECT_REFUSED));
    rig.loop.advance(5 * SECOND);
    assertThat(new Balancer(rig.health).pick("home", Set.of())).as("somebody else tries it").contains(home);
    rig.atLook(look, () -> rig.health.succeeded(home));
    Walked comes = rig.ask(ask(LatencyClass.INTERACTIVE));
    rig.loop.advance(SECOND / 10);
    rig.health.succeeded(home);
    rig.loop.advance(9 * SECOND);
    assertThat(comes.answered()).isTrue();
  }

  @Test
  @DisplayName("E6 what the virtual machine cannot go on after, thrown while a called request begins, leaves no place kept for nobody")
  void keptForNobody() {
    rig(1);
    Permit taken = rig.take();
    Walked waits = rig.ask(ask(LatencyClass.INTERACTIVE));
    rig.loop.run();
    rig.meanwhile = () -> {
      throw new OutOfMemoryError("direct memory");
    };
    taken.close(Ending.OTHER, rig.loop.nanos());
    assertThatThrownBy(rig.loop::run).isInstanceOf(OutOfMemoryError.class);
    rig.meanwhile = () -> { };
    assertThat(rig.health.places().free("home")).isEqualTo(1);
    assertThat(waits.sink.over()).isTrue();
    assertThat(rig.meters.defects).hasSize(1);
    rig.meters.defects.clear();
  }
}
