package io.tidegate.dispatch;

import static io.tidegate.dispatch.HealthBoardTest.endpoint;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.dispatch.EndpointHealth.State;
import io.tidegate.dispatch.HealthBoard.HealthRules;
import io.tidegate.model.Endpoint;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class OutlierEjectionTest {
  private static final long SECOND = 1_000_000_000L;

  private long now;
  private final HealthBoard board = new HealthBoard(() -> now, new HealthRules(5, 5 * SECOND, 60 * SECOND, 300 * SECOND, 30 * SECOND));
  private final Balancer balancer = new Balancer(board);

  private List<Endpoint> endpoints(int count) {
    List<Endpoint> all = IntStream.range(0, count).mapToObj(i -> endpoint("e" + i, 1)).toList();
    board.endpoints("vllm", all);
    return all;
  }

  private EndpointStatus status(Endpoint endpoint) {
    return board.snapshot().get("vllm").stream().filter(s -> s.endpoint().equals(endpoint)).findFirst().orElseThrow();
  }

  private void fail(Endpoint endpoint, Kind kind, int times) {
    for (int i = 0; i < times; i++) {
      board.failed(endpoint, AttemptFailure.of(kind));
    }
  }

  private boolean out(Endpoint endpoint) {
    return status(endpoint).state() != State.HEALTHY;
  }

  @Test
  @DisplayName("R4.8 five failures in a row eject for 30 s, the second time for 60 s, and so on up to ten times 30 s")
  void thirtySecondsTimesEjections() {
    Endpoint bad = endpoints(3).get(0);
    fail(bad, Kind.SERVER_ERROR, 4);
    assertThat(out(bad)).isFalse();
    fail(bad, Kind.SERVER_ERROR, 1);
    for (int times = 1; times <= 12; times++) {
      assertThat(status(bad).ejectedForNanos()).as("ejection %d", times).isEqualTo(Math.min(10, times) * 30 * SECOND);
      now += status(bad).ejectedForNanos();
      assertThat(balancer.pick("vllm", Set.of())).contains(bad);
      fail(bad, Kind.SERVER_ERROR, 1);
    }
    assertThat(board.ejections("vllm", EjectionCause.CONSECUTIVE)).isEqualTo(1);
    assertThat(board.ejections("vllm", EjectionCause.STILL_FAILING)).isEqualTo(12);
  }

  @Test
  @DisplayName("R4.8 for their answers at most a tenth is out, but always one; those that cannot be reached are out whatever their number")
  void atMostATenth() {
    List<Endpoint> few = endpoints(3);
    few.forEach(endpoint -> fail(endpoint, Kind.SERVER_ERROR, 10));
    assertThat(few.stream().filter(this::out)).hasSize(1);
    assertThat(board.ejections("vllm", EjectionCause.WITHHELD)).isPositive();
    few.forEach(endpoint -> fail(endpoint, Kind.CONNECT_REFUSED, 1));
    assertThat(few).allMatch(this::out);
    board.endpoints("vllm", List.of());
    List<Endpoint> many = endpoints(30);
    many.forEach(endpoint -> fail(endpoint, Kind.PROTOCOL, 10));
    assertThat(many.stream().filter(this::out)).hasSize(3);
  }

  @Test
  @DisplayName("R4.8 an upstream's only endpoint is ejected, for the shorter time: the next upstream is the way out")
  void alone() {
    Endpoint only = endpoints(1).get(0);
    fail(only, Kind.SERVER_ERROR, 5);
    assertThat(status(only).ejectedForNanos()).isEqualTo(SECOND);
    assertThat(balancer.pick("vllm", Set.of())).isEmpty();
  }

  private void window(List<Endpoint> all, Endpoint bad, int badOf100, Kind kind) {
    for (int i = 0; i < 100; i++) {
      for (Endpoint endpoint : all) {
        if (endpoint.equals(bad) && i % 5 < badOf100 / 20) {
          fail(endpoint, kind, 1);
        } else {
          board.succeeded(endpoint);
        }
      }
    }
    now += EndpointGroup.WINDOW_NANOS;
    board.succeeded(all.get(0));
  }

  @Test
  @DisplayName("R4.8 of five the one whose rate of success is 1.9 deviations below the mean is out for 30 s, though it never failed five times in a row")
  void successRate() {
    List<Endpoint> all = endpoints(5);
    window(all, all.get(3), 40, Kind.SERVER_ERROR);
    assertThat(all.stream().filter(this::out)).containsExactly(all.get(3));
    assertThat(status(all.get(3)).ejectedForNanos()).isEqualTo(30 * SECOND);
    assertThat(board.ejections("vllm", EjectionCause.SUCCESS_RATE)).isEqualTo(1);
    board.endpoints("vllm", List.of());
    List<Endpoint> four = endpoints(4);
    window(four, four.get(3), 40, Kind.SERVER_ERROR);
    assertThat(four).noneMatch(this::out);
  }

  @Test
  @DisplayName("R4.8 a 429 counts in the rate, is no failure in a row, and a probe answered by it has failed")
  void rateLimited() {
    List<Endpoint> all = endpoints(5);
    fail(all.get(1), Kind.RATE_LIMITED, 50);
    assertThat(out(all.get(1))).isFalse();
    board.endpoints("vllm", List.of());
    List<Endpoint> again = endpoints(5);
    window(again, again.get(2), 40, Kind.RATE_LIMITED);
    assertThat(again.stream().filter(this::out)).containsExactly(again.get(2));
    now += 30 * SECOND;
    assertThat(balancer.pick("vllm", Set.of())).contains(again.get(2));
    fail(again.get(2), Kind.RATE_LIMITED, 1);
    assertThat(status(again.get(2)).state()).isEqualTo(State.EJECTED);
    assertThat(status(again.get(2)).ejectedForNanos()).isEqualTo(60 * SECOND);
  }

  @Test
  @DisplayName("R4.8 panic: with fewer than half left, one that is out for its answers is asked again; one that cannot be reached is not, nor another upstream")
  void panic() {
    List<Endpoint> all = endpoints(5);
    board.endpoints("other", List.of(new Endpoint("other", "x", "10.1.1.1", 1, 1, false)));
    fail(all.get(0), Kind.SERVER_ERROR, 5);
    fail(all.get(1), Kind.CONNECT_REFUSED, 1);
    assertThat(IntStream.range(0, 30).mapToObj(i -> balancer.pick("vllm", Set.of()).orElseThrow()).distinct())
        .containsExactlyInAnyOrder(all.get(2), all.get(3), all.get(4));
    fail(all.get(2), Kind.CONNECT_REFUSED, 1);
    assertThat(IntStream.range(0, 30).mapToObj(i -> balancer.pick("vllm", Set.of()).orElseThrow()).distinct())
        .containsExactlyInAnyOrder(all.get(0), all.get(3), all.get(4));
    assertThat(board.picks("vllm", PickReason.PANIC)).isEqualTo(10);
    fail(all.get(3), Kind.CONNECT_REFUSED, 1);
    fail(all.get(4), Kind.CONNECT_REFUSED, 1);
    assertThat(balancer.pick("vllm", Set.of())).contains(all.get(0));
    assertThat(balancer.pick("vllm", Set.of("e0"))).isEmpty();
  }
}
