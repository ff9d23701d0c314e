package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidegate.lab.config.EmulatedDialect;
import io.tidegate.lab.config.EmulatorConfig;
import io.tidegate.lab.emulator.Emulator;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real daemon as a process with jobs under way, really killed, again and again on the same directory. */
class JobsKillIT {
  private static final Pattern READY = Pattern.compile("ready: http (\\d+),");

  @TempDir private Path folder;

  @Test
  @DisplayName("R2.7 2,000 lines and 3 kill -9: each line stands once in the file of answers, with its own answer")
  void threeKills() throws Exception {
    kill(1, 2_000, 3);
  }

  @Test
  @Tag("long")
  @DisplayName("R2.7 100,000 lines in two jobs and 20 kill -9: each line stands once, with its own answer")
  void twentyKills() throws Exception {
    kill(2, Integer.getInteger("tidegate.kill.lines", 100_000) / 2, Integer.getInteger("tidegate.kill.kills", 20));
  }

  private void kill(int jobs, int lines, int kills) throws Exception {
    long seed = Long.getLong("tidegate.seed", 20261125);
    Random chance = new Random(seed);
    long begun = System.nanoTime();
    try (Emulator cloud = Emulator.start(EmulatorConfig.builder(EmulatedDialect.DEEPSEEK).name("public").models(TestBed.PUBLIC_MODEL).seed(1).echoes(true)
        .recording(false).build())) {
      List<String> batches = new ArrayList<>();
      Killable daemon = start(cloud);
      JobClient client = new JobClient(daemon.port, HttpClient.Version.HTTP_1_1);
      for (int job = 0; job < jobs; job++) {
        StringBuilder text = new StringBuilder(lines * 220);
        for (int i = 0; i < lines; i++) {
          text.append(JobClient.line("c" + i, "auto", "Sort list number j" + job + "n" + i + "e"));
        }
        batches.add(client.submit(text.toString()));
      }
      int total = jobs * lines;
      int counted = 0;
      for (int kill = 1; kill <= kills; kill++) {
        int target = (int) ((long) total * kill / (kills + 1));
        counted = await(client, batches, target);
        LockSupport.parkNanos(chance.nextInt(30_000_000));
        daemon.kill();
        daemon = start(cloud);
        client = new JobClient(daemon.port, HttpClient.Version.HTTP_1_1);
        assertThat(counts(client, batches)).as("lines that counted before kill %d", kill).isGreaterThanOrEqualTo(counted);
      }
      for (int job = 0; job < jobs; job++) {
        JsonNode done = client.over(batches.get(job), Duration.ofMinutes(10));
        assertThat(done.get("status").asText()).isEqualTo("completed");
        assertThat(done.get("request_counts").get("completed").asInt()).isEqualTo(lines);
        assertThat(done.get("error_file_id").isNull()).isTrue();
        BitSet seen = new BitSet();
        for (JsonNode line : client.lines(done.get("output_file_id").asText())) {
          int number = Integer.parseInt(line.get("custom_id").asText().substring(1));
          assertThat(seen.get(number)).as("line %d once", number).isFalse();
          seen.set(number);
          assertThat(line.at("/response/body/choices/0/message/content").asText()).as("the answer to line %d", number).contains("j" + job + "n" + number + "e");
        }
        assertThat(seen.cardinality()).isEqualTo(lines);
      }
      long asked = cloud.received().modelCalls();
      daemon.kill();
      assertThat(asked).as("asked again is what was under way at a kill, or had its answer but not yet its record").isBetween((long) total, total + 64L * kills);
      System.out.printf("R2.7: %d lines, %d kill -9: %d answered, none twice, none lost; %d calls to the model (%d asked again); %.1f s; seed %d%n", total, kills, total,
          asked, asked - total, (System.nanoTime() - begun) / 1e9, seed);
    }
  }

  private static int counts(JobClient client, List<String> batches) throws IOException, InterruptedException {
    int sum = 0;
    for (String batch : batches) {
      sum += client.get("/v1/batches/" + batch).json().get("request_counts").get("completed").asInt();
    }
    return sum;
  }

  private static int await(JobClient client, List<String> batches, int target) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(10);
    while (true) {
      int counted = counts(client, batches);
      if (counted >= target) {
        return counted;
      }
      assertThat(System.nanoTime() - end).as("%d lines in time, there are %d", target, counted).isNegative();
      LockSupport.parkNanos(5_000_000);
    }
  }

  private Killable start(Emulator cloud) throws IOException {
    Path config = Files.writeString(folder.resolve("tidegate.yaml"), "http: {listen: '127.0.0.1:0'}\ngrpc: {listen: '127.0.0.1:0'}\nadmin: {listen: '127.0.0.1:0'}\n"
        + "policy: {directory: '" + TestBed.root().resolve("policies").toAbsolutePath() + "'}\naudit: {directory: '" + folder.resolve("audit")
        + "'}\njobs: {directory: '" + folder.resolve("jobs") + "', parallel: 32}\ncache: {enabled: false}\n"
        + "upstreams:\n  - {name: public, zone: public, dialect: deepseek, basePath: /v1, models: [" + TestBed.PUBLIC_MODEL + "], defaultModel: "
        + TestBed.PUBLIC_MODEL + ", endpoints: [{address: '127.0.0.1:" + cloud.port() + "'}], networks: ['127.0.0.0/8'], emulated: true}\n");
    Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"), "io.tidegate.cli.Tidegate", "serve", "--config", config.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT).start();
    BufferedReader log = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = log.readLine(); line != null; line = log.readLine()) {
      JsonNode said = new ObjectMapper().readTree(line);
      Matcher ready = READY.matcher(said.path("formattedMessage").asText());
      if (ready.find()) {
        return new Killable(process, Integer.parseInt(ready.group(1)));
      }
    }
    throw new IOException("the daemon ended before it was ready");
  }

  /** A daemon's process; its log goes on unread, and is short. */
  private record Killable(Process process, int port) {
    void kill() throws InterruptedException {
      process.destroyForcibly();
      assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }
  }
}
