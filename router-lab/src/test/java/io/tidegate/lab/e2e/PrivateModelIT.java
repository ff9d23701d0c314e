package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tidegate.fake.FreePorts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Issue 6, done when 5: script/server with the real model, as packaged. */
class PrivateModelIT {
  private static final String RESTRICTED = "{\"model\":\"auto\",\"stream\":%s,\"max_tokens\":%d,\"temperature\":0,\"messages\":[{\"role\":\"user\",\"content\":"
      + "\"My ID card number is 11010519491231002X. Say hello.\"}]}";

  @TempDir Path folder = Path.of("");
  private final HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  private HttpResponse<String> ask(int port, boolean stream, int tokens) throws IOException, InterruptedException {
    return client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/chat/completions")).timeout(Duration.ofSeconds(60))
        .header("content-type", "application/json").POST(HttpRequest.BodyPublishers.ofString(String.format(RESTRICTED, stream, tokens))).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static void until(String what, BooleanSupplier condition) throws InterruptedException {
    for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(40); !condition.getAsBoolean(); Thread.sleep(20)) {
      assertThat(System.nanoTime()).as(what).isLessThan(end);
    }
  }

  private long model() {
    try {
      String text = Files.readString(folder.resolve("sandbox/model.pid")).strip();
      return text.isEmpty() ? 0 : Long.parseLong(text);
    } catch (IOException notYet) {
      return 0;
    }
  }

  @Test
  @DisplayName("R5 a restricted prompt is answered by the real model in a process without network; killed, it is refused clearly and comes back; the daemon never noticed")
  void wholeStory() throws Exception {
    Path root = TestBed.root().toAbsolutePath().normalize();
    Path file = root.resolve(".local/models/gemma-3-270m-q4_k_m.gguf");
    assumeTrue(Files.isRegularFile(file), "script/model install has not been run");
    int[] ports = {FreePorts.number(), FreePorts.number(), FreePorts.number()};
    ProcessBuilder builder = new ProcessBuilder("bash", root.resolve("script/server").toString(), "--set", "http.listen=127.0.0.1:" + ports[0], "--set",
        "grpc.listen=127.0.0.1:" + ports[1], "--set", "admin.listen=127.0.0.1:" + ports[2], "--set", "attempts.max=1", "--set",
        "audit.directory=" + folder.resolve("audit")).redirectErrorStream(true).redirectOutput(folder.resolve("server.log").toFile());
    builder.environment().putAll(java.util.Map.of("TIDEGATE_BUILD", "no", "TIDEGATE_MODEL", file.toString(), "TIDEGATE_SANDBOX",
        folder.resolve("sandbox").toString()));
    builder.environment().remove("DEEPSEEK_API_KEY");
    long last;
    Process daemon = builder.start();
    try {
      until("the daemon answers", () -> {
        try {
          return !daemon.isAlive() || ask(ports[0], false, 1).statusCode() == 200;
        } catch (IOException notYet) {
          return false;
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      });
      assertThat(daemon.isAlive()).as(Files.readString(folder.resolve("server.log"))).isTrue();

      HttpResponse<String> stream = ask(ports[0], true, 8);
      assertThat(stream.headers().firstValue("x-tidegate-sensitivity")).contains("RESTRICTED");
      assertThat(stream.headers().firstValue("x-tidegate-upstream")).contains("tidegate-model");
      assertThat(stream.body().lines().filter(line -> line.startsWith("data: {"))).as("pieces as they are made").hasSizeGreaterThan(2);
      assertThat(stream.body()).contains("gemma-3-270m-q4_k_m", "data: [DONE]").doesNotContain("emulated");

      long first = model();
      if (!Files.readSymbolicLink(Path.of("/proc/self/ns/net")).equals(Files.readSymbolicLink(Path.of("/proc/" + first + "/ns/net")))) {
        List<String> interfaces = Files.readAllLines(Path.of("/proc/" + first + "/net/dev"));
        assertThat(interfaces).as("two lines of head, and loopback, which is down").hasSize(3);
        assertThat(interfaces.get(2).strip()).matches("lo:( +0)+");
        assertThat(Files.readAllLines(Path.of("/proc/" + first + "/net/route"))).as("no route").hasSizeLessThanOrEqualTo(1);
      }

      ProcessHandle.of(first).orElseThrow().destroyForcibly();
      until("the kill", () -> ProcessHandle.of(first).isEmpty());
      HttpResponse<String> refused = ask(ports[0], false, 1);
      if (refused.statusCode() != 200) {
        // It may have been back already on a fast machine.
        assertThat(refused.statusCode()).isBetween(502, 503);
        assertThat(refused.body()).contains("\"error\"").doesNotContain("11010519491231002X");
      }
      until("another process of the model", () -> model() != first);
      until("it answers again", () -> {
        try {
          return ask(ports[0], false, 1).statusCode() == 200;
        } catch (IOException | InterruptedException e) {
          throw new IllegalStateException("the daemon was touched", e);
        }
      });
      assertThat(daemon.isAlive()).isTrue();
      assertThat(Files.readString(folder.resolve("sandbox/public.log"))).as("what the public emulator got").doesNotContain("/chat/completions");
    } finally {
      last = model();
      daemon.destroy();
      if (!daemon.waitFor(40, TimeUnit.SECONDS)) {
        daemon.destroyForcibly();
      }
    }
    long ended = last;
    until("the model has ended with the daemon", () -> ProcessHandle.of(ended).isEmpty());
  }
}
