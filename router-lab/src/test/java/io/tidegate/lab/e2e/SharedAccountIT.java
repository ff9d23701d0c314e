package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.fake.ConsulAgent;
import io.tidegate.lab.config.EmulatedDialect;
import io.tidegate.lab.config.EmulatorConfig;
import io.tidegate.lab.emulator.Emulator;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three daemons, one emulated DeepSeek account that answers 429 to the 61st request at once, and a real Consul agent that is killed midway. They ask for half as
 * much again as the account gives, all the time; who finds no place goes to the private upstream.
 */
@Tag("consul")
@Tag("long")
class SharedAccountIT {
  private static final int CAP = 60;
  /** One more than run: the static part is a fourth, the part by leases a third. */
  private static final int CONFIGURED = 4;
  /** Each; a request holds its place for a second. */
  private static final int PER_SECOND = CAP * 3 / 2 / 3;

  @TempDir
  private Path folder;

  private static TestBed bed(ConsulAgent agent, Emulator account, String name, String lease) {
    return TestBed.builder().section("consul", "{address: '" + agent.url() + "'}").section("limits", "{instances: " + CONFIGURED + lease + name + "}")
        .publicAt(account).publicMore(", maxInFlight: " + CAP).emulators(settings -> settings.recording(false)).start();
  }

  private static void awaitPart(List<TestBed> beds, int places) {
    for (TestBed bed : beds) {
      GrpcClientIT.await(Duration.ofSeconds(90), "a part of " + places, () -> bed.daemon.status().replace(" ", "").contains("\"limit\":" + places + ","));
    }
  }

  private static double sent(List<TestBed> beds, String... labels) {
    return beds.stream().mapToDouble(bed -> bed.metric("tidegate_attempts_total", labels)).sum();
  }

  @Test
  @DisplayName("R7.7 three daemons on one account at 1.5 x its cap: 429s caused by us at most 0.1 %; the agent is killed: the static parts hold it there")
  void threeDaemons() throws InterruptedException {
    ScheduledExecutorService clock = Executors.newScheduledThreadPool(1);
    ExecutorService callbacks = Executors.newFixedThreadPool(2);
    AtomicBoolean on = new AtomicBoolean(true);
    AtomicInteger open = new AtomicInteger();
    EmulatorConfig deepSeek = EmulatorConfig.builder(EmulatedDialect.DEEPSEEK).name("account").models(TestBed.PUBLIC_MODEL).seed(1).slots(CAP).queue(0)
        .thinkTime(Duration.ofSeconds(1)).recording(false).build();
    try (ConsulAgent agent = ConsulAgent.open(folder); Emulator account = Emulator.start(deepSeek);
        TestBed one = bed(agent, account, "router-1", ", lease: "); TestBed two = bed(agent, account, "router-2", ", lease: ");
        TestBed three = bed(agent, account, "router-3", ", lease: ")) {
      List<TestBed> beds = List.of(one, two, three);
      HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).executor(callbacks).build();
      AtomicInteger number = new AtomicInteger();
      for (TestBed bed : beds) {
        clock.scheduleAtFixedRate(() -> {
          if (on.get()) {
            open.incrementAndGet();
            client.sendAsync(HttpRequest.newBuilder(bed.uri("/v1/chat/completions")).timeout(Duration.ofSeconds(30)).header("content-type", "application/json")
                .header("x-tidegate-sensitivity", "public").header("x-tidegate-latency-class", "BATCH")
                .POST(HttpRequest.BodyPublishers.ofString(TestBed.body("auto", "Sort the list number " + number.incrementAndGet(), false))).build(),
                HttpResponse.BodyHandlers.discarding()).whenComplete((answer, failure) -> open.decrementAndGet());
          }
        }, 0, 1_000_000 / PER_SECOND, TimeUnit.MICROSECONDS);
      }
      awaitPart(beds, CAP / 3);
      double before = sent(beds, "upstream=\"public\"");
      TimeUnit.SECONDS.sleep(8);
      double shared = sent(beds, "upstream=\"public\"") - before;
      agent.kill();
      awaitPart(beds, CAP / CONFIGURED);
      double lost = sent(beds, "upstream=\"public\"");
      TimeUnit.SECONDS.sleep(8);
      double alone = sent(beds, "upstream=\"public\"") - lost;
      on.set(false);
      GrpcClientIT.await(Duration.ofSeconds(30), "everybody was answered", () -> open.get() == 0);
      double all = sent(beds, "upstream=\"public\"");
      double limited = sent(beds, "upstream=\"public\"", "outcome=\"rate_limited\"");
      System.out.printf("R7.7 on the wire: %.0f of %.0f refused; in 8 s %.0f by leases, %.0f by the static parts%n", limited, all, shared, alone);
      assertThat(limited).as("429s caused by us").isLessThanOrEqualTo(all / 1_000);
      assertThat(shared).as("most of the account was used").isGreaterThan(0.7 * 8 * CAP);
      assertThat(alone).as("a fourth each").isBetween(0.5 * 8 * CAP * 3 / CONFIGURED, 1.2 * 8 * CAP * 3 / CONFIGURED);
    } finally {
      clock.shutdownNow();
      callbacks.shutdownNow();
    }
  }

  @Test
  @DisplayName("R7.7 the negative control: three daemons that each take the whole account are refused by the hundred")
  void wholeEach() throws InterruptedException {
    EmulatorConfig deepSeek = EmulatorConfig.builder(EmulatedDialect.DEEPSEEK).name("account").models(TestBed.PUBLIC_MODEL).seed(1).slots(CAP).queue(0)
        .thinkTime(Duration.ofSeconds(1)).recording(false).build();
    ScheduledExecutorService clock = Executors.newScheduledThreadPool(1);
    ExecutorService callbacks = Executors.newFixedThreadPool(2);
    try (Emulator account = Emulator.start(deepSeek)) {
      TestBed.Builder builder = TestBed.builder().publicAt(account).publicMore(", maxInFlight: " + CAP).emulators(settings -> settings.recording(false));
      try (TestBed one = builder.start(); TestBed two = builder.start(); TestBed three = builder.start()) {
        List<TestBed> beds = List.of(one, two, three);
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).executor(callbacks).build();
        AtomicInteger number = new AtomicInteger();
        for (TestBed bed : beds) {
          clock.scheduleAtFixedRate(() -> client.sendAsync(HttpRequest.newBuilder(bed.uri("/v1/chat/completions")).timeout(Duration.ofSeconds(30))
              .header("content-type", "application/json").header("x-tidegate-sensitivity", "public").header("x-tidegate-latency-class", "BATCH")
              .POST(HttpRequest.BodyPublishers.ofString(TestBed.body("auto", "Sort the list number " + number.incrementAndGet(), false))).build(),
              HttpResponse.BodyHandlers.discarding()), 0, 1_000_000 / PER_SECOND, TimeUnit.MICROSECONDS);
        }
        TimeUnit.SECONDS.sleep(8);
        double all = sent(beds, "upstream=\"public\"");
        double limited = sent(beds, "upstream=\"public\"", "outcome=\"rate_limited\"");
        System.out.printf("R7.7 on the wire, the whole cap each: %.0f of %.0f refused%n", limited, all);
        assertThat(limited).isGreaterThan(all / 100);
      }
    } finally {
      clock.shutdownNow();
      callbacks.shutdownNow();
    }
  }
}
