package io.tidegate.dispatch;

import static io.tidegate.dispatch.HealthBoardTest.endpoint;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.dispatch.HealthBoard.HealthRules;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class BalancerTest {
  private long now;
  private final HealthBoard board = new HealthBoard(() -> now, new HealthRules(1, 100, 800, 1000));
  private final Balancer balancer = new Balancer(board);

  private String picks(int count, String... tried) {
    return IntStream.range(0, count).mapToObj(i -> balancer.pick("vllm", Set.of(tried)).orElseThrow().id()).collect(Collectors.joining());
  }

  @Test
  @DisplayName("smooth weighted round robin: weights 5, 1, 1 give nginx's sequence a a b a c a a")
  void smoothSequence() {
    board.endpoints("vllm", List.of(endpoint("a", 5), endpoint("b", 1), endpoint("c", 1)));
    assertThat(picks(14)).isEqualTo("aabacaaaabacaa");
  }

  @Test
  @DisplayName("each of equal endpoints gets its share")
  void equalShares() {
    board.endpoints("vllm", List.of(endpoint("a", 3), endpoint("b", 3)));
    assertThat(picks(6)).isEqualTo("ababab");
  }

  @Test
  @DisplayName("R1.7 an endpoint already tried is not picked again")
  void triedIsSkipped() {
    board.endpoints("vllm", List.of(endpoint("a", 5), endpoint("b", 1)));
    assertThat(picks(4, "a")).isEqualTo("bbbb");
    assertThat(balancer.pick("vllm", Set.of("a", "b"))).isEmpty();
  }

  @Test
  @DisplayName("traffic returns by its share after the probe succeeded")
  void returnsAfterProbe() {
    board.endpoints("vllm", List.of(endpoint("a", 1), endpoint("b", 1)));
    board.failed(endpoint("a", 1), AttemptFailure.of(Kind.RESET));
    assertThat(picks(3)).isEqualTo("bbb");
    now = 100;
    assertThat(picks(3)).isEqualTo("abb");
    board.succeeded(endpoint("a", 1));
    assertThat(picks(4).chars().filter(c -> c == (int) 'a').count()).isEqualTo(2);
  }

  @Test
  @DisplayName("endpoints that come and go are followed")
  void followsUpdates() {
    board.endpoints("vllm", List.of(endpoint("a", 1)));
    assertThat(picks(2)).isEqualTo("aa");
    board.endpoints("vllm", List.of(endpoint("b", 1), endpoint("c", 1)));
    assertThat(picks(4)).isEqualTo("bcbc");
    board.endpoints("vllm", List.of());
    assertThat(balancer.pick("vllm", Set.of())).isEmpty();
  }
}
