package io.tidegate.dispatch;

import static io.tidegate.dispatch.HealthBoardTest.endpoint;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.admission.limit.Ending;
import io.tidegate.admission.limit.LimitRules;
import io.tidegate.admission.limit.Permit;
import io.tidegate.admission.queue.QueueRules;
import io.tidegate.admission.queue.Waiter;
import io.tidegate.admission.queue.WaitingRoom;
import io.tidegate.admission.queue.Wake;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.dispatch.HealthBoard.HealthRules;
import io.tidegate.fake.FakeLoop;
import io.tidegate.model.Endpoint;
import io.tidegate.model.LatencyClass;
import io.tidegate.time.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An endpoint that is out, and may be asked whether it is well again: who is told that there is a place, and how many. */
class ProbePlacesTest {
  private static final long SECOND = 1_000_000_000L;

  private final FakeLoop loop = new FakeLoop();
  private final HealthBoard board =
      new HealthBoard(loop, new HealthRules(3, 5 * SECOND, 60 * SECOND, 300 * SECOND), new LimitRules(Set.of("vllm"), Map.of(), 1));
  private final Balancer balancer = new Balancer(board);
  private final Endpoint a = endpoint("a", 1);
  private final Endpoint b = endpoint("b", 1);

  private void fail(Endpoint endpoint, Kind kind) {
    board.failed(endpoint, AttemptFailure.of(kind));
  }

  private Optional<Endpoint> pick() {
    return balancer.pick("vllm", Set.of());
  }

  /** What the room tells those who wait. */
  private final class Queue {
    final WaitingRoom room = new WaitingRoom(loop, board.places(), QueueRules.DEFAULT);
    final List<Wake> told = new ArrayList<>();

    void waits(LatencyClass latencyClass) {
      room.offer(new Waiter() {
        @Override
        public Loop loop() {
          return loop;
        }

        @Override
        public void wake(Wake why, String upstream, int retryAfterSeconds) {
          told.add(why);
          assertThat(balancer.pick("vllm", Set.of(), null, "", true)).as("called for a place that is there").isPresent();
          room.arrived("vllm");
        }
      }, new Waiter.Wish(latencyClass, "ward", List.of("vllm"), 0, 0, Long.MAX_VALUE, Long.MAX_VALUE / 2));
    }
  }

  @Test
  @DisplayName("R4.8 R7.4 when a probe is due one of those who wait is called, and the others when it went well")
  void oneIsCalled() {
    board.endpoints("vllm", List.of(a, b));
    fail(a, Kind.CONNECT_REFUSED);
    fail(b, Kind.CONNECT_REFUSED);
    Queue queue = new Queue();
    IntStream.range(0, 3).forEach(i -> queue.waits(LatencyClass.INTERACTIVE));
    loop.advance(SECOND / 2);
    assertThat(queue.told).isEmpty();
    loop.advance(SECOND);
    assertThat(queue.told).as("b was the last one, out for a second").containsExactly(Wake.GRANTED);
    loop.advance(SECOND);
    assertThat(queue.told).as("while it is probed").hasSize(1);
    board.succeeded(b);
    loop.advance(SECOND);
    assertThat(queue.told).containsExactly(Wake.GRANTED, Wake.GRANTED, Wake.GRANTED);
  }

  @Test
  @DisplayName("R4.8 R7.4 an endpoint that is due has one place, taken once the probe is under way; one that is well has all its own")
  void onePlace() {
    board.endpoints("vllm", List.of(a, b));
    int each = board.places().free("vllm") / 2;
    assertThat(each).isGreaterThan(1);
    fail(a, Kind.CONNECT_REFUSED);
    assertThat(board.places().free("vllm")).isEqualTo(each);
    loop.advance(5 * SECOND);
    assertThat(board.places().free("vllm")).isEqualTo(each + 1);
    assertThat(pick()).contains(a);
    assertThat(board.places().free("vllm")).isEqualTo(each);
    board.succeeded(a);
    assertThat(board.places().free("vllm")).isEqualTo(2 * each);
  }

  @Test
  @DisplayName("R4.8 where nothing is limited an endpoint that is due has one place, too")
  void unlimited() {
    HealthBoard open = new HealthBoard(loop, new HealthRules(3, 5 * SECOND, 60 * SECOND, 300 * SECOND));
    open.endpoints("vllm", List.of(a));
    open.failed(a, AttemptFailure.of(Kind.CONNECT_REFUSED));
    assertThat(open.places().free("vllm")).isZero();
    loop.advance(SECOND);
    assertThat(open.places().free("vllm")).isEqualTo(1);
  }

  @Test
  @DisplayName("R2.7 R4.8 the only place of an upstream whose endpoints are out is kept from no batch: at night nobody else would find out that it is well")
  void batchesProbe() {
    board.endpoints("vllm", List.of(a, b));
    board.places().reserve(limit -> limit / 2);
    fail(a, Kind.CONNECT_REFUSED);
    fail(b, Kind.CONNECT_REFUSED);
    Queue queue = new Queue();
    queue.waits(LatencyClass.BATCH);
    loop.advance(SECOND + WaitingRoom.LOOK_NANOS);
    assertThat(queue.told).containsExactly(Wake.GRANTED);
    board.succeeded(b);
    int well = board.places().free("vllm");
    assertThat(board.places().free("vllm", LatencyClass.BATCH)).as("half of those at b, and none for a, which is out").isEqualTo(well - well / 2);
  }

  @Test
  @DisplayName("R2.7 R4.8 a batch that was not called, and finds an endpoint due, has the one place there is")
  void batchComesBy() {
    board.endpoints("vllm", List.of(a));
    board.places().reserve(limit -> limit / 2);
    fail(a, Kind.CONNECT_REFUSED);
    loop.advance(SECOND);
    assertThat(board.places().keptFromBatches("vllm")).isFalse();
    assertThat(pick()).contains(a);
    assertThat(board.places().admit(a, false, true)).isNotNull();
  }

  @Test
  @DisplayName("R1.6 an endpoint that said it was loading and then refused is waited for until it is asked again, and not called open before")
  void loadingThenRefused() {
    board.endpoints("vllm", List.of(a));
    fail(a, Kind.LOADING);
    fail(a, Kind.CONNECT_REFUSED);
    loop.advance(SECOND);
    assertThat(pick()).isEmpty();
    assertThat(board.isOpen("vllm")).isFalse();
    assertThat(board.places().free("vllm")).isZero();
    assertThat(board.opensInNanos("vllm")).isEqualTo(SECOND);
    loop.advance(SECOND);
    assertThat(board.opensInNanos("vllm")).isZero();
    assertThat(board.isOpen("vllm")).isTrue();
    assertThat(pick()).contains(a);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5})
  @DisplayName("R1.6 R4.8 whatever came before: where a place is said to be open, or free, somebody is picked, and has it")
  void saidAndDone(int count) {
    SplittableRandom random = new SplittableRandom(count);
    List<Endpoint> all = IntStream.range(0, count).mapToObj(i -> endpoint("e" + i, 1)).toList();
    board.endpoints("vllm", all);
    all.forEach(endpoint -> board.told(endpoint, new ServerLoad(2, 0, 0)));
    Kind[] kinds = {Kind.LOADING, Kind.BUSY, Kind.CONNECT_REFUSED, Kind.RESET, Kind.SERVER_ERROR, Kind.RATE_LIMITED, Kind.CANCELLED};
    List<Permit> taken = new ArrayList<>();
    int open = 0;
    int shut = 0;
    for (int i = 0; i < 20_000; i++) {
      Endpoint any = all.get(random.nextInt(count));
      switch (random.nextInt(8)) {
        case 0, 1 -> fail(any, kinds[random.nextInt(kinds.length)]);
        case 2, 3 -> board.succeeded(any);
        case 4, 5 -> loop.advance(random.nextLong(3 * SECOND));
        case 6 -> board.probed(any, random.nextBoolean());
        default -> {
          if (!taken.isEmpty()) {
            taken.remove(random.nextInt(taken.size())).close(Ending.OTHER, loop.nanos());
          }
        }
      }
      boolean isOpen = board.isOpen("vllm");
      boolean isFree = board.places().free("vllm") > 0;
      Optional<Endpoint> picked = isOpen || isFree ? pick() : Optional.empty();
      assertThat(picked.isPresent()).as("step %d: open %s, free %s", i, isOpen, isFree).isEqualTo(isOpen || isFree);
      picked.map(endpoint -> board.places().admit(endpoint, false, false)).ifPresent(taken::add);
      open += picked.isPresent() ? 1 : 0;
      shut += picked.isPresent() ? 0 : 1;
    }
    assertThat(Math.min(open, shut)).as("both were seen often").isGreaterThan(1_000);
  }

  @Test
  @DisplayName("R4.8 R2.7 a batch that meets an endpoint on trial gives nothing back: that would end the trial of another")
  void batchLeavesTrialsAlone() {
    board.endpoints("vllm", List.of(a, b));
    board.places().reserve(limit -> 1);
    fail(a, Kind.CONNECT_REFUSED);
    fail(b, Kind.CONNECT_REFUSED);
    loop.advance(SECOND);
    Endpoint probed = pick().orElseThrow();
    assertThat(state(probed)).isEqualTo(EndpointHealth.State.PROBING);
    assertThat(board.places().admit(probed, false, true)).isNotNull();
    assertThat(state(probed)).isEqualTo(EndpointHealth.State.PROBING);
    board.succeeded(probed);
    assertThat(state(probed)).isEqualTo(EndpointHealth.State.HEALTHY);
  }

  @Test
  @DisplayName("R4.8 R7.4 a place that was kept since the pick does not end the probe that was picked: whoever was called waits until it is known")
  void keptSinceThePick() {
    board.endpoints("vllm", List.of(a));
    fail(a, Kind.CONNECT_REFUSED);
    loop.advance(SECOND);
    Endpoint probed = pick().orElseThrow();
    board.places().keep("vllm");
    assertThat(board.places().admit(probed, false, false)).isNotNull();
    assertThat(state(probed)).isEqualTo(EndpointHealth.State.PROBING);
  }

  @Test
  @DisplayName("R7.2 an endpoint that went between the pick and the place is not asked outside of every limit")
  void goneSinceThePick() {
    board.endpoints("vllm", List.of(a, b));
    Endpoint picked = pick().orElseThrow();
    board.endpoints("vllm", picked.equals(a) ? List.of(b) : List.of(a));
    assertThat(board.places().admit(picked, false, false)).isNull();
    assertThat(board.places().admit(picked.equals(a) ? b : a, false, false)).isNotNull();
  }

  private EndpointHealth.State state(Endpoint endpoint) {
    return java.util.Objects.requireNonNull(board.slot(endpoint)).health().state();
  }
}
