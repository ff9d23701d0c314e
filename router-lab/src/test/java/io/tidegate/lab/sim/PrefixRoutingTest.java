package io.tidegate.lab.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.model.Balance;
import io.tidegate.model.Balance.Method;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Real chat traffic through the whole line to four replicas that each keep 3,000 blocks. */
class PrefixRoutingTest {
  private static final int REPLICAS = 4;
  private static final int KEPT = 3_000;
  private static final long PATIENCE = 3_600_000_000_000L;

  /**
   * @param hitRatio of all blocks, those that were found where their request went
   * @param byRequests most requests of one replica / mean
   * @param byWork the same by time worked
   */
  record Shares(double hitRatio, double byRequests, double byWork, double meanFirstToken) {}

  static Shares play(Method method) throws IOException {
    Trace trace = SimTests.traces().read(Trace.PREFIXES).spread();
    VirtualTime time = new VirtualTime();
    Map<String, ModelServer> servers = new LinkedHashMap<>();
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < REPLICAS; i++) {
      servers.put("r" + i, new ModelServer(time, ServiceModel.USUAL, 256, 100_000, KEPT, random.split()));
    }
    Balance balance = new Balance(method, 125, Duration.ofSeconds(10), KEPT, Duration.ZERO);
    Router router = new Router(time, Setting.home(balance, servers.keySet().toArray(new String[0])), servers, 7);
    List<Outcome> outcomes = Simulation.play(time, trace, router, arrival -> Ask.of(arrival, PATIENCE).streamed());
    assertThat(outcomes).hasSize(5_719).allMatch(Outcome::answered);
    assertThat(router.counts().defects()).isZero();
    long asked = servers.values().stream().mapToLong(ModelServer::blocksAsked).sum();
    long found = servers.values().stream().mapToLong(ModelServer::blocksFound).sum();
    return new Shares((double) found / asked,
        servers.values().stream().mapToLong(ModelServer::accepted).max().orElse(0) * (double) REPLICAS / outcomes.size(),
        servers.values().stream().mapToLong(ModelServer::workNanos).max().orElse(0) * (double) REPLICAS
            / servers.values().stream().mapToLong(ModelServer::workNanos).sum(),
        outcomes.stream().mapToLong(Outcome::firstTokenNanos).average().orElse(0) / 1e9);
  }

  @Test
  @DisplayName("R4.7 by prefix at least 0.21 of the blocks of chat traffic are found where they were kept, at max/mean load of at most 1.10; in turn "
      + "and by least connections less than 0.12")
  void prefix() throws IOException {
    Shares prefix = play(Method.PREFIX);
    Shares turns = play(Method.ROUND_ROBIN);
    Shares least = play(Method.LEAST_CONNECTIONS);
    System.out.printf("R4.7 prefix %s%n     round robin %s%n     least connections %s%n", prefix, turns, least);
    assertThat(prefix.hitRatio).isGreaterThanOrEqualTo(0.21);
    assertThat(prefix.byRequests).isLessThanOrEqualTo(1.10);
    assertThat(prefix.byWork).isLessThanOrEqualTo(1.10);
    assertThat(turns.hitRatio).as("negative control").isLessThan(0.12);
    assertThat(least.hitRatio).as("negative control").isLessThan(0.12);
    assertThat(prefix.meanFirstToken).isLessThan(turns.meanFirstToken);
  }
}
