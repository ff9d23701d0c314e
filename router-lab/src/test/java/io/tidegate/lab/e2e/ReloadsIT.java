package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.config.ConfigLoader;
import io.tidegate.config.Environment;
import io.tidegate.daemon.Daemon;
import io.tidegate.daemon.reload.ConfigSource;
import io.tidegate.lab.tls.SelfMadeCertificate;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Configuration, certificates and policies that change while requests come and go. */
class ReloadsIT {
  private static final int PER_SECOND = Integer.getInteger("tidegate.rate", 500);

  @TempDir Path folder;
  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  @DisplayName("F5 G5 eight reloads of configuration and certificate under 500 requests a second over TLS: no request lost, new handshakes see the new one")
  void reloads() throws Exception {
    reloads(8);
  }

  @Test
  @Tag("long")
  @DisplayName("F5 G5 100 reloads of configuration and certificate under 500 requests a second over TLS: no request lost, p99 at most 250 ms")
  void hundredReloads() throws Exception {
    assertThat(reloads(100)).as("p99 while reloads ran, ms").isLessThanOrEqualTo(250);
  }

  /** The packaged daemon, in a process of its own. Returns the p99 of when answers began while reloads ran, in milliseconds from when they were due. */
  private double reloads(int times) throws Exception {
    // Made before the load: each takes a core for a while, and is not the daemon's work.
    List<SelfMadeCertificate> certificates = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      certificates.add(SelfMadeCertificate.forLoopback());
    }
    TlsFiles files = new TlsFiles(folder);
    SelfMadeCertificate first = SelfMadeCertificate.forLoopback();
    files.put(first, first);
    keys("before");
    try (CountingUpstream upstream = new CountingUpstream(); Supervisor supervisor = new Supervisor(folder, List.of("--names", "http:grpc:admin"), "")) {
      supervisor.write(yaml("info", "", upstream), ", " + files.tls(), ", " + files.tls());
      supervisor.ordered("start " + Supervisor.MAIN);
      URI admin = URI.create("http://127.0.0.1:" + supervisor.admin);
      try (SteadyLoad load = new SteadyLoad(supervisor.http, 0, PER_SECOND, upstream, TlsFiles.trusting().getSocketFactory(), "before")) {
        // The load's own code is warm by then.
        GrpcClientIT.await(Duration.ofSeconds(120), "the load runs", () -> load.answered() >= times * PER_SECOND / 5);
        long from = System.nanoTime();
        for (int i = 0; i < times; i++) {
          SelfMadeCertificate next = certificates.get(i);
          files.put(next, next);
          supervisor.write(yaml(i % 2 == 0 ? "debug" : "info", "", upstream), ", " + files.tls(), ", " + files.tls());
          int before = load.answered();
          HttpResponse<String> did = reload(admin);
          assertThat(did.statusCode()).as(did.body()).isEqualTo(200);
          assertThat(did.body()).startsWith("{\"outcome\":\"accepted\"").contains("\"changed\":[\"telemetry.logLevel\"]", "\"needs_restart\":[]", "\"policy\":{\"outcome\":\"unchanged\"");
          assertThat(TlsFiles.shown(supervisor.http)).isEqualTo(next.certificate());
          assertThat(TlsFiles.shown(supervisor.grpc)).isEqualTo(next.certificate());
          GrpcClientIT.await(Duration.ofSeconds(30), "the load goes on", () -> load.answered() >= before + 50);
        }
        List<SteadyLoad.Asked> all = load.end();
        double[] millis = all.stream().filter(asked -> asked.dueNanos() >= from).mapToDouble(SteadyLoad.Asked::millis).sorted().toArray();
        double p99 = millis[(int) (millis.length * 0.99)];
        System.out.printf(Locale.ROOT, "G5 %d reloads: %d requests over TLS while they ran, p50 %.1f p99 %.1f max %.1f ms%n", times, millis.length, millis[millis.length / 2], p99,
            millis[millis.length - 1]);
        assertThat(all).allMatch(asked -> asked.problem().isEmpty()).allMatch(asked -> upstream.asked(asked.number()) == 1);
        assertThat(metric(admin, "tidegate_config_reloads_total{outcome=\"accepted\"}")).isEqualTo(times);
        return p99;
      }
    }
  }

  @Test
  @DisplayName("F5 G2 a key of another pair, a certificate that is over, garbage, a mistake in the file: refused, told, and what was in force stays, all of it")
  void refused() throws Exception {
    try (CountingUpstream upstream = new CountingUpstream(); Rig rig = new Rig(upstream)) {
      X509Certificate first = TlsFiles.shown(rig.daemon.httpPort());
      SelfMadeCertificate one = SelfMadeCertificate.forLoopback();
      rig.files.put(one, SelfMadeCertificate.forLoopback());
      // What would be live on its own must not come into force beside what is refused.
      keys("after");
      refused(rig, "http.tls: the key in ");
      SelfMadeCertificate over = SelfMadeCertificate.forHost("localhost", Instant.now().minus(9, ChronoUnit.DAYS), Instant.now().minus(1, ChronoUnit.DAYS));
      rig.files.put(over, over);
      refused(rig, "and not now");
      Files.writeString(rig.files.certificate, "garbage");
      refused(rig, "holds no certificate that can be read");
      rig.files.put(one, one);
      rig.configure("loud", "");
      refused(rig, "logLevel");
      assertThat(TlsFiles.shown(rig.daemon.httpPort())).isEqualTo(first);
      assertThat(rig.status("before")).isEqualTo(200);
      assertThat(rig.status("after")).isEqualTo(401);
      assertThat(rig.metric("tidegate_config_last_attempt_failed")).isEqualTo(1);
      assertThat(rig.metric("tidegate_config_reloads_total{outcome=\"refused\"}")).isEqualTo(4);
      rig.configure("info", "");
      assertThat(rig.reload().body()).contains("\"outcome\":\"accepted\"", "\"changed\":[\"callers.keysFile\"]");
      assertThat(TlsFiles.shown(rig.daemon.httpPort())).isEqualTo(one.certificate());
      assertThat(rig.metric("tidegate_config_last_attempt_failed")).isZero();
      assertThat(rig.status("before")).isEqualTo(401);
      assertThat(rig.status("after")).isEqualTo(200);
      assertThat(rig.metric("tidegate_certificate_expiry_seconds{listener=\"http\"}")).isBetween(3_649.0 * 86_400, 3_650.0 * 86_400);
    }
  }

  private static void refused(Rig rig, String why) throws Exception {
    HttpResponse<String> did = rig.reload();
    assertThat(did.statusCode()).as(did.body()).isEqualTo(409);
    assertThat(did.body()).startsWith("{\"outcome\":\"refused\"").contains(why);
  }

  @Test
  @DisplayName("G2 keys that cannot change while it runs are named, each, and told until they are in force; those that can are in force at once")
  void needsRestart() throws Exception {
    try (CountingUpstream upstream = new CountingUpstream(); Rig rig = new Rig(upstream)) {
      rig.configure("debug", "sessions: {size: 8MiB}\nhealth: {interval: 9s}\n");
      String did = rig.reload().body();
      assertThat(did).contains("\"outcome\":\"accepted\"", "\"changed\":[\"telemetry.logLevel\"]", "health.interval", "sessions.size");
      assertThat(rig.levels).last().isEqualTo("debug");
      assertThat(rig.metric("tidegate_config_restart_needed")).isEqualTo(2);
      assertThat(admin(rig.admin(), "/readyz")).contains("warning: configuration: these keys need a restart");
      rig.configure("debug", "");
      assertThat(rig.reload().body()).contains("\"needs_restart\":[]");
    }
  }

  private String yaml(String level, String more, CountingUpstream upstream) {
    return "telemetry: {logLevel: " + level + "}\npolicy: {directory: '" + TestBed.root().resolve("policies").toAbsolutePath().normalize() + "'}\naudit: {directory: '"
        + folder.resolve("audit") + "'}\ncache: {enabled: false}\nattempts: {max: 1}\nlimits: {adaptive: false}\ncallers: {keysFile: '" + folder.resolve("keys") + "'}\n" + more
        + "upstreams:\n  - {name: private, zone: private, dialect: vllm, basePath: /v1, models: [" + TestBed.PRIVATE_MODEL + "], defaultModel: "
        + TestBed.PRIVATE_MODEL + ", endpoints: [{address: '127.0.0.1:" + upstream.port() + "'}], emulated: true}\n";
  }

  private void keys(String key) throws Exception {
    TlsFiles.replace(folder.resolve("keys"), "default:tester:" + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.US_ASCII))) + "\n");
  }

  private HttpResponse<String> reload(URI admin) throws IOException, InterruptedException {
    return http.send(HttpRequest.newBuilder(admin.resolve("/admin/reload")).timeout(Duration.ofSeconds(60)).POST(HttpRequest.BodyPublishers.noBody()).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private String admin(URI admin, String path) throws IOException, InterruptedException {
    return http.send(HttpRequest.newBuilder(admin.resolve(path)).timeout(Duration.ofSeconds(60)).build(), HttpResponse.BodyHandlers.ofString()).body();
  }

  private double metric(URI admin, String start) throws IOException, InterruptedException {
    return admin(admin, "/metrics").lines().filter(line -> line.startsWith(start + " ")).mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .findFirst().orElse(-1);
  }

  /** The daemon in this JVM, behind TLS, with a configuration in a file. */
  private final class Rig implements AutoCloseable {
    final TlsFiles files = new TlsFiles(folder);
    final Daemon daemon;
    final List<String> levels = new CopyOnWriteArrayList<>();
    private final CountingUpstream upstream;
    private final Path file = folder.resolve("tidegate.yaml");

    Rig(CountingUpstream upstream) throws Exception {
      this.upstream = upstream;
      SelfMadeCertificate first = SelfMadeCertificate.forLoopback();
      files.put(first, first);
      keys("before");
      configure("info", "");
      ConfigLoader.Loaded loaded = ConfigLoader.load(file, Environment.system());
      daemon = Daemon.start(loaded.config().orElseThrow(() -> new IllegalStateException(loaded.problems().toString())),
          new ConfigSource(loaded, () -> ConfigLoader.load(file, Environment.system())), Map.of(), levels::add);
    }

    void configure(String level, String more) throws IOException {
      TlsFiles.replace(file, "http: {listen: '127.0.0.1:0', " + files.tls() + "}\ngrpc: {listen: '127.0.0.1:0', " + files.tls() + "}\nadmin: {listen: '127.0.0.1:0'}\n"
          + yaml(level, more, upstream));
    }

    HttpResponse<String> reload() throws IOException, InterruptedException {
      return ReloadsIT.this.reload(admin());
    }

    URI admin() {
      return URI.create("http://127.0.0.1:" + daemon.adminPort());
    }

    double metric(String start) throws IOException, InterruptedException {
      return ReloadsIT.this.metric(admin(), start);
    }

    /** What answers a request with this key. */
    int status(String bearer) throws Exception {
      try (StrictHttpClient client = new StrictHttpClient(daemon.httpPort(), TlsFiles.trusting().getSocketFactory())) {
        return client.withKey(bearer).post("/v1/chat/completions", TestBed.body("auto", "question-0-", false), false).status();
      }
    }

    @Override
    public void close() {
      daemon.close();
    }
  }
}
