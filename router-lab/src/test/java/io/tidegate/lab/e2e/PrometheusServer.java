package io.tidegate.lab.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidegate.fake.FreePorts;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A real Prometheus on a free port of loopback, with a data folder of its own. Its programs are beside PROMETHEUS_BINARY, or what
 * script/lib/prometheus.sh put below the root; without them, tests fail.
 */
final class PrometheusServer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final int port;
  private final Process process;
  private final Path log;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).proxy(HttpClient.Builder.NO_PROXY).build();

  /** An alert that is pending or fires. */
  record Alert(String name, String job, boolean firing, Instant since, JsonNode labels) {}

  private PrometheusServer(int port, Process process, Path log) {
    this.port = port;
    this.process = process;
    this.log = log;
  }

  /** prometheus or promtool. */
  static Path program(String name) {
    String binary = System.getenv("PROMETHEUS_BINARY");
    Path program = binary == null ? TestBed.root().resolve(".local/prometheus/bin/" + name) : Path.of(binary).resolveSibling(name);
    if (!Files.isExecutable(program)) {
      throw new IllegalStateException(name + " is missing: PROMETHEUS_BINARY=$(script/lib/prometheus.sh), which script/test does");
    }
    return program.toAbsolutePath();
  }

  /** What promtool said, when it ended well; else the test fails with it. */
  static String promtool(Path directory, String input, String... arguments) {
    List<String> command = new ArrayList<>(List.of(program("promtool").toString()));
    command.addAll(List.of(arguments));
    try {
      Path in = Files.createTempFile("promtool", ".in");
      Files.writeString(in, input);
      Process started = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).redirectInput(in.toFile()).start();
      String said = new String(started.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      Files.delete(in);
      if (!started.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || started.exitValue() != 0) {
        throw new AssertionError("promtool " + String.join(" ", arguments) + "\n" + said);
      }
      return said;
    } catch (IOException unusable) {
      throw new UncheckedIOException(unusable);
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(hurried);
    }
  }

  /** @param folder empty; everything it writes is there */
  static PrometheusServer start(Path folder, String config) throws IOException {
    int port = FreePorts.number();
    Path file = Files.writeString(folder.resolve("prometheus.yaml"), config);
    Path log = folder.resolve("prometheus.log");
    ProcessBuilder builder = new ProcessBuilder(program("prometheus").toString(), "--config.file=" + file, "--storage.tsdb.path=" + folder.resolve("data"),
        "--web.listen-address=127.0.0.1:" + port, "--log.level=warn").directory(folder.toFile()).redirectErrorStream(true).redirectOutput(new File(log.toString()));
    builder.environment().put("GOMAXPROCS", "2");
    PrometheusServer server = new PrometheusServer(port, builder.start(), log);
    GrpcClientIT.await(PATIENCE, "Prometheus is ready", server::ready);
    return server;
  }

  private boolean ready() {
    if (!process.isAlive()) {
      try {
        throw new AssertionError("Prometheus ended: " + Files.readString(log));
      } catch (IOException unreadable) {
        throw new UncheckedIOException(unreadable);
      }
    }
    try {
      return http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/-/ready")).timeout(Duration.ofSeconds(5)).build(),
          HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** The {@code data} of an answer; an error is the test's. One that could not be had is asked for again while Prometheus lives. */
  JsonNode get(String path) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        return once(path);
      } catch (UncheckedIOException busy) {
        if (System.nanoTime() - end > 0 || !process.isAlive()) {
          throw busy;
        }
        LockSupport.parkNanos(200_000_000);
      }
    }
  }

  private JsonNode once(String path) {
    try {
      HttpResponse<String> answer = http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).timeout(Duration.ofSeconds(20)).build(),
          HttpResponse.BodyHandlers.ofString());
      JsonNode body = JSON.readTree(answer.body());
      if (answer.statusCode() != 200 || !body.path("status").asText().equals("success")) {
        throw new AssertionError(path + ": " + answer.statusCode() + " " + answer.body());
      }
      return body.get("data");
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(hurried);
    }
  }

  /** The samples of an expression now. */
  JsonNode query(String expression) {
    return get("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8)).get("result");
  }

  /** The series of an expression over the last minutes, as a dashboard asks. */
  JsonNode lately(String expression, Duration minutes) {
    long now = System.currentTimeMillis() / 1000;
    return get("/api/v1/query_range?step=5&start=" + (now - minutes.toSeconds()) + "&end=" + now + "&query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8))
        .get("result");
  }

  /** Every alert that is pending or fires. */
  List<Alert> alerts() {
    List<Alert> all = new ArrayList<>();
    for (JsonNode each : get("/api/v1/alerts").get("alerts")) {
      JsonNode labels = each.get("labels");
      all.add(new Alert(labels.get("alertname").asText(), labels.path("job").asText(), each.get("state").asText().equals("firing"),
          Instant.parse(each.get("activeAt").asText()), labels));
    }
    return all;
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
