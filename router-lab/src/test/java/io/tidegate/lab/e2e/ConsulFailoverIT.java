package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.fake.ConsulAgent;
import io.tidegate.lab.emulator.Emulator;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Consul agent: registration, death of an instance, death of the agent, a rogue registration. */
@Tag("consul")
class ConsulFailoverIT {
  @TempDir
  private Path folder;

  private ConsulAgent agent() {
    return ConsulAgent.open(folder);
  }

  private static void register(ConsulAgent agent, String id, String address, int port) {
    agent.register("llm-private", id, address, port, "passing");
  }

  private static TestBed bed(ConsulAgent agent, String more) {
    return TestBed.builder().noPrivateEndpoints().privateMore(", consulService: llm-private").section("consul", "{address: '" + agent.url() + "'" + more + "}")
        .section("health", "{interval: 1s, ejectAfter: 3, eject: 1s, maxEject: 2s}").start();
  }

  private static HttpResponse<String> restricted(TestBed bed) {
    return bed.chat("auto", "Tell a short story.", false, "x-tidegate-sensitivity", "restricted");
  }

  @Test
  @DisplayName("K1 R10 kill one of two registered endpoints: only requests in flight may fail, and traffic moves")
  void killOneOfTwo() throws Exception {
    try (ConsulAgent agent = agent(); TestBed bed = bed(agent, "")) {
      register(agent, "a", "127.0.0.1", bed.privateA.port());
      register(agent, "b", "127.0.0.1", bed.privateB.port());
      // Watching is paced: after a burst, a change may be seen up to 15 s late.
      GrpcClientIT.await(Duration.ofSeconds(25), "both endpoints are found", () -> bed.daemon.status().contains("\"id\":\"") && count(bed.daemon.status(), "\"discovered\":true") == 2);
      AtomicBoolean stop = new AtomicBoolean();
      AtomicInteger failedAfter = new AtomicInteger();
      Map<Integer, Long> lastAt = new ConcurrentHashMap<>();
      AtomicInteger answered = new AtomicInteger();
      long[] killedNanos = {Long.MAX_VALUE};
      ExecutorService callers = Executors.newFixedThreadPool(4);
      for (int i = 0; i < 4; i++) {
        callers.execute(() -> {
          while (!stop.get()) {
            long begun = System.nanoTime();
            int status = restricted(bed).statusCode();
            if (status == 200) {
              answered.incrementAndGet();
            } else if (begun - killedNanos[0] > 0) {
              failedAfter.incrementAndGet();
              lastAt.put(status, begun - killedNanos[0]);
            }
          }
        });
      }
      GrpcClientIT.await("traffic flows to both", () -> bed.privateA.received().modelCalls() > 20 && bed.privateB.received().modelCalls() > 20);
      bed.privateA.close();
      killedNanos[0] = System.nanoTime();
      int before = answered.get();
      GrpcClientIT.await("traffic has moved", () -> answered.get() > before + 100);
      System.out.printf("K1 R10: a hundred answers more %d ms after one of two was killed%n", (System.nanoTime() - killedNanos[0]) / 1_000_000);
      stop.set(true);
      callers.shutdown();
      assertThat(callers.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
      assertThat(failedAfter.get()).as("requests begun after the kill that failed: " + lastAt).isZero();
    }
  }

  @Test
  @DisplayName("K1 the agent is gone for a minute: nothing changes for requests, the age metric rises, and falls when it is back")
  void agentGone() throws Exception {
    try (ConsulAgent agent = agent(); TestBed bed = bed(agent, ", wait: 1s")) {
      register(agent, "a", "127.0.0.1", bed.privateA.port());
      // Watching is paced, as above.
      GrpcClientIT.await(Duration.ofSeconds(25), "the endpoint is found", () -> bed.daemon.status().contains("\"discovered\":true"));
      agent.kill();
      long killed = System.nanoTime();
      for (int second = 1; second <= 60; second++) {
        for (int i = 0; i < 5; i++) {
          assertThat(restricted(bed).statusCode()).isEqualTo(200);
        }
        for (long left = left(killed, second); left > 0; left = left(killed, second)) {
          LockSupport.parkNanos(left);
        }
      }
      assertThat(bed.metric("tidegate_consul_age_seconds")).isGreaterThan(55);
      agent.start();
      register(agent, "a", "127.0.0.1", bed.privateA.port());
      GrpcClientIT.await(Duration.ofSeconds(30), "the age falls", () -> bed.metric("tidegate_consul_age_seconds") < 30);
      assertThat(restricted(bed).statusCode()).isEqualTo(200);
    }
  }

  private static long left(long sinceNanos, int seconds) {
    return sinceNanos + TimeUnit.SECONDS.toNanos(seconds) - System.nanoTime();
  }

  @Test
  @DisplayName("A14 a rogue registration outside the allowed networks gets no connection")
  void rogue() throws Exception {
    try (ConsulAgent agent = agent();
        Emulator rogue = Emulator.start(io.tidegate.lab.config.EmulatorConfig.builder(io.tidegate.lab.config.EmulatedDialect.VLLM).bindAddress("127.0.0.2").build());
        TestBed bed = TestBed.builder().noPrivateEndpoints().privateMore(", consulService: llm-private, networks: ['127.0.0.1/32']")
            .section("consul", "{address: '" + agent.url() + "'}").start()) {
      register(agent, "rogue", "127.0.0.2", rogue.port());
      register(agent, "name", "localhost", rogue.port());
      register(agent, "good", "127.0.0.1", bed.privateA.port());
      GrpcClientIT.await(Duration.ofSeconds(25), "the good endpoint is found", () -> bed.daemon.status().contains("\"discovered\":true"));
      for (int i = 0; i < 100; i++) {
        assertThat(restricted(bed).statusCode()).isEqualTo(200);
      }
      assertThat(rogue.received().connections()).as("connections at the rogue endpoint").isZero();
    }
  }

  @Test
  @DisplayName("the daemon registers itself, and deregisters when it stops")
  void registersItself() throws Exception {
    try (ConsulAgent agent = agent(); LogCapture log = new LogCapture()) {
      registersItself(agent);
      if (services(agent).contains("tg-1")) {
        // The time that a daemon which stops has for it is short.
        assertThat(new String(log.events(), StandardCharsets.UTF_8)).contains("Consul did not take back tg-1");
        registersItself(agent);
      }
      assertThat(services(agent)).doesNotContain("tg-1");
    }
  }

  private static void registersItself(ConsulAgent agent) {
    try (TestBed bed = bed(agent, ", register: {service: tidegate, id: tg-1, port: 7400, interval: 1s, deregisterAfter: 1m}")) {
      GrpcClientIT.await("it is registered", () -> services(agent).contains("\"tg-1\""));
      bed.daemon.stop();
    }
  }

  private static String services(ConsulAgent agent) {
    return agent.call("GET", "/v1/agent/services", "");
  }

  private static int count(String text, String part) {
    return (text.length() - text.replace(part, "").length()) / part.length();
  }
}
