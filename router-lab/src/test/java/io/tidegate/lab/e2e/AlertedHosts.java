package io.tidegate.lab.e2e;

import com.sun.net.httpserver.HttpServer;
import io.tidegate.fake.ConsulAgent;
import io.tidegate.fake.FakeDns;
import io.tidegate.fake.RedisServer;
import io.tidegate.fake.SmallDisk;
import io.tidegate.lab.emulator.Emulator;
import io.tidegate.lab.fault.Faults;
import io.tidegate.lab.fault.StreamFaults;
import io.tidegate.lab.tls.SelfMadeCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/**
 * Daemons side by side, each a job of its own at one Prometheus: one that is well, and one for each kind of trouble. All are asked all the time, as
 * hosts are; the troubles begin with {@link #trouble}.
 */
final class AlertedHosts implements AutoCloseable {
  static final String WELL = "tidegate-well";
  static final String FAILING = "tidegate-failing";
  static final String SLOW = "tidegate-slow";
  static final String FULL = "tidegate-full";
  static final String ALONE = "tidegate-alone";
  static final String DEAD = "tidegate-dead";
  /** No daemon can be made to let something out, and records go on for thousands of requests after their disk fails: what alerts read of it is shown by hand. */
  static final String GATE = "tidegate-gate";
  private static final int WAITING = 1_010;

  final Map<String, TestBed> beds = new LinkedHashMap<>();
  private final Path folder;
  private final List<AutoCloseable> more = new ArrayList<>();
  private final ScheduledExecutorService askers = Executors.newScheduledThreadPool(1);
  private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final ConsulAgent consul;
  private final RedisServer redis;
  private final FakeDns dns;
  private final HttpServer gate;
  private final @Nullable SmallDisk disk;
  private volatile boolean troubled;

  AlertedHosts(Path folder) throws Exception {
    this.folder = folder;
    consul = with(ConsulAgent.open(Files.createDirectory(folder.resolve("consul"))));
    redis = with(RedisServer.start());
    dns = with(new FakeDns(question -> troubled ? FakeDns.Reply.code(FakeDns.SERVFAIL)
        : FakeDns.Reply.of(FakeDns.a(question.name(), 1, "127.0.0.1"))));
    disk = smallDisk();
    beds.put(WELL, well());
    beds.put(FAILING, quiet().start());
    // What nobody looked at is RESTRICTED: that is what it is asked anyway.
    beds.put(SLOW, onSmallDisk(quiet()).section("plugins", "[{name: gone, address: 'unix:" + folder.resolve("gone.sock") + "', types: [PROJECT]}]").start());
    beds.put(FULL, quiet().section("limits", "{adaptive: false, queue: {total: 3000, interactive: 3000, standard: 3000, batch: 3000}}")
        .privateMore(", maxInFlight: 1").section("timeouts", "{drain: 1s, idle: 5m, firstToken: {interactive: 10m, standard: 10m, batch: 10m}}").start());
    beds.put(ALONE, alone());
    beds.put(DEAD, quiet().start());
    gate = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    gate.createContext("/metrics", exchange -> {
      int seen = troubled ? 1 : 0;
      byte[] page = "tidegate_egress_violation_total N\ntidegate_egress_refused_total N\ntidegate_audit_failing N\ntidegate_audit_lost_total N\n".replace("N", "" + seen)
          .getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("content-type", "text/plain; version=0.0.4");
      exchange.sendResponseHeaders(200, page.length);
      exchange.getResponseBody().write(page);
      exchange.close();
    });
    gate.start();
    more.add(() -> gate.stop(0));
    askers.scheduleWithFixedDelay(this::askAll, 0, 250, TimeUnit.MILLISECONDS);
  }

  private TestBed.Builder onSmallDisk(TestBed.Builder bed) {
    return disk == null ? bed : bed.section("audit", "{directory: '" + disk.path().resolve("audit") + "'}");
  }

  private static TestBed.Builder quiet() {
    return TestBed.builder().section("loops", "1");
  }

  /** Where nothing of an upstream's health is to be seen: a probe that a busy machine is late with would be a trouble of its own. */
  private static TestBed.Builder unprobed() {
    return quiet().section("health", "{interval: 1h}");
  }

  private <T extends AutoCloseable> T with(T closeable) {
    more.add(closeable);
    return closeable;
  }

  private @Nullable SmallDisk smallDisk() throws Exception {
    try {
      return with(SmallDisk.mount(Files.createDirectory(folder.resolve("disk")), "24m"));
    } catch (TestAbortedException nobodyMayMount) {
      return null;
    }
  }

  /** Much of what can be configured is, so that all its metrics are there. */
  private TestBed well() throws IOException {
    return unprobed().section("jobs", "{directory: '" + folder.resolve("jobs") + "'}")
        .section("grpc", "{listen: '127.0.0.1:0', tls: " + tls(SelfMadeCertificate.forLoopback(), "well") + "}")
        .section("prices", "[{upstream: public, input: 0.15, cachedInput: 0.003, output: 0.6}]")
        .section("limits", "{tenants: [{tenant: default, requestsPerSecond: 1000, burst: 1000}]}").section("region", "here")
        .section("regions", "{list: [{name: here}, {name: there}]}").start();
  }

  /** Everything that it leans on will be lost. */
  private TestBed alone() throws IOException {
    Path policies = Files.createDirectory(folder.resolve("policies"));
    Path baseline = Files.copy(TestBed.root().resolve("policies/baseline.yaml"), policies.resolve("baseline.yaml"));
    Path shadow = Files.createDirectory(folder.resolve("shadow"));
    Files.writeString(shadow.resolve("baseline.yaml"), Files.readString(baseline).replace("floor: internal", "floor: restricted"));
    SelfMadeCertificate ending = SelfMadeCertificate.forHost("localhost", Instant.now().minusSeconds(3600), Instant.now().plusSeconds(86_400));
    TestBed bed = unprobed().noPrivateEndpoints().privateMore(", consulService: llm").section("cache", cache(redis))
        .section("consul", "{address: '" + consul.url() + "', wait: 1s}").section("dns", "{server: '127.0.0.1:" + dns.address().getPort() + "', longestTtl: 1s}")
        .section("policy", "{directory: '" + policies + "', shadow: '" + shadow + "'}").section("grpc", "{listen: '127.0.0.1:0', tls: " + tls(ending, "ending") + "}")
        .upstream("{name: named, zone: private, dialect: vllm, basePath: /v1, models: [qwen3-32b], defaultModel: qwen3-32b, dnsName: llm.test, dnsPort: " + beds.get(WELL).privateA.port() + ", emulated: true}")
        .start();
    for (Emulator each : List.of(bed.privateA, bed.privateB)) {
      consul.call("PUT", "/v1/agent/service/register", "{\"ID\":\"" + each.port() + "\",\"Name\":\"llm\",\"Address\":\"127.0.0.1\",\"Port\":" + each.port() + "}");
    }
    GrpcClientIT.await(Duration.ofSeconds(30), "both endpoints are found", () -> bed.daemon.status().split("\"discovered\":true", -1).length >= 3);
    return bed;
  }

  private String cache(RedisServer server) throws IOException {
    Path key = folder.resolve("cache-" + server.port + ".key");
    Files.writeString(key, "alerts-alerts-alerts-alerts-alerts-12");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    return "{shared: {address: 'redis://127.0.0.1:" + server.port + "', key: '${file:" + key + "}', wait: 100ms}}";
  }

  private String tls(SelfMadeCertificate certificate, String name) throws IOException {
    Path pem = Files.writeString(folder.resolve(name + ".crt"), certificate.pem());
    Path key = Files.writeString(folder.resolve(name + ".key"), certificate.keyPem());
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    return "{certificate: '" + pem + "', key: '" + key + "'}";
  }

  /** What Prometheus is told: every daemon's admin listener, once a second. */
  String scrapeConfig(Path rules) {
    StringBuilder text = new StringBuilder("global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}\nrule_files: ['" + rules + "']\nscrape_configs:\n");
    beds.forEach((job, bed) -> target(text, job, bed.daemon.adminPort()));
    target(text, GATE, gate.getAddress().getPort());
    return text.toString();
  }

  private static void target(StringBuilder text, String job, int port) {
    text.append("- {job_name: ").append(job).append(", static_configs: [{targets: ['127.0.0.1:").append(port).append("']}]}\n");
  }

  private int turn;

  /** Four times a second. */
  private void askAll() {
    int now = turn++;
    ask(WELL, "RESTRICTED", "interactive", "Sort the list number " + now);
    ask(WELL, "PUBLIC", "standard", "Name the sea number " + now);
    ask(WELL, "PUBLIC", "standard", "Name the same sea again");
    ask(FAILING, "RESTRICTED", "interactive", "Sort the list number " + now);
    if (now % 2 == 0) {
      ask(SLOW, "RESTRICTED", "interactive", "Sort the list number " + now);
      ask(FAILING, "PUBLIC", "standard", "Name the sea number " + now);
      ask(ALONE, "PUBLIC", "standard", "Name the sea number " + now);
      ask(ALONE, "RESTRICTED", "interactive", "Sort the list number " + now);
    }
    if (now % 4 == 0) {
      ask(DEAD, "RESTRICTED", "interactive", "Sort the list number " + now);
    }
  }

  private void ask(String job, String sensitivity, String latencyClass, String text) {
    http.sendAsync(HttpRequest.newBuilder(beds.get(job).uri("/v1/chat/completions")).timeout(Duration.ofSeconds(20)).header("content-type", "application/json")
        .header("x-tidegate-sensitivity", sensitivity).header("x-tidegate-latency-class", latencyClass)
        .POST(HttpRequest.BodyPublishers.ofString(TestBed.body("auto", text, true))).build(), HttpResponse.BodyHandlers.discarding());
  }

  /** All at once, on the hosts that are not well. */
  void trouble() throws Exception {
    troubled = true;
    TestBed failing = beds.get(FAILING);
    failing.privateA.refuseConnections();
    failing.privateB.refuseConnections();
    failing.publicOne.always(Faults.serverError());
    TestBed slow = beds.get(SLOW);
    slow.privateA.always(StreamFaults.slowFirstToken(Duration.ofSeconds(3)));
    slow.privateB.always(StreamFaults.slowFirstToken(Duration.ofSeconds(3)));
    beds.get(FULL).privateA.always(StreamFaults.stall(3));
    beds.get(FULL).privateB.always(StreamFaults.stall(3));
    wait(beds.get(FULL));
    TestBed alone = beds.get(ALONE);
    consul.kill();
    redis.kill();
    alone.publicOne.always(Faults.paymentRequired());
    Files.writeString(folder.resolve("policies/broken.yaml"), "apiVersion: tidegate/v1\nkind: Nonsense\n");
    http.sendAsync(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + alone.daemon.adminPort() + "/admin/policy/reload")).timeout(Duration.ofSeconds(60))
        .POST(HttpRequest.BodyPublishers.noBody()).build(), HttpResponse.BodyHandlers.ofString());
    beds.get(DEAD).daemon.close();
  }

  /** What a daemon shows, however long that takes. */
  String page(String job) throws IOException, InterruptedException {
    return http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + beds.get(job).daemon.adminPort() + "/metrics")).timeout(Duration.ofMinutes(2)).build(),
        HttpResponse.BodyHandlers.ofString()).body();
  }

  boolean hasDisk() {
    return disk != null;
  }

  /** More callers than any queue should hold, none of whom gets a place. */
  private void wait(TestBed bed) throws IOException {
    String body = TestBed.body("auto", "Sort this list", true);
    byte[] request = ("POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nx-tidegate-sensitivity: RESTRICTED\r\n"
        + "x-tidegate-latency-class: batch\r\ncontent-length: " + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < WAITING; i++) {
      Socket socket = with(new Socket(InetAddress.getLoopbackAddress(), bed.daemon.httpPort()));
      socket.getOutputStream().write(request);
    }
  }

  @Override
  public void close() throws Exception {
    askers.shutdownNow();
    for (TestBed bed : beds.values()) {
      if (bed != beds.get(FULL)) {
        bed.close();
      }
    }
    // Its callers leave first, else it waits for them.
    for (int i = more.size() - 1; i >= 0; i--) {
      if (more.get(i) instanceof Socket) {
        more.remove(i).close();
      }
    }
    beds.get(FULL).close();
    for (int i = more.size() - 1; i >= 0; i--) {
      more.get(i).close();
    }
  }
}
