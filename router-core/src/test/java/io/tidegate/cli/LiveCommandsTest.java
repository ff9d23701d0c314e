package io.tidegate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.tidegate.config.Environment;
import io.tidegate.fake.FreePorts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** {@code status}, {@code top} and {@code tail} against an admin listener that says what the test says. */
class LiveCommandsTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private HttpServer admin;
  private volatile String decisions = document("one", 10);
  private volatile String status = "{\"ready\":true,\"boot\":\"one\",\"upstreams\":[]}\n";

  @BeforeEach
  void begin() throws IOException {
    begin(FreePorts.number());
  }

  private void begin(int port) throws IOException {
    admin = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    admin.createContext("/", exchange -> {
      String path = exchange.getRequestURI().getPath();
      byte[] body = (switch (path) {
        case "/admin/status" -> status;
        case "/metrics" -> "tidegate_requests_total{destination=\"public\",outcome=\"answered\",sensitivity=\"internal\"} 4.0\n";
        case "/admin/decisions" -> decisions;
        case "/admin/upstreams" -> "{}";
        default -> "ok\n";
      }).getBytes(StandardCharsets.UTF_8);
      boolean missing = path.equals("/admin/decisions") && decisions.isEmpty() || path.equals("/admin/status") && status.isEmpty();
      exchange.sendResponseHeaders(missing ? 404 : 200, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    });
    admin.start();
  }

  @AfterEach
  void end() {
    admin.stop(0);
  }

  private int run(String... words) {
    List<String> line = new ArrayList<>(List.of(words));
    line.addAll(List.of("--set", "admin.listen=127.0.0.1:" + admin.getAddress().getPort()));
    Terminal terminal = new Terminal(new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Tidegate(Environment.empty(), terminal, (config, same) -> 0).run(line.toArray(String[]::new));
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private static String decision(int number, String tenant, String sensitivity, String ended) {
    return "{\"id\":\"id-" + number + "\",\"time\":\"2026-11-25T12:00:0" + number % 10 + "Z\",\"tenant\":\"" + tenant + "\",\"caller\":\"c\",\"operation\":\"chat\",\"sensitivity\":\""
        + sensitivity + "\",\"latency_class\":\"standard\",\"rules\":[\"contact\"]" + (ended.isEmpty() ? "" : ",\"ended\":" + ended) + "}";
  }

  private static String ended(String destination, String refusal) {
    return "{\"destination\":\"" + destination + "\",\"upstream\":\"u\",\"cache\":\"miss\",\"attempts\":1,\"refusal\":\"" + refusal + "\",\"duration_ms\":12}";
  }

  private static String document(String boot, int second, String... newestFirst) {
    return "{\"at\":\"2026-11-25T12:00:" + second + "Z\",\"boot\":\"" + boot + "\",\"decisions\":{\"newest\":[" + String.join(",", newestFirst) + "]}}";
  }

  @Test
  @DisplayName("I7 what answers and is no daemon's admin listener is not called nobody, and nothing of it is quoted")
  void somebodyElse() {
    status = "CANARY, not JSON";
    assertThat(run("status")).isEqualTo(Exit.FOUND);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("cannot be used: it is no JSON").contains("Fix:").doesNotContain("CANARY", "no daemon answers");
    err.reset();
    status = "";
    assertThat(run("status")).isEqualTo(Exit.FOUND);
    assertThat(run("top", "--once")).isEqualTo(Exit.FOUND);
    assertThat(err.toString(StandardCharsets.UTF_8).lines()).hasSize(2).allMatch(line -> line.contains("/admin/status answers with status 404"));
    err.reset();
    admin.stop(0);
    assertThat(run("status")).isEqualTo(Exit.FOUND);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("no daemon answers");
    assertThat(run("tail", "--last", "-1")).isEqualTo(Exit.USAGE);
  }

  @Test
  @DisplayName("I7 tail shows each decision on one line, oldest first, with filters, and never a control character of a caller's")
  void tailOnce() {
    decisions = document("one", 10, decision(3, "b\\u001b[2J", "restricted", ended("none", "busy")), decision(2, "a", "restricted", ended("private", "")),
        decision(1, "a", "internal", ended("public", "")));
    assertThat(run("tail", "--once")).isZero();
    assertThat(out().lines()).hasSize(3).allMatch(line -> line.contains("rules contact"));
    assertThat(out().lines().toList().get(0)).contains("INTERNAL", "a/c chat -> PUBLIC u  cache miss  1 attempt  12 ms", "id-1");
    assertThat(out().lines().toList().get(2)).contains("refused busy", "\\u001b[2J").doesNotContain("\u001b");
    out.reset();
    assertThat(run("tail", "--once", "--sensitivity", "restricted", "--refused")).isZero();
    assertThat(out().lines()).singleElement().asString().contains("id-3");
    out.reset();
    run("tail", "--once", "--tenant", "a", "--destination", "private", "--json");
    assertThat(out().lines()).singleElement().asString().startsWith("{\"id\":\"id-2\"");
    out.reset();
    run("tail", "--once", "--last", "1");
    assertThat(out().lines()).singleElement().asString().contains("id-3");
  }

  @Test
  @DisplayName("I7 tail goes on through a restart of the daemon, and ends when nobody reads it any more")
  void tailSurvivesARestart() throws Exception {
    decisions = document("one", 10, decision(1, "a", "internal", ended("public", "")));
    AtomicBoolean deaf = new AtomicBoolean();
    PrintStream pipe = new PrintStream(new OutputStream() {
      @Override
      public void write(int one) throws IOException {
        if (deaf.get()) {
          throw new IOException("closed");
        }
        out.write(one);
      }
    }, true, StandardCharsets.UTF_8);
    int port = admin.getAddress().getPort();
    Terminal terminal = new Terminal(pipe, new PrintStream(err, true, StandardCharsets.UTF_8));
    int[] exit = {-1};
    Thread tail = new Thread(() -> exit[0] = new Tidegate(Environment.empty(), terminal, (config, same) -> 0).run("tail", "--set", "admin.listen=127.0.0.1:" + port));
    tail.start();
    await(() -> out().contains("id-1"));
    admin.stop(0);
    await(() -> err.toString(StandardCharsets.UTF_8).contains("does not answer"));
    decisions = document("two", 12, decision(2, "a", "internal", ended("private", "")));
    begin(port);
    await(() -> out().contains("id-2"));
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("answers again").doesNotContain("more decisions");
    assertThat(out().lines()).as("each once").hasSize(2);
    deaf.set(true);
    decisions = document("two", 13, decision(3, "a", "internal", ended("private", "")));
    tail.join(30_000);
    assertThat(exit[0]).isZero();
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + 30_000_000_000L;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - end).as("it did not come").isNegative();
      LockSupport.parkNanos(10_000_000);
    }
  }

  @Test
  void tailOfADaemonThatHasNoFeed() {
    decisions = "";
    assertThat(run("tail", "--once")).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("older version", "Fix: ");
    admin.stop(0);
    assertThat(run("tail", "--once")).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("no daemon answers at");
  }

  @Test
  @DisplayName("I7 the feed tells each decision once: when it ended, or when it would be lost, through restarts, with a bound on what it remembers")
  void feed() throws IOException {
    DecisionFeed feed = new DecisionFeed();
    assertThat(ids(feed.look(read(document("one", 10, decision(2, "a", "public", ""), decision(1, "a", "public", ended("public", "")))), 10)))
        .as("one is under way, for eight seconds already").containsExactly("id-1", "id-2");
    assertThat(ids(feed.look(read(document("one", 10, decision(8, "a", "public", ""), decision(2, "a", "public", ended("public", "")))), 10)))
        .as("told once; another is under way for two seconds").isEmpty();
    assertThat(feed.overrun()).isFalse();
    assertThat(ids(feed.look(read(document("one", 11, decision(8, "a", "public", ended("private", "")))), 10))).containsExactly("id-8");
    assertThat(ids(feed.look(read(document("one", 11, decision(9, "a", "public", ""))), 10))).isEmpty();
    assertThat(feed.overrun()).as("nothing known in the window: more may have passed").isTrue();
    assertThat(ids(feed.look(read(document("two", 12)), 10))).as("it leaves the window under way").containsExactly("id-9");
    assertThat(feed.overrun()).as("a restart is no loss").isFalse();
    assertThat(ids(feed.look(read(document("two", 12, decision(11, "a", "public", ended("public", "")))), 10))).containsExactly("id-11");
  }

  @Test
  @DisplayName("I7 the feed remembers a bounded number of decisions")
  void bounded() throws IOException {
    DecisionFeed feed = new DecisionFeed();
    for (int look = 0; look < 100; look++) {
      int base = look * 50;
      String[] window = IntStream.range(0, 50).mapToObj(i -> decision(base + 50 - i, "a", "public", ended("public", ""))).toArray(String[]::new);
      assertThat(feed.look(read(document("one", 10, window)), 50)).hasSize(50);
      assertThat(feed.fresh()).isEqualTo(50);
    }
    assertThat(feed.remembered()).isLessThanOrEqualTo(1_000);
  }

  private static JsonNode read(String json) throws IOException {
    return MAPPER.readTree(json);
  }

  private static List<String> ids(List<JsonNode> decisions) {
    return decisions.stream().map(decision -> decision.path("id").asText()).toList();
  }

  @Test
  @DisplayName("I7 top --once: one picture of one interval, for eyes and for a machine; escape sequences only on a terminal")
  void topOnce() throws IOException {
    assertThat(run("top", "--once", "--interval", "0.1s")).isZero();
    assertThat(out()).contains("sensitivity, per s", "INTERNAL", "first token p50").doesNotContain("\u001b");
    out.reset();
    assertThat(run("top", "--once", "--json", "--interval", "0.1s")).isZero();
    assertThat(MAPPER.readTree(out()).path("sensitivities")).hasSize(4);
    assertThat(run("top", "--interval", "0s")).isEqualTo(2);
    assertThat(run("top", "--interval", "soon")).isEqualTo(2);
    admin.stop(0);
    assertThat(run("top", "--once")).isEqualTo(1);
  }

  @Test
  @DisplayName("I7 status for eyes, and --json for a machine")
  void status() throws IOException {
    assertThat(run("status")).isZero();
    assertThat(out()).startsWith("tidegate  ready").doesNotContain("\u001b");
    out.reset();
    assertThat(run("status", "--json")).isZero();
    assertThat(MAPPER.readTree(out()).path("ready").asBoolean()).isTrue();
  }
}
