package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.config.ConfigLoader;
import io.tidegate.config.Environment;
import io.tidegate.daemon.Daemon;
import io.tidegate.daemon.reload.ConfigSource;
import io.tidegate.lab.tls.SelfMadeCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Configuration, certificates and policies that change while requests come and go. */
class ReloadsIT {
  private static final int PER_SECOND = Integer.getInteger("tidegate.rate", 500);

  @TempDir Path folder;

  @Test
  @DisplayName("F5 G5 eight reloads of configuration and certificate under 500 requests a second over TLS: no request lost, new handshakes see the new one")
  void reloads() throws Exception {
    reloads(8);
  }

  @Test
  @Tag("long")
  @DisplayName("F5 G5 100 reloads of configuration and certificate under 500 requests a second over TLS: no request lost")
  void hundredReloads() throws Exception {
    reloads(100);
  }

  private void reloads(int times) throws Exception {
    // Made before the load: each takes a core for a while, and is not the daemon's work.
    List<SelfMadeCertificate> certificates = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      certificates.add(SelfMadeCertificate.forLoopback());
    }
    try (CountingUpstream upstream = new CountingUpstream(); Rig rig = new Rig(upstream)) {
      try (SteadyLoad load = new SteadyLoad(rig.daemon.httpPort(), 0, PER_SECOND, rig.trusting().getSocketFactory(), "before")) {
        GrpcClientIT.await(java.time.Duration.ofSeconds(60), "the load runs", () -> load.answered() >= times * PER_SECOND / 16);
        long from = System.nanoTime();
        for (int i = 0; i < times; i++) {
          SelfMadeCertificate next = certificates.get(i);
          rig.put(next, next);
          rig.configure(i % 2 == 0 ? "debug" : "info", "");
          int before = load.answered();
          HttpResponse<String> did = rig.reload();
          assertThat(did.statusCode()).as(did.body()).isEqualTo(200);
          assertThat(did.body()).startsWith("{\"outcome\":\"accepted\"").contains("\"changed\":[\"telemetry.logLevel\"]", "\"needs_restart\":[]", "\"policy\":{\"outcome\":\"unchanged\"");
          assertThat(rig.shown(rig.daemon.httpPort())).isEqualTo(next.certificate());
          assertThat(rig.shown(rig.daemon.grpcPort())).isEqualTo(next.certificate());
          GrpcClientIT.await(java.time.Duration.ofSeconds(30), "the load goes on", () -> load.answered() >= before + 50);
        }
        List<SteadyLoad.Asked> all = load.end();
        double[] millis = all.stream().filter(asked -> asked.dueNanos() >= from).mapToDouble(SteadyLoad.Asked::millis).sorted().toArray();
        System.out.printf(Locale.ROOT, "G5 %d reloads: %d requests over TLS while they ran, p50 %.1f p99 %.1f max %.1f ms%n", times, millis.length, millis[millis.length / 2],
            millis[(int) (millis.length * 0.99)], millis[millis.length - 1]);
        assertThat(all).allMatch(asked -> asked.problem().isEmpty()).allMatch(asked -> upstream.asked(asked.number()) == 1);
      }
      assertThat(rig.metric("tidegate_config_reloads_total{outcome=\"accepted\"}")).isEqualTo(times);
    }
  }

  @Test
  @DisplayName("F5 G2 a key of another pair, a certificate that is over, garbage, a mistake in the file: refused, told, and what was in force stays, all of it")
  void refused() throws Exception {
    try (CountingUpstream upstream = new CountingUpstream(); Rig rig = new Rig(upstream)) {
      X509Certificate first = rig.shown(rig.daemon.httpPort());
      SelfMadeCertificate one = SelfMadeCertificate.forLoopback();
      rig.put(one, SelfMadeCertificate.forLoopback());
      // What would be live on its own must not come into force beside what is refused.
      rig.keys("after");
      refused(rig, "http.tls: the key in ");
      SelfMadeCertificate over = SelfMadeCertificate.forHost("localhost", Instant.now().minus(9, ChronoUnit.DAYS), Instant.now().minus(1, ChronoUnit.DAYS));
      rig.put(over, over);
      refused(rig, "and not now");
      Files.writeString(rig.certificate, "garbage");
      refused(rig, "holds no certificate that can be read");
      rig.put(one, one);
      rig.configure("loud", "");
      refused(rig, "logLevel");
      assertThat(rig.shown(rig.daemon.httpPort())).isEqualTo(first);
      assertThat(rig.status("before")).isEqualTo(200);
      assertThat(rig.status("after")).isEqualTo(401);
      assertThat(rig.metric("tidegate_config_last_attempt_failed")).isEqualTo(1);
      assertThat(rig.metric("tidegate_config_reloads_total{outcome=\"refused\"}")).isEqualTo(4);
      rig.configure("info", "");
      assertThat(rig.reload().body()).contains("\"outcome\":\"accepted\"", "\"changed\":[\"callers.keysFile\"]");
      assertThat(rig.shown(rig.daemon.httpPort())).isEqualTo(one.certificate());
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
      assertThat(rig.admin("/readyz")).contains("warning: configuration: these keys need a restart");
      rig.configure("debug", "");
      assertThat(rig.reload().body()).contains("\"needs_restart\":[]");
    }
  }

  /** The daemon in this JVM, behind TLS, with a configuration in a file. */
  private final class Rig implements AutoCloseable {
    final Path certificate = folder.resolve("tls.crt");
    final Path key = folder.resolve("tls.key");
    final Daemon daemon;
    final List<String> levels = new CopyOnWriteArrayList<>();
    private final CountingUpstream upstream;
    private final Path file = folder.resolve("tidegate.yaml");
    private final HttpClient http = HttpClient.newHttpClient();

    Rig(CountingUpstream upstream) throws Exception {
      this.upstream = upstream;
      SelfMadeCertificate first = SelfMadeCertificate.forLoopback();
      put(first, first);
      keys("before");
      configure("info", "");
      ConfigLoader.Loaded loaded = ConfigLoader.load(file, Environment.system());
      daemon = Daemon.start(loaded.config().orElseThrow(() -> new IllegalStateException(loaded.problems().toString())),
          new ConfigSource(loaded, () -> ConfigLoader.load(file, Environment.system())), Map.of(), levels::add);
    }

    void configure(String level, String more) throws IOException {
      String tls = "tls: {certificate: '" + certificate + "', key: '" + key + "'}";
      replace(file, "http: {listen: '127.0.0.1:0', " + tls + "}\ngrpc: {listen: '127.0.0.1:0', " + tls + "}\nadmin: {listen: '127.0.0.1:0'}\ntelemetry: {logLevel: " + level
          + "}\npolicy: {directory: '" + TestBed.root().resolve("policies").toAbsolutePath().normalize() + "'}\naudit: {directory: '" + folder.resolve("audit")
          + "'}\ncache: {enabled: false}\nattempts: {max: 1}\nlimits: {adaptive: false}\ncallers: {keysFile: '" + folder.resolve("keys") + "'}\n" + more
          + "upstreams:\n  - {name: private, zone: private, dialect: vllm, basePath: /v1, models: [" + TestBed.PRIVATE_MODEL + "], defaultModel: "
          + TestBed.PRIVATE_MODEL + ", endpoints: [{address: '127.0.0.1:" + upstream.port() + "'}], emulated: true}\n");
    }

    void keys(String key) throws Exception {
      replace(folder.resolve("keys"), "default:tester:" + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.US_ASCII))) + "\n");
    }

    void put(SelfMadeCertificate shown, SelfMadeCertificate signs) throws IOException {
      replace(certificate, shown.pem());
      replace(key, signs.keyPem());
    }

    private void replace(Path to, String text) throws IOException {
      Path fresh = Files.writeString(folder.resolve("fresh"), text);
      Files.setPosixFilePermissions(fresh, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
      Files.move(fresh, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    HttpResponse<String> reload() throws IOException, InterruptedException {
      return http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + daemon.adminPort() + "/admin/reload")).POST(HttpRequest.BodyPublishers.noBody()).build(),
          HttpResponse.BodyHandlers.ofString());
    }

    String admin(String path) throws IOException, InterruptedException {
      return http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + daemon.adminPort() + path)).build(), HttpResponse.BodyHandlers.ofString()).body();
    }

    double metric(String start) throws IOException, InterruptedException {
      return admin("/metrics").lines().filter(line -> line.startsWith(start + " ")).mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
          .findFirst().orElse(-1);
    }

    /** What answers a request with this key. */
    int status(String bearer) throws Exception {
      try (StrictHttpClient client = new StrictHttpClient(daemon.httpPort(), trusting().getSocketFactory())) {
        return client.withKey(bearer).post("/v1/chat/completions", TestBed.body("auto", "question-0-", false), false).status();
      }
    }

    /** The certificate that a new connection is shown. */
    X509Certificate shown(int port) throws Exception {
      try (Socket socket = trusting().getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
        ((SSLSocket) socket).startHandshake();
        return (X509Certificate) ((SSLSocket) socket).getSession().getPeerCertificates()[0];
      }
    }

    /** Takes every certificate: which one it is the test looks at. No session is taken up again. */
    SSLContext trusting() throws Exception {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new X509TrustManager() {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
          throw new IllegalStateException("this is a client");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
          assertThat(chain).isNotEmpty();
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
          return new X509Certificate[0];
        }
      }}, new SecureRandom());
      return context;
    }

    @Override
    public void close() {
      daemon.close();
    }
  }
}
