package io.tidegate.dispatch;

import static io.tidegate.dispatch.HealthBoardTest.endpoint;
import static io.tidegate.dispatch.balance.SessionKeyTest.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.dispatch.HealthBoard.HealthRules;
import io.tidegate.model.Balance;
import io.tidegate.model.Balance.Method;
import io.tidegate.model.ModelRequest;
import java.lang.management.ManagementFactory;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PickCostTest {
  private static final long SECOND = 1_000_000_000L;
  private static final int PICKS = 20_000;

  private long now;
  private int picked;

  @ParameterizedTest
  @EnumSource(Method.class)
  @DisplayName("R4.10 a pick among 100 endpoints allocates nothing, whatever the method")
  void allocatesNothing(Method method) {
    HealthBoard board = new HealthBoard(() -> now, new HealthRules(5, 5 * SECOND, 60 * SECOND, 300 * SECOND, 30 * SECOND));
    Balancer balancer = new Balancer(board);
    board.balance("vllm", Balance.DEFAULT.with(method));
    board.endpoints("vllm", IntStream.range(0, 100).mapToObj(i -> endpoint("e" + i, 1)).toList());
    ModelRequest[] requests = IntStream.range(0, 64)
        .mapToObj(i -> request("t", "a", i % 2 == 0 ? "s" + i : null, "{\"messages\":[{\"role\":\"user\",\"content\":\"" + (i + " word ").repeat(800) + "\"}]}"))
        .toArray(ModelRequest[]::new);
    com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    run(balancer, requests);
    long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    run(balancer, requests);
    long bytes = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
    assertThat(picked).isEqualTo(2 * PICKS);
    // The counting itself allocates a little, once.
    assertThat(bytes).as("bytes in %d picks", PICKS).isLessThan(PICKS / 10);
  }

  private void run(Balancer balancer, ModelRequest[] requests) {
    for (int i = 0; i < PICKS; i++) {
      now += 1000;
      picked += balancer.pick("vllm", Set.of(), requests[i & 63], "m").isPresent() ? 1 : 0;
    }
  }
}
