package io.tidegate.dispatch;

import static io.tidegate.dispatch.HealthBoardTest.endpoint;
import static io.tidegate.dispatch.balance.SessionKeyTest.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.dispatch.HealthBoard.HealthRules;
import io.tidegate.model.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class HomesTest {
  private static final long SECOND = 1_000_000_000L;
  private static final String BODY = "{\"messages\":[]}";

  private final HealthBoard board = new HealthBoard(() -> 0, new HealthRules(5, 5 * SECOND, 60 * SECOND, 300 * SECOND));
  private final List<Endpoint> five = IntStream.range(0, 5).mapToObj(i -> endpoint("e" + i, 1000)).toList();

  @Test
  @DisplayName("R4.3 a table is made when a hash is first looked up, not for requests without one")
  void lazily() {
    board.endpoints("vllm", five);
    Balancer balancer = new Balancer(board);
    balancer.pick("vllm", Set.of(), request("t", "a", null, BODY), "m");
    assertThat(homes().prepared()).isFalse();
    balancer.pick("vllm", Set.of(), request("t", "a", "s", BODY), "m");
    assertThat(homes().prepared()).isTrue();
  }

  @Test
  @DisplayName("R4.3 endpoints that are prepared leave nothing to a loop's first pick, and lead where a table leads that was made late")
  void prepared() {
    board.prepared("vllm", five);
    assertThat(homes().prepared()).isTrue();
    List<String> early = picks();
    board.endpoints("vllm", five);
    assertThat(homes().prepared()).isFalse();
    assertThat(picks()).isEqualTo(early);
    assertThat(Set.copyOf(early)).hasSize(5);
  }

  @Test
  @DisplayName("R4.3 loops that look a hash up first at the same moment are sent to the same places")
  void atOnce() throws Exception {
    board.prepared("vllm", five);
    List<String> alone = picks();
    ExecutorService loops = Executors.newFixedThreadPool(4);
    try {
      for (int round = 0; round < 10; round++) {
        board.endpoints("vllm", five);
        CyclicBarrier together = new CyclicBarrier(4);
        List<Callable<List<String>>> tasks = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          tasks.add(() -> {
            together.await();
            return picks();
          });
        }
        for (Future<List<String>> each : loops.invokeAll(tasks)) {
          assertThat(each.get()).isEqualTo(alone);
        }
      }
    } finally {
      loops.shutdownNow();
    }
  }

  private Homes homes() {
    EndpointGroup group = board.pickable("vllm", 0);
    assertThat(group).isNotNull();
    Homes homes = group.roster().homes();
    assertThat(homes).isNotNull();
    return homes;
  }

  private List<String> picks() {
    Balancer balancer = new Balancer(board);
    return IntStream.range(0, 64).mapToObj(i -> request("t", "a", "s" + i, BODY))
        .map(request -> balancer.pick("vllm", Set.of(), request, "m").orElseThrow().id()).toList();
  }
}
