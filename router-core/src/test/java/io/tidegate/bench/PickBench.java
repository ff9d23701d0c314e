package io.tidegate.bench;

import io.tidegate.dispatch.Balancer;
import io.tidegate.dispatch.HealthBoard;
import io.tidegate.dispatch.HealthBoard.HealthRules;
import io.tidegate.model.Balance;
import io.tidegate.model.CacheDirective;
import io.tidegate.model.Caller;
import io.tidegate.model.Endpoint;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Prompt;
import io.tidegate.model.Sensitivity;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** R4.10: one pick among so many endpoints, reading the request included; prompts of 1 KB, for PREFIX also of 16 KB (sixteen blocks). */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class PickBench {
  @Param({"SMOOTH", "LEAST_CONNECTIONS", "PEAK_EWMA", "HASH", "SESSION", "PREFIX"})
  private Balance.Method method;
  @Param({"1", "100"})
  private int endpoints;
  @Param({"chat1k"})
  private String body;

  private final ModelRequest[] requests = new ModelRequest[256];
  private Balancer balancer;
  private int at;

  /** A healthy upstream and sessions that differ. */
  @Setup
  public void board() throws JsonException {
    HealthBoard board = new HealthBoard(System::nanoTime, new HealthRules(5, 1_000_000, 1_000_000, 1_000_000));
    board.balance("up", Balance.DEFAULT.with(method));
    board.endpoints("up", IntStream.range(0, endpoints).mapToObj(i -> new Endpoint("up", "10.0.0." + i + ":8000", "10.0.0." + i, 8000, 100, false)).toList());
    balancer = new Balancer(board);
    for (int i = 0; i < requests.length; i++) {
      requests[i] = new ModelRequest("r", Operation.CHAT, new Prompt(JsonText.parse(Bodies.of(body), JsonLimits.DEFAULT)), "m", false, false, true,
          Caller.DEFAULT, Sensitivity.PUBLIC, null, 0, CacheDirective.DEFAULT, 0, "session-" + i, Sensitivity.PUBLIC);
    }
  }

  /** One pick. */
  @Benchmark
  public Optional<Endpoint> pick() {
    return balancer.pick("up", Set.of(), requests[at++ & 255], "m");
  }
}
