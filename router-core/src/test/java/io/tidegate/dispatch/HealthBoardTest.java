package io.tidegate.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.dispatch.EndpointHealth.State;
import io.tidegate.dispatch.HealthBoard.HealthRules;
import io.tidegate.model.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HealthBoardTest {
  private static final long SECOND = 1_000_000_000L;

  private volatile long now = -5 * SECOND;
  private final HealthBoard board = new HealthBoard(() -> now, new HealthRules(3, 5 * SECOND, 60 * SECOND, 300 * SECOND));
  private final Balancer balancer = new Balancer(board);
  private final Endpoint a = endpoint("a", 1);
  private final Endpoint b = endpoint("b", 1);

  static Endpoint endpoint(String id, int weight) {
    return new Endpoint("vllm", id, "10.0.0.1", 8000, weight, false);
  }

  private State state(Endpoint endpoint) {
    return status(endpoint).state();
  }

  private EndpointStatus status(Endpoint endpoint) {
    return board.snapshot().get("vllm").stream().filter(s -> s.endpoint().id().equals(endpoint.id())).findFirst().orElseThrow();
  }

  private void fail(Endpoint endpoint, Kind kind, int times) {
    for (int i = 0; i < times; i++) {
      board.failed(endpoint, AttemptFailure.of(kind));
    }
  }

  @ParameterizedTest
  @EnumSource(value = Kind.class, names = {"CONNECT_TIMEOUT", "TLS", "RESET", "FIRST_TOKEN_TIMEOUT", "IDLE_TIMEOUT", "SERVER_ERROR",
      "PROTOCOL", "INCOMPLETE"})
  @DisplayName("R4.8 three failures in a row that speak of the endpoint eject it")
  void consecutiveFailuresEject(Kind kind) {
    board.endpoints("vllm", List.of(a));
    fail(a, kind, 2);
    board.succeeded(a);
    fail(a, kind, 2);
    assertThat(state(a)).isEqualTo(State.HEALTHY);
    fail(a, kind, 1);
    assertThat(state(a)).isEqualTo(State.EJECTED);
    assertThat(status(a).lastFailure()).isEqualTo(kind);
    assertThat(status(a).consecutiveFailures()).isEqualTo(3);
    assertThat(status(a).ejectedForNanos()).as("it is the last").isEqualTo(SECOND);
  }

  @Test
  @DisplayName("R4.8 the last that was well is out for a fifth of the time, doubling up to it, as long as nobody else is well")
  void theLastOne() {
    board.endpoints("vllm", List.of(a, b));
    board.failed(a, AttemptFailure.of(Kind.CONNECT_REFUSED));
    assertThat(status(a).ejectedForNanos()).isEqualTo(5 * SECOND);
    board.failed(b, AttemptFailure.of(Kind.CONNECT_REFUSED));
    for (long seconds : new long[] {1, 2, 4, 5, 5}) {
      assertThat(status(b).ejectedForNanos()).isEqualTo(seconds * SECOND);
      now += seconds * SECOND;
      assertThat(balancer.pick("vllm", Set.of("a"))).contains(b);
      assertThat(balancer.pick("vllm", Set.of("a"))).as("one at a time").isEmpty();
      board.failed(b, AttemptFailure.of(Kind.CONNECT_REFUSED));
    }
    assertThat(balancer.pick("vllm", Set.of())).contains(a);
    board.succeeded(a);
    now += 5 * SECOND;
    assertThat(balancer.pick("vllm", Set.of("a"))).contains(b);
    board.failed(b, AttemptFailure.of(Kind.CONNECT_REFUSED));
    assertThat(status(b).ejectedForNanos()).as("another is well").isEqualTo(60 * SECOND);
  }

  @Test
  @DisplayName("R1.6 an upstream opens when the first of its endpoints may be asked; never if all have been out for half a minute, or the account is refused")
  void opensIn() {
    assertThat(board.opensInNanos("vllm")).as("no endpoint").isEqualTo(Long.MAX_VALUE);
    board.endpoints("vllm", List.of(a, b));
    assertThat(board.opensInNanos("vllm")).isZero();
    board.failed(a, AttemptFailure.of(Kind.CONNECT_REFUSED));
    assertThat(board.opensInNanos("vllm")).isZero();
    assertThat(board.isOpen("vllm")).isTrue();
    board.failed(b, AttemptFailure.of(Kind.CONNECT_REFUSED));
    assertThat(board.opensInNanos("vllm")).isEqualTo(SECOND);
    assertThat(board.isOpen("vllm")).isFalse();
    now += 30 * SECOND;
    assertThat(board.opensInNanos("vllm")).isZero();
    now += 1;
    assertThat(board.opensInNanos("vllm")).isEqualTo(Long.MAX_VALUE);
    assertThat(board.isOpen("vllm")).as("for those who come then").isTrue();
    board.endpoints("other", List.of(new Endpoint("other", "c", "10.0.0.3", 8000, 1, false)));
    board.failed(board.endpoints("other").get(0), AttemptFailure.of(Kind.ACCOUNT));
    assertThat(board.opensInNanos("other")).isEqualTo(Long.MAX_VALUE);
  }

  @ParameterizedTest
  @EnumSource(value = Kind.class, names = {"TOTAL_TIMEOUT", "GATE_REFUSED", "POOL_FULL", "REFUSED_STREAM", "REQUEST_REJECTED", "OVERSIZED",
      "CANCELLED", "RATE_LIMITED", "BUSY", "LOADING", "ACCOUNT"})
  @DisplayName("R4.8 what does not speak of the endpoint never ejects it")
  void otherFailuresDoNotEject(Kind kind) {
    board.endpoints("vllm", List.of(a));
    fail(a, kind, 50);
    assertThat(state(a)).isEqualTo(State.HEALTHY);
    assertThat(status(a).consecutiveFailures()).isZero();
  }

  @Test
  @DisplayName("one refused connection moves traffic at once")
  void refusedConnectionEjectsAtOnce() {
    board.endpoints("vllm", List.of(a, b));
    board.failed(a, AttemptFailure.of(Kind.CONNECT_REFUSED));
    for (int i = 0; i < 10; i++) {
      assertThat(balancer.pick("vllm", Set.of())).contains(b);
    }
  }

  @Test
  @DisplayName("A3 with every endpoint out nothing is picked, and the reason is told")
  void nothingIsPickedWhenAllAreOut() {
    board.endpoints("vllm", List.of(a, b));
    board.failed(a, AttemptFailure.of(Kind.CONNECT_REFUSED));
    board.failed(b, AttemptFailure.of(Kind.CONNECT_REFUSED));
    assertThat(balancer.pick("vllm", Set.of())).isEmpty();
    assertThat(balancer.pick("unknown", Set.of())).isEmpty();
    assertThat(board.whyNone("vllm").kind()).isEqualTo(Kind.CONNECT_REFUSED);
    assertThat(board.whyNone("unknown").kind()).isEqualTo(Kind.CONNECT_REFUSED);
  }

  @Test
  @DisplayName("an ejected endpoint gets exactly one probe request, also from many threads")
  void exactlyOneProbe() throws InterruptedException {
    board.endpoints("vllm", List.of(a));
    board.failed(a, AttemptFailure.of(Kind.CONNECT_REFUSED));
    now += SECOND - 1;
    assertThat(balancer.pick("vllm", Set.of())).isEmpty();
    now += 1;
    AtomicInteger given = new AtomicInteger();
    CountDownLatch go = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Thread thread = new Thread(() -> {
        try {
          go.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        given.addAndGet(new Balancer(board).pick("vllm", Set.of()).isPresent() ? 1 : 0);
      });
      thread.start();
      threads.add(thread);
    }
    go.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(given).hasValue(1);
    board.succeeded(a);
    assertThat(balancer.pick("vllm", Set.of())).contains(a);
  }

  @Test
  @DisplayName("a probe that showed nothing is given to another asker soon, but not to everybody in turn")
  void inconclusiveProbeIsGivenAgain() {
    board.endpoints("vllm", List.of(a));
    board.failed(a, AttemptFailure.of(Kind.CONNECT_REFUSED));
    now += 5 * SECOND;
    assertThat(balancer.pick("vllm", Set.of())).contains(a);
    board.failed(a, AttemptFailure.of(Kind.CANCELLED));
    assertThat(balancer.pick("vllm", Set.of())).isEmpty();
    now += 5 * SECOND / 4;
    assertThat(balancer.pick("vllm", Set.of("a"))).isEmpty();
    assertThat(balancer.pick("vllm", Set.of())).contains(a);
  }

  @Test
  @DisplayName("503 while loading: stands behind the others, is still used when alone, and a good probe ends it")
  void loadingIsAvoidedNotEjected() {
    board.endpoints("vllm", List.of(a, b));
    board.failed(a, AttemptFailure.of(Kind.LOADING));
    assertThat(balancer.pick("vllm", Set.of())).contains(b);
    assertThat(balancer.pick("vllm", Set.of())).contains(b);
    assertThat(balancer.pick("vllm", Set.of("b"))).contains(a);
    board.probed(a, true);
    assertThat(status(a).avoidedForNanos()).isZero();
  }

  @Test
  @DisplayName("429: not asked again before the time it named")
  void rateLimitCools() {
    board.endpoints("vllm", List.of(a));
    board.failed(a, new AttemptFailure(Kind.RATE_LIMITED, 429, false, 10_000, null));
    assertThat(balancer.pick("vllm", Set.of())).isEmpty();
    now += 4 * SECOND;
    assertThat(board.whyNone("vllm")).isEqualTo(new AttemptFailure(Kind.RATE_LIMITED, 0, true, 6_000, null));
    now += 6 * SECOND;
    assertThat(balancer.pick("vllm", Set.of())).contains(a);
  }

  @Test
  @DisplayName("R1.3 429: a later one that names less, or nothing, does not shorten what an earlier one named; one that names more lengthens it")
  void rateLimitsKeepTheLatestTime() {
    now = Long.MAX_VALUE - 5 * SECOND;
    HealthBoard limited = new HealthBoard(() -> now, new HealthRules(3, 5 * SECOND, 60 * SECOND, 300 * SECOND));
    limited.endpoints("vllm", List.of(a));
    for (long[] each : new long[][] {{60_000, 60}, {0, 60}, {10_000, 60}, {61_000, 61}, {60_000, 61}}) {
      limited.failed(a, new AttemptFailure(Kind.RATE_LIMITED, 429, false, each[0], null));
      assertThat(limited.snapshot().get("vllm").get(0).coolForNanos()).as("after %d ms", each[0]).isEqualTo(each[1] * SECOND);
    }
    limited.succeeded(a);
    now += 61 * SECOND - 1;
    assertThat(new Balancer(limited).pick("vllm", Set.of())).isEmpty();
    now++;
    assertThat(new Balancer(limited).pick("vllm", Set.of())).contains(a);
    limited.failed(a, AttemptFailure.of(Kind.RATE_LIMITED));
    assertThat(limited.snapshot().get("vllm").get(0).coolForNanos()).as("a time of ours").isEqualTo(HealthBoard.AVOID_NANOS);
  }

  @Test
  @DisplayName("402: the whole upstream is closed, with an alarm, until reopened or its time is over")
  void accountClosesTheUpstream() {
    board.endpoints("vllm", List.of(a, b));
    board.failed(a, AttemptFailure.of(Kind.ACCOUNT));
    assertThat(balancer.pick("vllm", Set.of())).isEmpty();
    assertThat(board.accountAlarm("vllm")).isTrue();
    assertThat(board.whyNone("vllm").kind()).isEqualTo(Kind.ACCOUNT);
    now += 300 * SECOND;
    assertThat(balancer.pick("vllm", Set.of())).isPresent();
    assertThat(board.accountAlarm("vllm")).isFalse();
    board.failed(a, AttemptFailure.of(Kind.ACCOUNT));
    board.reopenAccount("vllm");
    assertThat(balancer.pick("vllm", Set.of())).isPresent();
  }

  @Test
  @DisplayName("K1 an endpoint that stays keeps its health, one that moved starts anew, one that left is forgotten")
  void healthIsKeptAcrossUpdates() {
    board.endpoints("vllm", List.of(a, b));
    board.failed(a, AttemptFailure.of(Kind.CONNECT_REFUSED));
    board.failed(b, AttemptFailure.of(Kind.CONNECT_REFUSED));
    board.endpoints("vllm", List.of(endpoint("a", 7), new Endpoint("vllm", "b", "10.0.0.2", 8000, 1, false)));
    assertThat(state(a)).isEqualTo(State.EJECTED);
    assertThat(state(b)).isEqualTo(State.HEALTHY);
    board.endpoints("vllm", List.of(b));
    board.failed(a, AttemptFailure.of(Kind.CONNECT_REFUSED));
    assertThat(board.endpoints("vllm")).containsExactly(b);
  }

  @Test
  @DisplayName("bad probes eject, good ones do not reopen early")
  void probes() {
    board.endpoints("vllm", List.of(a));
    for (int i = 0; i < 3; i++) {
      board.probed(a, false);
    }
    assertThat(state(a)).isEqualTo(State.EJECTED);
    board.probed(a, true);
    assertThat(balancer.pick("vllm", Set.of())).isEmpty();
  }

  @Test
  @DisplayName("R5.1 what a server says of its slots is its capacity at once, where limits are found, and is shown where they are not")
  void slotsAreCapacity() {
    HealthBoard limited = new HealthBoard(() -> now, new HealthRules(3, 5 * SECOND, 60 * SECOND, 300 * SECOND),
        new io.tidegate.admission.limit.LimitRules(Set.of("vllm"), java.util.Map.of(), 1));
    for (HealthBoard any : List.of(limited, board)) {
      any.endpoints("vllm", List.of(a));
      any.told(a, new ServerLoad(2, 1, 60));
      any.told(b, new ServerLoad(9, 0, 0));
      assertThat(any.snapshot().get("vllm").get(0).told()).isEqualTo(new ServerLoad(2, 1, 60));
    }
    assertThat(limited.places().limits()).singleElement().extracting(UpstreamPlaces.LimitStatus::limit).isEqualTo(2);
    assertThat(List.of(limited.places().admit(a, false, false) != null, limited.places().admit(a, false, false) != null, limited.places().admit(a, false, false) != null))
        .containsExactly(true, true, false);
    assertThat(board.places().limits()).isEmpty();
  }
}
