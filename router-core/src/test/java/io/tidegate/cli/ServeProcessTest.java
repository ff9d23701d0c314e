package io.tidegate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The program in a process of its own. */
@Timeout(120)
class ServeProcessTest {
  @TempDir Path folder;
  private @Nullable Process process;

  @AfterEach
  void end() {
    if (process != null) {
      process.destroyForcibly();
    }
  }

  @Test
  @DisplayName("H1 SIGTERM ends a running daemon in order, with exit 0 and every log line a JSON object")
  void sigtermEndsInOrder() throws Exception {
    Process daemon = start("--set", "policy.directory=../policies", "--set", "audit.directory=" + folder.resolve("audit"), "--set", "http.listen=127.0.0.1:0",
        "--set", "grpc.listen=127.0.0.1:0", "--set", "admin.listen=127.0.0.1:0");
    List<JsonNode> lines = new ArrayList<>();
    for (String line : endedAt("ready: ", daemon)) {
      lines.add(new ObjectMapper().readTree(line));
    }
    assertThat(daemon.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(daemon.exitValue()).isZero();
    assertThat(lines).last().satisfies(line -> assertThat(line.get("formattedMessage").asText()).isEqualTo("stopped"));
  }

  @Test
  @DisplayName("H8 SIGHUP while the daemon starts ends nothing: the reload follows the start")
  void hangupWhileStarting() throws Exception {
    Path key = folder.resolve("root-key");
    assertThat(new ProcessBuilder("mkfifo", key.toString()).start().waitFor()).isZero();
    Path file = Files.writeString(folder.resolve("tidegate.yaml"), "timeouts: {drain: 7s}\n");
    Process daemon = start(Map.of("CREDENTIALS_DIRECTORY", folder.toString()), "--config", file.toString(), "--set", "policy.directory=../policies", "--set",
        "audit.directory=" + folder.resolve("audit"), "--set", "http.listen=127.0.0.1:0", "--set", "grpc.listen=127.0.0.1:0", "--set", "admin.listen=127.0.0.1:0");
    // Opens once the daemon has read its configuration and is about to read the key, and holds it there.
    try (OutputStream held = Files.newOutputStream(key)) {
      Files.writeString(file, "timeouts: {drain: 8s}\n");
      assertThat(new ProcessBuilder("kill", "-HUP", Long.toString(daemon.pid())).start().waitFor()).isZero();
      held.write(new byte[32]);
    }
    List<String> said = endedAt("configuration read again: 1 keys changed", daemon);
    assertThat(said).anyMatch(line -> line.contains("ready: ")).anyMatch(line -> line.contains("configuration read again: 1 keys changed"));
  }

  @Test
  @DisplayName("H8 where SIGHUP is ignored since the start, as under nohup, the daemon says that it does not reload")
  void hangupIgnored() throws Exception {
    Process daemon = start(List.of("env", "--ignore-signal=HUP"), Map.of(), "--set", "policy.directory=../policies", "--set", "audit.directory=" + folder.resolve("audit"), "--set",
        "http.listen=127.0.0.1:0", "--set", "grpc.listen=127.0.0.1:0", "--set", "admin.listen=127.0.0.1:0");
    List<String> said = endedAt("ready: ", daemon);
    assertThat(said).anyMatch(line -> line.contains("SIGHUP does not reload here")).anyMatch(line -> line.contains("ready: "));
  }

  @Test
  @DisplayName("G2 without a usable policy nothing starts: exit 78, and the reason on standard error")
  void noPolicyNoStart() throws Exception {
    Files.writeString(folder.resolve("broken.yaml"), "rulez: []\n");
    Process daemon = start("--set", "policy.directory=" + folder, "--set", "audit.directory=" + folder.resolve("audit"));
    assertThat(daemon.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(daemon.exitValue()).isEqualTo(78);
    assertThat(new String(daemon.getErrorStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)).contains("broken.yaml:1:1: unknown key 'rulez'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "grpc", "admin"})
  @DisplayName("J1 a listener whose address is in use is named with its setting, what to do, exit 78, and no stack trace")
  void addressInUse(String taken) throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      List<String> options = new ArrayList<>(List.of("--set", "policy.directory=../policies", "--set", "audit.directory=" + folder.resolve("audit")));
      for (String listener : List.of("http", "grpc", "admin")) {
        options.addAll(List.of("--set", listener + ".listen=127.0.0.1:" + (listener.equals(taken) ? other.getLocalPort() : 0)));
      }
      Process daemon = start(options.toArray(String[]::new));
      String said = new String(daemon.getErrorStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
      assertThat(daemon.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(said.lines()).singleElement().asString().startsWith(taken + ".listen: 127.0.0.1:" + other.getLocalPort() + " is in use. Fix: ");
      assertThat(daemon.exitValue()).isEqualTo(78);
    }
  }

  @Test
  void warmUpAnswersAndStops() throws Exception {
    Process daemon = start("--warm-up", "--set", "policy.directory=../policies", "--set", "audit.directory=" + folder.resolve("audit"));
    daemon.getInputStream().readAllBytes();
    assertThat(new String(daemon.getErrorStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)).doesNotContain("warm-up:");
    assertThat(daemon.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(daemon.exitValue()).isZero();
  }

  private Process start(String... options) throws IOException {
    return start(Map.of(), options);
  }

  /** All lines of a daemon that is told to end once it has said {@code word}. */
  private static List<String> endedAt(String word, Process daemon) throws IOException {
    List<String> said = new ArrayList<>();
    try (BufferedReader out = daemon.inputReader()) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        said.add(line);
        if (line.contains(word)) {
          // Not Process.destroy, which closes the streams as well.
          daemon.toHandle().destroy();
        }
      }
    }
    return said;
  }

  /** It takes SIGHUP although these tests may run where that is ignored, as under nohup; and ends, whatever it says or not. */
  private Process start(Map<String, String> environment, String... options) throws IOException {
    return start(List.of("env", "--default-signal=HUP"), environment, options);
  }

  private Process start(List<String> by, Map<String, String> environment, String... options) throws IOException {
    List<String> command = new ArrayList<>(by);
    command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1"));
    if (Runtime.version().feature() >= 24) {
      // As the launcher does: or the virtual machine warns, where only the daemon's own words are expected.
      command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Tidegate.class.getName(), "serve"));
    command.addAll(List.of(options));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    Process started = builder.start();
    CompletableFuture.delayedExecutor(100, TimeUnit.SECONDS).execute(started::destroyForcibly);
    process = started;
    return started;
  }
}
