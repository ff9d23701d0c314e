package io.tidegate.upstream.gate;

import static io.tidegate.upstream.gate.GateRig.LOOPBACK;
import static io.tidegate.upstream.gate.GateRig.await;
import static io.tidegate.upstream.gate.GateRig.endpoint;
import static io.tidegate.upstream.gate.GateRig.upstream;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.dispatch.Balancer;
import io.tidegate.dispatch.EndpointHealth.State;
import io.tidegate.dispatch.HealthBoard;
import io.tidegate.dispatch.EndpointStatus;
import io.tidegate.dispatch.HealthBoard.HealthRules;
import io.tidegate.dispatch.ServerLoad;
import io.tidegate.model.Dialect;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProbesIT {
  private volatile int status = 200;
  private volatile String body = "{}";
  private final RawUpstream server = new RawUpstream(turn -> turn.json(status, body));
  private final Upstream home = upstream("home", Zone.PRIVATE, Dialect.LLAMA_CPP, List.of(LOOPBACK), null, 4);
  private final Upstream cloud = upstream("cloud", Zone.PUBLIC, Dialect.DEEPSEEK, List.of(LOOPBACK), null, 4);
  private final GateRig rig = new GateRig(home, cloud);
  private final HealthBoard board = new HealthBoard(System::nanoTime, new HealthRules(3, GateRig.seconds(5), GateRig.seconds(5), GateRig.seconds(5)));
  private final Probes probes = new Probes(rig.gate, List.of(home, cloud), board,
      new Probes.Schedule(Duration.ofMillis(500), Duration.ofMillis(500)), new SplittableRandom(1));

  @BeforeEach
  void open() {
    board.endpoints("home", List.of(endpoint("home", server.port())));
    board.endpoints("cloud", List.of(endpoint("cloud", server.port())));
  }

  @AfterEach
  void close() {
    probes.close();
    rig.close();
    server.close();
  }

  private EndpointStatus status() {
    return board.snapshot().get("home").get(0);
  }

  @Test
  @DisplayName("each endpoint is asked by its dialect's way over one kept connection; DeepSeek is not asked at all")
  void asksByDialect() {
    // A probe that is late costs its connection: here none is.
    Probes.Schedule seconds = new Probes.Schedule(Duration.ofSeconds(1), Duration.ofSeconds(1));
    try (Probes patient = new Probes(rig.gate, List.of(home, cloud), board, seconds, new SplittableRandom(1))) {
      patient.start();
      await("some probes", () -> server.requests.size() >= 3);
      assertThat(server.requests).allMatch(request -> request.startsWith("GET /health HTTP/1.1\r\n") || request.startsWith("GET /slots HTTP/1.1\r\n"));
      assertThat(server.connections).hasValue(1);
      assertThat(status().state()).isEqualTo(State.HEALTHY);
    }
  }

  @Test
  @DisplayName("R5.1 a llama.cpp server's slots, how many are busy and what is left of prompts are read; anything else it says there is not")
  void readsSlots() {
    body = "[{\"id\":0,\"is_processing\":true,\"n_prompt_tokens\":100,\"n_prompt_tokens_processed\":40,\"prompt\":\"never looked at\"},"
        + "{\"id\":1,\"is_processing\":false}]";
    probes.start();
    await("its load", () -> new ServerLoad(2, 1, 60).equals(status().told()));
    body = "{\"error\":\"no slots here\"}";
    server.requests.clear();
    await("more probes", () -> server.requests.size() >= 4);
    assertThat(status()).extracting(EndpointStatus::told, EndpointStatus::state).containsExactly(new ServerLoad(2, 1, 60), State.HEALTHY);
  }

  @Test
  @DisplayName("an endpoint that fails its probes is ejected before a request meets it")
  void badProbesEject() {
    status = 500;
    probes.start();
    await("ejection", () -> status().state() == State.EJECTED);
    assertThat(new Balancer(board).pick("home", Set.of())).isEmpty();
  }

  @Test
  @DisplayName("a killed instance is out with the first probe that is refused")
  void killedInstance() {
    probes.start();
    await("a probe", () -> !server.requests.isEmpty());
    server.close();
    await("ejection", () -> status().state() == State.EJECTED);
  }

  @Test
  @DisplayName("503 while loading: avoided, not ejected")
  void loading() {
    status = 503;
    body = "{\"error\":{\"message\":\"Loading model\",\"type\":\"unavailable_error\",\"code\":503}}";
    probes.start();
    await("loading noticed", () -> status().avoidedForNanos() > 0);
    await("more probes", () -> server.requests.size() >= 5);
    assertThat(status().state()).isEqualTo(State.HEALTHY);
    status = 200;
    await("loaded", () -> status().avoidedForNanos() == 0);
  }

  @ParameterizedTest
  @DisplayName("an endpoint that answers, be it that it does not know the path or us, is alive")
  @CsvSource({"404", "401", "405"})
  void aliveAllTheSame(int code) {
    status = code;
    probes.start();
    await("many probes", () -> server.requests.size() >= 6);
    assertThat(status().state()).isEqualTo(State.HEALTHY);
  }

  @Test
  @DisplayName("endpoints that come and go are followed")
  void followsTheBoard() {
    probes.start();
    await("a probe", () -> !server.requests.isEmpty());
    board.endpoints("home", List.of());
    try (RawUpstream other = new RawUpstream(turn -> turn.json(200, "{}"))) {
      board.endpoints("home", List.of(endpoint("home", other.port())));
      await("a probe of the new one", () -> !other.requests.isEmpty());
    }
  }
}
