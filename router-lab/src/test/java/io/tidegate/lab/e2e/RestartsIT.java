package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packaged daemon under a supervisor that keeps the listening sockets, replaced again and again under load: by a successor that is started beside it
 * and told to take over, and in the plain way, stopped and started.
 */
class RestartsIT {
  private static final int PER_SECOND = Integer.getInteger("tidegate.rate", 500);

  @TempDir Path folder;

  static String yaml(CountingUpstream upstream, Path folder) {
    return yaml(upstream, folder, "4s");
  }

  /** @param drain a quarter of it, at most five seconds, connections take to go to a successor */
  private static String yaml(CountingUpstream upstream, Path folder, String drain) {
    return "timeouts: {drain: " + drain + "}\ntelemetry: {logLevel: info}\npolicy: {directory: '" + TestBed.root().resolve("policies").toAbsolutePath().normalize() + "'}\naudit: {directory: '"
        + folder.resolve("audit") + "'}\ncache: {enabled: false}\nattempts: {max: 1}\nlimits: {adaptive: false}\n"
        + "upstreams:\n  - {name: private, zone: private, dialect: vllm, basePath: /v1, models: [" + TestBed.PRIVATE_MODEL + "], defaultModel: "
        + TestBed.PRIVATE_MODEL + ", endpoints: [{address: '127.0.0.1:" + upstream.port() + "'}], emulated: true}\n";
  }

  @Test
  @DisplayName("H1 G5 five upgrades under 500 requests a second, one of them by tidegate upgrade: no request lost, none asked twice")
  void upgrades() throws Exception {
    upgrades(3, true, "4s");
  }

  @Test
  @Tag("long")
  @DisplayName("H1 G5 100 upgrades under 500 requests a second: no request lost, none asked twice, p99 at most 250 ms")
  void hundredUpgrades() throws Exception {
    double p99 = upgrades(Integer.getInteger("tidegate.upgrades", 100), false, "30s");
    assertThat(p99).as("p99 over all restarts, ms").isLessThanOrEqualTo(250);
  }

  @Test
  @Tag("long")
  @DisplayName("H1 G5 20 plain restarts under load: requests wait in the sockets' queue for the next process, none is lost, none asked twice")
  void plainRestarts() throws Exception {
    try (CountingUpstream upstream = new CountingUpstream();
        Supervisor supervisor = new Supervisor(folder, List.of("--names", "http:grpc:admin"), yaml(upstream, folder))) {
      supervisor.ordered("start " + Supervisor.MAIN);
      try (SteadyLoad load = new SteadyLoad(supervisor.http, supervisor.grpc, 100, upstream)) {
        for (int i = 0; i < 20; i++) {
          after(load, 100);
          supervisor.ordered("restart " + Supervisor.MAIN);
        }
        judge("20 plain restarts", load.end(), upstream);
      }
    }
  }

  private double upgrades(int swaps, boolean byCommand, String drain) throws Exception {
    try (CountingUpstream upstream = new CountingUpstream();
        Supervisor supervisor = new Supervisor(folder, List.of("--names", "http:grpc:admin"), yaml(upstream, folder, drain))) {
      supervisor.ordered("start " + Supervisor.MAIN);
      try (SteadyLoad load = new SteadyLoad(supervisor.http, supervisor.grpc, PER_SECOND, upstream)) {
        after(load, 50);
        String running = Supervisor.MAIN;
        CompletableFuture<Void> leaving = CompletableFuture.completedFuture(null);
        for (int i = 0; i < swaps; i++) {
          String next = running.equals(Supervisor.MAIN) ? Supervisor.STAND_IN : Supervisor.MAIN;
          leaving.join();
          supervisor.ordered("start " + next);
          String old = running;
          leaving = CompletableFuture.runAsync(() -> stop(supervisor, old));
          running = next;
        }
        leaving.join();
        if (byCommand) {
          if (running.equals(Supervisor.STAND_IN)) {
            supervisor.ordered("start " + Supervisor.MAIN);
            supervisor.ordered("stop " + Supervisor.STAND_IN);
          }
          Supervisor.Did did = supervisor.tidegate("upgrade", "--units", folder.resolve("units").toString());
          assertThat(did.code()).as(did.text()).isZero();
          assertThat(did.text()).endsWith("done\n");
          assertThat(Files.readString(folder.resolve(Supervisor.STAND_IN + ".log"))).contains("a successor is there");
          assertThat(folder.resolve("units").resolve(Supervisor.STAND_IN)).doesNotExist();
          assertThat(supervisor.order("is-active " + Supervisor.MAIN).code()).isZero();
          assertThat(supervisor.order("is-active " + Supervisor.STAND_IN).code()).isEqualTo(3);
        }
        after(load, load.answered() + 50);
        return judge(swaps + (byCommand ? 3 : 0) + " restarts", load.end(), upstream);
      }
    }
  }

  private static void stop(Supervisor supervisor, String unit) {
    try {
      supervisor.ordered("stop " + unit);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void after(SteadyLoad load, int answers) {
    GrpcClientIT.await(Duration.ofSeconds(120), "the load goes on", () -> load.answered() >= answers);
  }

  /** Returns the p99 of when answers began, in milliseconds from when they were due. */
  private static double judge(String what, List<SteadyLoad.Asked> all, CountingUpstream upstream) throws InterruptedException, ExecutionException {
    List<SteadyLoad.Asked> bad = all.stream().filter(asked -> !asked.problem().isEmpty()).toList();
    double[] millis = all.stream().mapToDouble(SteadyLoad.Asked::millis).sorted().toArray();
    double p99 = millis[(int) (millis.length * 0.99)];
    long last = all.stream().mapToLong(SteadyLoad.Asked::dueNanos).max().orElseThrow();
    long first = all.stream().mapToLong(SteadyLoad.Asked::dueNanos).min().orElseThrow();
    System.out.printf(Locale.ROOT, "G5 %s: %d requests, %.0f/s, %d lost or wrong, p50 %.1f p99 %.1f max %.1f ms%n", what, all.size(), all.size() / ((last - first) / 1e9), bad.size(), millis[millis.length / 2], p99,
        millis[millis.length - 1]);
    none(bad, all, upstream);
    assertThat(upstream.distinct()).isEqualTo(all.size());
    return p99;
  }

  private static void none(List<SteadyLoad.Asked> bad, List<SteadyLoad.Asked> all, CountingUpstream upstream) throws InterruptedException, ExecutionException {
    assertThat(bad.stream().limit(20)).as("lost or wrong, the first of %d", bad.size()).isEmpty();
    assertThat(all).as("asked once").allMatch(asked -> upstream.asked(asked.number()) == 1);
  }

  /** None lost, none asked twice, whatever else the upstream was asked. */
  static void judgeAll(String what, List<SteadyLoad.Asked> all, CountingUpstream upstream) throws InterruptedException, ExecutionException {
    System.out.printf(Locale.ROOT, "G5 %s: %d requests%n", what, all.size());
    none(all.stream().filter(asked -> !asked.problem().isEmpty()).toList(), all, upstream);
  }

  @Test
  @DisplayName("a socket that does not fit the configuration, and one in blocking mode that nothing can mend: exit 78, and what to do")
  void misfits() throws Exception {
    try (CountingUpstream upstream = new CountingUpstream();
        Supervisor supervisor = new Supervisor(folder, List.of("--names", "grpc:http:admin"), yaml(upstream, folder))) {
      assertThat(supervisor.order("start " + Supervisor.MAIN)).isEqualTo(new Supervisor.Did(1, "Job for tidegate.service failed: exit 78.\n"));
      assertThat(supervisor.log(Supervisor.MAIN)).contains("descriptor 4 (http), which listens on 127.0.0.1:" + supervisor.grpc, "does not fit http.listen: 127.0.0.1:"
          + supervisor.http);
    }
  }

  @Test
  @DisplayName("H8 sockets in blocking mode and without names are mended by the launcher and told by their addresses; notices come in order; kill -9 loses no socket")
  void blockingAndNameless() throws Exception {
    try (CountingUpstream upstream = new CountingUpstream();
        Supervisor supervisor = new Supervisor(folder, List.of("--blocking"), yaml(upstream, folder));
        StrictHttpClient client = new StrictHttpClient(supervisor.http, null)) {
      supervisor.ordered("start " + Supervisor.MAIN);
      String asked = TestBed.body("auto", "question-1-", false);
      assertThat(client.post("/v1/chat/completions", asked, false).status()).isEqualTo(200);
      supervisor.ordered("hup " + Supervisor.MAIN);
      GrpcClientIT.await(Duration.ofSeconds(30), "a reload is told, and its end", () -> notices(supervisor).matches("(?s)READY=1\n.*RELOADING=1 MONOTONIC_USEC=\\d+\n.*READY=1\n.*"));
      supervisor.ordered("kill " + Supervisor.MAIN);
      GrpcClientIT.await(Duration.ofSeconds(30), "it is dead", () -> code(supervisor, "is-active " + Supervisor.MAIN) == 3);
      // Nobody is there; the question waits in the socket's queue for who comes.
      CompletableFuture<StrictHttpClient.Answer> waiting = CompletableFuture.supplyAsync(() -> {
        try {
          return client.post("/v1/chat/completions", TestBed.body("auto", "question-2-", false), false);
        } catch (IOException lost) {
          throw new java.io.UncheckedIOException(lost);
        }
      });
      supervisor.ordered("start " + Supervisor.MAIN);
      assertThat(waiting.get().status()).isEqualTo(200);
      supervisor.ordered("stop " + Supervisor.MAIN);
      assertThat(notices(supervisor)).contains("STOPPING=1");
      assertThat(Files.readString(folder.resolve("tidegate.service.log"))).doesNotContain("\"level\":\"ERROR\"");
    }
  }

  @Test
  @DisplayName("R2.7 H1 jobs go from one process to the next: no line twice, and a question about them is answered or told to come again")
  void jobsGoOver() throws Exception {
    try (CountingUpstream upstream = new CountingUpstream(); Supervisor supervisor = new Supervisor(folder, List.of(),
        "jobs: {directory: '" + folder.resolve("jobs") + "', parallel: 2}\n" + yaml(upstream, folder))) {
      supervisor.ordered("start " + Supervisor.MAIN);
      StringBuilder lines = new StringBuilder();
      for (int i = 0; i < 300; i++) {
        lines.append(JobClient.line("c" + i, "auto", "question-" + i + "-"));
      }
      JobClient before = new JobClient(supervisor.http, HttpClient.Version.HTTP_1_1);
      String batch = before.submit(lines.toString());
      supervisor.ordered("start " + Supervisor.STAND_IN);
      CompletableFuture<Void> leaving = CompletableFuture.runAsync(() -> stop(supervisor, Supervisor.MAIN));
      JobClient after = new JobClient(supervisor.http, HttpClient.Version.HTTP_1_1);
      GrpcClientIT.await(Duration.ofSeconds(30), "the job is over", () -> {
        try {
          JobClient.Answer asked = after.get("/v1/batches/" + batch);
          assertThat(asked.status() == 200 || asked.status() == 503 && asked.text().contains("draining")).as(asked.text()).isTrue();
          return asked.status() == 200 && asked.json().get("status").asText().equals("completed");
        } catch (IOException | InterruptedException lost) {
          throw new IllegalStateException(lost);
        }
      });
      leaving.join();
      JobClient.Answer done = after.get("/v1/batches/" + batch);
      assertThat(done.json().get("request_counts").get("completed").asInt()).isEqualTo(300);
      assertThat(after.lines(done.json().get("output_file_id").asText())).hasSize(300);
    }
  }

  private static String notices(Supervisor supervisor) {
    try {
      return supervisor.order("notices " + Supervisor.MAIN).text();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static int code(Supervisor supervisor, String order) {
    try {
      return supervisor.order(order).code();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
