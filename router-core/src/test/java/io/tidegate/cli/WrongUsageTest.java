package io.tidegate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.tidegate.config.Environment;
import io.tidegate.config.TidegateConfig;
import io.tidegate.daemon.reload.ConfigSource;
import io.tidegate.fake.FreePorts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a command says to somebody who does not know it yet. */
class WrongUsageTest {
  @TempDir Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Map<String, String> variables = new HashMap<>();

  @ParameterizedTest
  @CsvSource({"statsu, status", "polcy, policy", "audti, audit", "policy chekc, check", "policy expalin, explain", "audit verfy, verify"})
  @DisplayName("I7 a slip of the pen is answered with the command that was meant")
  void didYouMean(String line, String meant) {
    assertThat(run(line.split(" "))).isEqualTo(2);
    assertThat(err()).contains("Did you mean '" + meant + "'?");
  }

  @Test
  void aWordThatIsNearNothingGetsNoHint() {
    assertThat(run("dance")).isEqualTo(2);
    assertThat(err()).contains("there is no such command").doesNotContain("Did you mean");
  }

  @Test
  void aTimeThatIsNoneIsSaidWithoutNamesOfClasses() {
    assertThat(run("policy", "explain", "--text", "x", "--now", "yesterday", "../policies")).isEqualTo(2);
    assertThat(err()).contains("'--now'", "such as 2026-01-05T12:00:00Z").doesNotContain("java.");
  }

  @ParameterizedTest
  @CsvSource({"audit show .local/audit, this is not a request id", "audit show --last 0, --last: a number", "tail --last -1, --last: a number"})
  void whatCannotBeMeantIsSaid(String line, String said) {
    assertThat(run(line.split(" "))).isEqualTo(2);
    assertThat(err()).contains(said);
  }

  @Test
  void aDirectoryWithoutPoliciesIsNamed() {
    assertThat(run("policy", "check", folder.toString())).isEqualTo(1);
    assertThat(out()).startsWith(folder + ": there is no policy file. Fix: ");
  }

  @Test
  @DisplayName("I7 ask says that no daemon answers, and where: the address is grpc.listen of the configuration, or what --grpc names")
  void askWithoutADaemon() throws IOException {
    int closed = FreePorts.number();
    String nobody = "no daemon answers at 127.0.0.1:" + closed + ". Fix: start it, or name its grpc.listen";
    variables.put("TIDEGATE_CONFIG", Files.writeString(folder.resolve("tidegate.yaml"), "grpc: {listen: '127.0.0.1:" + closed + "'}\n").toString());
    assertThat(run("ask", "hello")).isEqualTo(1);
    assertThat(err()).startsWith(nobody);
    err.reset();
    variables.clear();
    assertThat(run("ask", "--grpc", "127.0.0.1:" + closed, "hello")).isEqualTo(1);
    assertThat(err()).startsWith(nobody);
    assertThat(run("ask", "--json", "--set", "grpc.listen=127.0.0.1:" + closed, "hello")).isEqualTo(1);
    assertThat(out()).contains("UNAVAILABLE", nobody);
    err.reset();
    assertThat(run("ask", "--grpc", "unix:" + folder.resolve("none.sock"), "hello")).isEqualTo(1);
    assertThat(err()).startsWith("no daemon answers at unix:" + folder.resolve("none.sock"));
  }

  @ParameterizedTest
  @CsvSource({"--seconds 0, --seconds: a number", "--key-env NOBODY, there is no variable NOBODY"})
  void askRefusesWhatCannotBe(String option, String said) {
    assertThat(run(("ask " + option + " hello").split(" "))).isEqualTo(2);
    assertThat(err()).contains(said);
  }

  @Test
  @DisplayName("I7 a port where something else answers is said to be that, and no picture of an empty daemon is drawn")
  void anotherListenerAnswers() throws IOException {
    HttpServer other = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    other.createContext("/", exchange -> {
      exchange.sendResponseHeaders(404, -1);
      exchange.close();
    });
    other.start();
    try {
      String at = "127.0.0.1:" + other.getAddress().getPort();
      assertThat(run("status", "--set", "admin.listen=" + at)).isEqualTo(1);
      assertThat(err()).startsWith("what answers at " + at + " cannot be used: /admin/status answers with status 404. Fix: ");
      err.reset();
      assertThat(run("ask", "--grpc", at, "hello")).isEqualTo(1);
      assertThat(err()).startsWith("what answers at " + at + " is no gRPC listener of a daemon. Fix: ");
      assertThat(out()).isEmpty();
    } finally {
      other.stop(0);
    }
  }

  @ParameterizedTest
  @CsvSource({"policy reload, /admin/policy/reload", "reload, /admin/reload"})
  @DisplayName("I7 what a refused reload found wrong stands on standard error, a line each, beside the JSON")
  void refusedReload(String line, String path) throws IOException {
    String body = "{\"outcome\":\"refused\",\"problems\":[\"tidegate.yaml:1:2: wrong. Fix: mend\"],\"policy\":{\"outcome\":\"refused\",\"problems\":[\"a.yaml:3:1: no. Fix: yes\\u001b[2J\"]}}";
    HttpServer admin = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    admin.createContext(path, exchange -> {
      exchange.sendResponseHeaders(409, body.length());
      exchange.getResponseBody().write(body.getBytes(StandardCharsets.UTF_8));
      exchange.close();
    });
    admin.start();
    try {
      assertThat(run((line + " --set admin.listen=127.0.0.1:" + admin.getAddress().getPort()).split(" "))).isEqualTo(1);
    } finally {
      admin.stop(0);
    }
    assertThat(out()).isEqualTo(body + "\n");
    assertThat(err().lines()).hasSize(2).first().isEqualTo("tidegate.yaml:1:2: wrong. Fix: mend");
    assertThat(err()).contains("a.yaml:3:1: no. Fix: yes").doesNotContain("\u001b");
  }

  @Test
  void aFaultOfTheFileSystemIsMoreThanAPath() {
    assertThat(AuditText.fault(new java.nio.file.AccessDeniedException("/x/a.tga"))).isEqualTo("/x/a.tga: cannot be read (AccessDeniedException). Fix: read it as a user who may");
    assertThat(AuditText.fault(new IOException("a.tga: is damaged"))).isEqualTo("a.tga: is damaged");
  }

  @Test
  @DisplayName("I7 a reload of the sandbox reads the file again, as serve's does")
  void sandboxReadsItsFileAgain() throws IOException {
    Path file = Files.writeString(folder.resolve("tidegate.yaml"), "http: {headerCount: 50}\n");
    SandboxCommand sandbox = new SandboxCommand(environment(), terminal(), new Server() {
      @Override
      public int run(TidegateConfig config, Terminal terminal) {
        throw new AssertionError("started with a configuration that stays as it is");
      }

      @Override
      public int run(TidegateConfig config, ConfigSource source, Terminal terminal) {
        try {
          Files.writeString(file, "http: {headerCount: 60}\n");
          assertThat(source.again().get().changes(source.first())).containsExactly("http.headerCount");
          Files.writeString(file, "http: {headerCount: many}\n");
          assertThat(source.again().get().problems()).hasSize(1);
        } catch (IOException e) {
          throw new java.io.UncheckedIOException(e);
        }
        return 7;
      }
    });
    sandbox.options.file = file;
    assertThat(sandbox.run(new Sandbox() {
      @Override
      public TidegateConfig furnish(TidegateConfig config, Map<String, String> environment) {
        return config.withUpstreams(List.of());
      }

      @Override
      public void close() {}
    })).isEqualTo(7);
  }

  /** This machine's files, and the test's own variables. */
  private Environment environment() {
    Environment machine = Environment.empty();
    return new Environment() {
      @Override
      public Map<String, String> variables() {
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

  private Terminal terminal() {
    return new Terminal(new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  private int run(String... arguments) {
    return new Tidegate(environment(), terminal(), (config, same) -> 7).run(arguments);
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }
}
