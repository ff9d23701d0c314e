package io.tidegate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.tidegate.admission.Callers;
import io.tidegate.admission.KeysFile;
import io.tidegate.config.Environment;
import io.tidegate.config.TidegateConfig;
import io.tidegate.model.Caller;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TidegateTest {
  @TempDir Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final List<TidegateConfig> served = new ArrayList<>();
  private final java.util.Map<String, String> variables = new java.util.HashMap<>();

  @ParameterizedTest
  @ValueSource(strings = {"--config F --set http.headerCount=50 --set loops=2", "-c F --set=http.headerCount=50 --set=loops=2",
      "--config=F --set http.headerCount=9 --set http.headerCount=50 --set loops=2"})
  void serveRunsTheServerWithTheConfiguration(String options) throws IOException {
    Path file = write("grpc: {listen: '127.0.0.1:9999'}\n");
    assertThat(run(("serve " + options).replace("F", file.toString()).split(" "))).isEqualTo(7);
    assertThat(served).hasSize(1);
    assertThat(served.get(0).http().headerCount()).isEqualTo(50);
    assertThat(served.get(0).loops()).isEqualTo(2);
    assertThat(served.get(0).grpc().listen()).hasToString("127.0.0.1:9999");
  }

  @Test
  void serveTakesTheFileThatTheVariableNamesUnlessAFlagNamesOne() throws IOException {
    variables.put("TIDEGATE_CONFIG", write("loops: 3\n").toString());
    assertThat(run("serve")).isEqualTo(7);
    Path other = Files.writeString(folder.resolve("other.yaml"), "loops: 4\n");
    assertThat(run("serve", "--config", other.toString())).isEqualTo(7);
    assertThat(served).extracting(TidegateConfig::loops).containsExactly(3, 4);
  }

  @Test
  void serveWithoutOptionsMeansTheDefaults() {
    assertThat(run("serve")).isEqualTo(7);
    assertThat(served).containsExactly(TidegateConfig.defaults());
  }

  @Test
  @DisplayName("G2 a bad configuration starts nothing: every problem on standard error, exit 78")
  void serveRefusesABadConfiguration() throws IOException {
    Path file = write("http:\n  listn: 1\ngrpc: {reflection: maybe}\n");
    assertThat(run("serve", "--config", file.toString())).isEqualTo(78);
    assertThat(served).isEmpty();
    assertThat(err().lines()).containsExactly(
        file + ":2:3: unknown key 'listn'. Fix: did you mean 'listen'?",
        file + ":3:20: 'reflection' must be true or false. Fix: write true or false",
        "2 problems");
    assertThat(out()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"serve --port 80", "serve --config", "serve --set", "serve x", "check --what", "keys", "keys old a b", "keys new a", "nonsense", "",
      "audit erase", "status now", "serve --config a --config b"})
  void wrongUsageIsExit2AndSaysHow(String line) {
    assertThat(run(line.isEmpty() ? new String[0] : line.split(" "))).isEqualTo(2);
    assertThat(err()).containsIgnoringCase("usage");
    assertThat(served).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"help", "--help", "serve --help", "check --help", "keys new --help", "status --help", "audit --help", "sandbox --help", "policy --help", "ask --help"})
  void helpIsExit0(String line) {
    assertThat(run(line.split(" "))).isZero();
    assertThat(out().toLowerCase(java.util.Locale.ROOT)).contains("usage: tidegate");
  }

  @Test
  void checkSaysAllProblems() throws IOException {
    Path file = write("upstreams:\n  - {name: a, zone: private}\n  - {name: a, zone: secret}\n");
    assertThat(run("check", "--config", file.toString())).isEqualTo(78);
    assertThat(err().lines()).hasSizeGreaterThan(4).allSatisfy(line -> assertThat(line).matches(".*:\\d+:\\d+: .*\\. Fix: .*|\\d+ problems"));
  }

  @Test
  void checkSummarises() throws IOException {
    Path file = write("upstreams:\n  - {name: near, zone: private, dialect: llama.cpp, baseUrl: 'http://127.0.0.1:8080/v1'}\n");
    assertThat(run("check", "--config", file.toString(), "--set", "http.listen=[::1]:7400", "--set", "policy.directory=../policies")).isZero();
    assertThat(err()).isEmpty();
    assertThat(out()).startsWith("configuration is valid: " + file + "\n").contains("http      [::1]:7400\n",
        "upstream  near: private, llama.cpp, 1 endpoint\n", "policies  ../policies: good: ");
  }

  @Test
  @DisplayName("G2 without a usable policy the configuration is not good: exit 78, as at a start")
  void checkLooksAtThePolicies() throws IOException {
    Files.writeString(folder.resolve("broken.yaml"), "rulez: []\n");
    assertThat(run("check", "--set", "policy.directory=" + folder)).isEqualTo(78);
    assertThat(err()).contains(folder.resolve("broken.yaml") + ":1:1: ", "holds no usable policies");
    assertThat(run("check", "--set", "policy.directory=" + folder.resolve("none"))).isEqualTo(78);
  }

  @Test
  @DisplayName("I7 check --show-origin says where each value came from, TIDEGATE_CONFIG names the file, and --json is for a machine")
  void checkShowsOrigins() throws IOException {
    Path file = write("http: {headerCount: 50}\n");
    variables.put("TIDEGATE_CONFIG", file.toString());
    variables.put("TIDEGATE_LOOPS", "2");
    assertThat(run("check", "--show-origin", "--set", "grpc.reflection=true")).isZero();
    assertThat(out()).containsPattern("(?m)^http.headerCount +" + java.util.regex.Pattern.quote(file + ":1") + " +50$").containsPattern("(?m)^loops +TIDEGATE_LOOPS +2$")
        .containsPattern("(?m)^grpc.reflection +--set grpc.reflection +true$").containsPattern("(?m)^http.bodyLimit +default +16MiB$");
    out.reset();
    assertThat(run("check", "--json", "--set", "policy.directory=../policies")).isZero();
    assertThat(out()).startsWith("{\"valid\":true,\"problems\":[],\"policies\":{\"good\":true,").contains("{\"key\":\"loops\",\"value\":\"2\",\"from\":\"TIDEGATE_LOOPS\"}");
    out.reset();
    variables.put("TIDEGATE_LOOPS", "many");
    assertThat(run("check", "--json")).isEqualTo(78);
    assertThat(out()).contains("{\"valid\":false,\"problems\":[{\"file\":\"TIDEGATE_LOOPS\",\"line\":1,");
  }

  @Test
  @DisplayName("I7 --json where a machine would read: version, keys, policy check")
  void json() {
    assertThat(run("version", "--json")).isZero();
    assertThat(out()).startsWith("{\"version\":\"");
    out.reset();
    assertThat(run("keys", "new", "--json", "corp", "ledger")).isZero();
    assertThat(out()).startsWith("{\"key\":\"tgk_").contains("\"line\":\"corp:ledger:");
    out.reset();
    assertThat(run("policy", "check", "--json", "../policies")).isZero();
    assertThat(out()).startsWith("{\"good\":true,\"files\":").contains("\"problems\":[]");
  }

  @Test
  void policyCheckAndTest() throws IOException {
    assertThat(run("policy", "check", "../policies")).isZero();
    assertThat(out()).startsWith("good: ");
    assertThat(run("policy", "check", "--set", "policy.directory=../policies")).isZero();
    run("policy", "test", "../policies");
    assertThat(out()).containsPattern("\\d+ of \\d+ tests passed, ");
    Files.writeString(folder.resolve("broken.yaml"), "rulez: []\n");
    assertThat(run("policy", "check", folder.toString())).isEqualTo(1);
    assertThat(run("policy", "test", folder.toString())).isEqualTo(78);
  }

  @Test
  @DisplayName("B2 a new key is shown once, its line holds the hash only, and the two fit")
  void keysNew() {
    assertThat(run("keys", "new", "hospital", "radiology")).isZero();
    List<String> lines = out().lines().toList();
    String key = lines.get(0).substring(lines.get(0).indexOf("tgk_"));
    assertThat(key).hasSize(47);
    assertThat(lines.get(2)).doesNotContain(key);
    Callers callers = Callers.withKeys(KeysFile.parse("keys", lines.get(2)).entries());
    assertThat(callers.identify(Optional.of(key), io.tidegate.model.Peer.UNKNOWN).<Caller>fold(caller -> caller, refused -> Caller.DEFAULT))
        .isEqualTo(new Caller("hospital", "radiology"));
    out.reset();
    run("keys", "new", "hospital", "radiology");
    assertThat(out()).doesNotContain(key);
  }

  @Test
  void keysNewRefusesANameThatTheFileCouldNotHold() {
    assertThat(run("keys", "new", "Hospital One", "radiology")).isEqualTo(2);
    assertThat(err()).contains("the tenant is not a name. Fix: ");
    assertThat(out()).isEmpty();
  }

  @Test
  void versionNamesBuildAndJava() {
    assertThat(run("version")).isZero();
    assertThat(out()).startsWith("tidegate ").contains("Java " + Runtime.version());
  }

  @Test
  void statusShowsWhatTheAdminListenerSays() throws IOException {
    int[] readiness = {200};
    HttpServer admin = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    admin.createContext("/", exchange -> {
      boolean status = exchange.getRequestURI().getPath().equals("/admin/status");
      byte[] body = "{\"ready\":true}\n".getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status ? 200 : readiness[0], body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    });
    admin.start();
    try {
      String listen = "admin.listen=127.0.0.1:" + admin.getAddress().getPort();
      assertThat(run("status", "--json", "--set", listen)).isZero();
      assertThat(out()).isEqualTo("{\"ready\":true}\n");
      readiness[0] = 503;
      assertThat(run("status", "--set", listen)).isEqualTo(1);
    } finally {
      admin.stop(0);
    }
    assertThat(run("status", "--set", "admin.listen=127.0.0.1:1")).isEqualTo(1);
    assertThat(err()).contains("no daemon answers at 127.0.0.1:1");
  }

  @Test
  void statusOverAUnixSocket() throws Exception {
    Path socket = folder.resolve("admin.sock");
    try (java.nio.channels.ServerSocketChannel server = java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
      server.bind(java.net.UnixDomainSocketAddress.of(socket));
      Thread peer = new Thread(() -> {
        for (int i = 0; i < 2; i++) {
          try (java.nio.channels.SocketChannel channel = server.accept()) {
            channel.read(java.nio.ByteBuffer.allocate(1024));
            channel.write(java.nio.ByteBuffer.wrap("HTTP/1.1 200 OK\r\n\r\n{}".getBytes(StandardCharsets.US_ASCII)));
          } catch (IOException closed) {
            return;
          }
        }
      });
      peer.start();
      assertThat(run("status", "--json", "--set", "admin.listen=unix:" + socket)).isZero();
      assertThat(out()).isEqualTo("{}\n");
      peer.join(5_000);
    }
  }

  @Test
  void sandboxNeedsTheLab() {
    assertThat(run("sandbox")).isEqualTo(2);
    assertThat(err()).contains("TIDEGATE_LAB");
  }

  @Test
  void auditWithoutRecords() {
    assertThat(run("audit", "show", "--directory", folder.resolve("none").toString())).isEqualTo(1);
    assertThat(err()).contains("there are no records in");
  }

  /** This machine's files, and the test's own variables. */
  private Environment environment() {
    Environment machine = Environment.empty();
    return new Environment() {
      @Override
      public java.util.Map<String, String> variables() {
        return variables;
      }

      @Override
      public byte[] read(Path path, int maxBytes) throws IOException {
        return machine.read(path, maxBytes);
      }

      @Override
      public boolean openToOthers(Path path, boolean writing) throws IOException {
        return machine.openToOthers(path, writing);
      }
    };
  }

  private int run(String... arguments) {
    Terminal terminal = new Terminal(new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Tidegate(environment(), terminal, (config, same) -> {
      served.add(config);
      return 7;
    }).run(arguments);
  }

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("tidegate.yaml"), text);
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }
}
