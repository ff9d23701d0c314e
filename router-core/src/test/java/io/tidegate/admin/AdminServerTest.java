package io.tidegate.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.Channel;
import io.tidegate.net.EventLoops;
import io.tidegate.net.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdminServerTest {
  private static final String GOOD = "Host: localhost:7402\r\n";

  private final EventLoops loops = new EventLoops(Transport.best(), 1);
  private final ExecutorService pool = Executors.newSingleThreadExecutor(task -> new Thread(task, "admin-test-pool"));
  private final ExecutorService records = Executors.newSingleThreadExecutor(task -> new Thread(task, "admin-test-records"));
  private final Pages pages = new Pages();
  private Channel server = start(pool);

  /** Pages that say on which thread they were made. */
  private static final class Pages implements AdminPages {
    private volatile boolean yes = true;
    private volatile String madeBy = "";
    private volatile List<String> warnings = List.of();
    private volatile boolean accepts = true;
    private volatile int reloads;

    private boolean by(boolean answer) {
      madeBy = Thread.currentThread().getName();
      return answer;
    }

    @Override
    public CompletionStage<Boolean> live() {
      return CompletableFuture.completedFuture(by(yes));
    }

    @Override
    public boolean ready() {
      return by(yes);
    }

    @Override
    public String metrics() {
      by(true);
      return "tidegate_requests_total 1\n";
    }

    @Override
    public String openMetrics() {
      return "tidegate_requests_total 1 # {trace_id=\"1\"} 1\n# EOF\n";
    }

    @Override
    public String status() {
      if (!by(yes)) {
        throw new IllegalStateException("CANARY");
      }
      return "{\"ok\":true}";
    }

    @Override
    public List<String> warnings() {
      return warnings;
    }

    @Override
    public String shadow() {
      by(true);
      return "{\"samples\":[]}";
    }

    @Override
    public Optional<String> explain(String id, boolean text) {
      by(true);
      return id.equals("known") ? Optional.of(text ? "why\n" : "{\"why\":1}") : Optional.empty();
    }

    @Override
    public Reload reloadPolicies() {
      by(true);
      reloads++;
      return new Reload(accepts, "{\"outcome\":\"" + (accepts ? "accepted" : "refused") + "\"}");
    }
  }

  private Channel start(Executor executor) {
    try {
      return new AdminServer(loops, pages, executor, records).start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  @DisplayName("H8 an address that is taken is an error that names it")
  void taken() {
    InetSocketAddress busy = (InetSocketAddress) server.localAddress();
    assertThatThrownBy(() -> new AdminServer(loops, pages, pool, records).start(busy)).isInstanceOf(IOException.class)
        .hasMessageContaining("cannot listen on " + busy.getHostString() + ":" + busy.getPort());
  }

  @AfterEach
  void stop() {
    if (server.isOpen()) {
      server.close().syncUninterruptibly();
    }
    loops.close();
    pool.shutdownNow();
    records.shutdownNow();
  }

  private String raw(String request) throws IOException {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(10_000);
      socket.connect(server.localAddress(), 2_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  private String get(String path) throws IOException {
    return raw("GET " + path + " HTTP/1.1\r\n" + GOOD + "\r\n");
  }

  private static String status(String answer) {
    return answer.substring(0, Math.min(answer.length(), 12));
  }

  @Test
  @DisplayName("the four pages, each made off the event loops, each closing its connection")
  void pages() throws IOException {
    assertThat(get("/livez")).startsWith("HTTP/1.1 200").endsWith("ok\n");
    assertThat(get("/readyz")).startsWith("HTTP/1.1 200");
    assertThat(get("/metrics")).contains("content-type: text/plain; version=0.0.4").endsWith("tidegate_requests_total 1\n");
    assertThat(raw("GET /metrics HTTP/1.1\r\nHost: localhost\r\nAccept: application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5\r\n\r\n"))
        .contains("content-type: application/openmetrics-text; version=1.0.0").endsWith("# EOF\n");
    assertThat(pages.madeBy).isEqualTo("admin-test-pool");
    assertThat(get("/admin/status")).contains("content-type: application/json").contains("cache-control: no-store").contains("connection: close")
        .endsWith("{\"ok\":true}");
  }

  @Test
  @DisplayName("an explanation is made on an executor of its own, as JSON or text; an unknown request is 404, a strange id is not looked for")
  void explain() throws IOException {
    assertThat(get("/admin/explain?id=known")).startsWith("HTTP/1.1 200").contains("content-type: application/json").endsWith("{\"why\":1}");
    assertThat(pages.madeBy).isEqualTo("admin-test-records");
    assertThat(get("/admin/explain?id=known&as=text")).startsWith("HTTP/1.1 200").contains("content-type: text/plain").endsWith("why\n");
    assertThat(get("/admin/explain?id=unknown")).startsWith("HTTP/1.1 404");
    assertThat(get("/admin/decisions/known")).startsWith("HTTP/1.1 200").endsWith("{\"why\":1}");
    assertThat(get("/admin/decisions/unknown")).startsWith("HTTP/1.1 404");
    assertThat(get("/admin/decisions/")).startsWith("HTTP/1.1 400");
    for (String strange : List.of("", "?id=", "?id=a%2fb", "?id=../x", "?id=" + "a".repeat(65), "?id=known&as=html")) {
      assertThat(get("/admin/explain" + strange)).as(strange).startsWith("HTTP/1.1 400");
    }
  }

  @Test
  @DisplayName("H8 not live and not ready are 503")
  void notReady() throws IOException {
    pages.yes = false;
    assertThat(get("/livez")).startsWith("HTTP/1.1 503");
    assertThat(get("/readyz")).startsWith("HTTP/1.1 503").endsWith("no\n");
  }

  @Test
  @DisplayName("a query is not part of the page's name")
  void query() throws IOException {
    assertThat(get("/metrics?name[]=up")).startsWith("HTTP/1.1 200");
  }

  @Test
  @DisplayName("G3 a page that fails names the class of its defect, not its message")
  void failingPage() throws IOException {
    pages.yes = false;
    assertThat(get("/admin/status")).startsWith("HTTP/1.1 500").doesNotContain("CANARY");
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "LOCALHOST:7402", "127.0.0.1", "127.0.0.1:7402", "[::1]", "[::1]:7402", "10.1.2.3:7402"})
  @DisplayName("D8 our own names are served")
  void ownHosts(String host) throws IOException {
    assertThat(raw("GET /livez HTTP/1.1\r\nHost: " + host + "\r\n\r\n")).startsWith("HTTP/1.1 200");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Host: evil.example\r\n", "Host: localhost.evil.example\r\n", "Host: 127.0.0.1.nip.io\r\n", "Host: [::1\r\n", "Host: [x]\r\n", "Host: [::1]x\r\n", "Host: 1.2.3\r\n", "Host: localhost:\r\n", "Host: [\r\n", "Host:\r\n",
      "", "Host: localhost\r\nOrigin: http://evil.example\r\n", "Host: localhost\r\nOrigin: null\r\n", "Host: localhost\r\nHost: evil.example\r\n",
      "Host: localhost@evil.example\r\n", "Host: localhost:7402:1\r\n"})
  @DisplayName("D8 a foreign Host, two Hosts, none, or any Origin is refused")
  void foreignHosts(String headers) throws IOException {
    assertThat(status(raw("GET /admin/status HTTP/1.1\r\n" + headers + "\r\n"))).isIn("HTTP/1.1 403", "HTTP/1.1 400");
    assertThat(pages.madeBy).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "get"})
  @DisplayName("K7 nothing but GET is served")
  void methods(String method) throws IOException {
    assertThat(raw(method + " /livez HTTP/1.1\r\n" + GOOD + "Content-Length: 0\r\n\r\n")).startsWith("HTTP/1.1 405");
    assertThat(pages.madeBy).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/livez", "/readyz", "/metrics", "/admin/status"})
  @DisplayName("K7 a HEAD, as load balancers send it, has the head of the GET and no body")
  void heads(String path) throws IOException {
    String head = raw("HEAD " + path + " HTTP/1.1\r\n" + GOOD + "\r\n");
    assertThat(head).startsWith("HTTP/1.1 200").endsWith("\r\n\r\n").containsIgnoringCase("content-length: " + get(path).split("\r\n\r\n", 2)[1].length() + "\r\n");
    assertThat(raw("HEAD /admin/events HTTP/1.1\r\n" + GOOD + "\r\n")).startsWith("HTTP/1.1 405");
    assertThat(raw("HEAD /admin/status HTTP/1.1\r\nHost: evil.example\r\n\r\n")).startsWith("HTTP/1.1 403");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/admin", "/admin/", "/admin/ui"})
  void whatSomebodyTypesLeadsToThePage(String path) throws IOException {
    assertThat(get(path)).startsWith("HTTP/1.1 302").containsIgnoringCase("location: /admin/ui/\r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/admin/reload", "/admin/policy/reload", "/admin/cache/purge", "/admin/playground"})
  @DisplayName("K7 what only a POST does is not unknown to a GET")
  void postOnly(String path) throws IOException {
    assertThat(get(path)).startsWith("HTTP/1.1 405").containsIgnoringCase("allow: POST\r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/index.html", "/adminx", "/admin/ui/../status", "/admin/ui/x.js", "/admin/ui/app.js/", "/livez/", "//livez", "/LIVEZ", "/livez%00", "/../livez", "http://localhost/livez"})
  @DisplayName("K7 D7 any other path is 404")
  void paths(String path) throws IOException {
    assertThat(get(path)).startsWith("HTTP/1.1 404");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nonsense\r\n\r\n", "GET /livez HTTP/1.1\r\nHost: localhost\r\nBad Name: x\r\n\r\n",
      "GET /livez HTTP/1.1\r\nHost: localhost\r\nX: {long}\r\n\r\n", "GET /{long} HTTP/1.1\r\nHost: localhost\r\n\r\n",
      "GET /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"})
  @DisplayName("D1 D5 what is not HTTP, too long or too large is refused, and no page is made")
  void malformed(String request) throws IOException {
    assertThat(status(raw(request.replace("{long}", "x".repeat(20_000))))).matches("HTTP/1.1 4\\d\\d");
    assertThat(pages.madeBy).isEmpty();
  }

  @Test
  @DisplayName("G8 D10 a body is not waited for, and of pipelined requests only the first is answered")
  void oneAnswerAConnection() throws IOException {
    assertThat(raw("GET /livez HTTP/1.1\r\n" + GOOD + "Content-Length: 2000\r\n\r\n")).startsWith("HTTP/1.1 200");
    String one = "GET /livez HTTP/1.1\r\n" + GOOD + "\r\n";
    assertThat(raw(one.repeat(50))).containsOnlyOnce("HTTP/1.1");
  }

  @Test
  @DisplayName("G8 when the pool is full the page is 503 at once")
  void poolFull() throws IOException {
    server.close().syncUninterruptibly();
    server = start(task -> {
      throw new RejectedExecutionException();
    });
    assertThat(get("/metrics")).startsWith("HTTP/1.1 503").endsWith("Busy.\n");
  }

  @Test
  @DisplayName("H9 /livez is answered while a reload, a status and an explanation hold every pool")
  void liveWhilePoolsAreHeld() throws IOException, InterruptedException {
    CountDownLatch held = new CountDownLatch(2);
    CountDownLatch over = new CountDownLatch(1);
    for (Executor each : new Executor[] {pool, records}) {
      each.execute(() -> {
        held.countDown();
        try {
          over.await();
        } catch (InterruptedException end) {
          Thread.currentThread().interrupt();
        }
      });
    }
    try {
      held.await();
      assertThat(get("/livez")).startsWith("HTTP/1.1 200").endsWith("ok\n");
      pages.yes = false;
      assertThat(get("/livez")).startsWith("HTTP/1.1 503").endsWith("no\n");
      assertThat(pages.madeBy).startsWith("loop");
    } finally {
      over.countDown();
    }
  }

  @Test
  @DisplayName("H9 an answer that is ready when the loops have ended is nobody's: no thread of the pool ends by it")
  void answerAfterTheEnd() throws IOException, InterruptedException {
    AtomicReference<Throwable> uncaught = new AtomicReference<>();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    Thread[] maker = new Thread[1];
    Channel slow = start(task -> {
      maker[0] = new Thread(() -> {
        begun.countDown();
        try {
          ended.await();
          task.run();
        } catch (InterruptedException end) {
          Thread.currentThread().interrupt();
        }
      });
      maker[0].setUncaughtExceptionHandler((thread, why) -> uncaught.set(why));
      maker[0].start();
    });
    try (Socket socket = new Socket()) {
      socket.connect(slow.localAddress(), 2_000);
      socket.getOutputStream().write(("GET /admin/status HTTP/1.1\r\n" + GOOD + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
      begun.await();
      loops.close();
      ended.countDown();
      maker[0].join();
      assertThat(uncaught.get()).isNull();
      assertThat(socket.getInputStream().read()).as("the connection is closed").isEqualTo(-1);
    }
  }

  private String post(String head) throws IOException {
    return raw("POST /admin/policy/reload HTTP/1.1\r\n" + head + "\r\n");
  }

  @Test
  @DisplayName("K7 the one POST asks for a reload, off the loops; a refused bundle is 409")
  void reload() throws IOException {
    assertThat(post(GOOD)).startsWith("HTTP/1.1 200").endsWith("{\"outcome\":\"accepted\"}");
    assertThat(pages.madeBy).as("where readiness and metrics do not wait for it").isEqualTo("admin-test-records");
    assertThat(post(GOOD + "Content-Length: 0\r\n")).startsWith("HTTP/1.1 200");
    pages.accepts = false;
    assertThat(post(GOOD)).startsWith("HTTP/1.1 409").endsWith("{\"outcome\":\"refused\"}");
    assertThat(pages.reloads).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {
      "POST /admin/policy/reload HTTP/1.1\r\nHost: evil.example\r\n\r\n",
      "POST /admin/policy/reload HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost:7402\r\n\r\n",
      "POST /admin/policy/reload HTTP/1.1\r\nHost: localhost\r\nOrigin: null\r\n\r\n",
      "POST /admin/policy/reload HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\n\r\n",
      "POST /admin/policy/reload HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Mode: no-cors\r\n\r\n",
      "POST /admin/policy/reload HTTP/1.1\r\nHost: localhost\r\nsec-fetch-dest: empty\r\n\r\n",
      "POST /admin/policy/reload HTTP/1.1\r\nHost: localhost\r\nCookie: a=b\r\n\r\n",
      "POST /admin/policy/reload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx",
      "POST /admin/policy/reload HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST /admin/policy/reload?x=1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
      "POST /admin/policy/../policy/reload HTTP/1.1\r\nHost: localhost\r\n\r\n",
      "POST /admin/status HTTP/1.1\r\nHost: localhost\r\n\r\n",
      "GET /admin/policy/reload HTTP/1.1\r\nHost: localhost\r\n\r\n",
      "PUT /admin/policy/reload HTTP/1.1\r\nHost: localhost\r\n\r\n"})
  @DisplayName("D8 K7 no page, no body, no other path and no other method reloads")
  void noReload(String request) throws IOException {
    assertThat(raw(request)).startsWith("HTTP/1.1 4");
    assertThat(pages.reloads).isZero();
  }

  @Test
  @DisplayName("K3 a warning stands on the readiness page, which stays 200")
  void warnings() throws IOException {
    pages.warnings = List.of("policy: the newest bundle was refused");
    assertThat(get("/readyz")).startsWith("HTTP/1.1 200").endsWith("ok\nwarning: policy: the newest bundle was refused\n");
    assertThat(get("/admin/policy/shadow")).startsWith("HTTP/1.1 200").endsWith("{\"samples\":[]}");
  }
}
