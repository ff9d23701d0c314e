package io.tidegate.discovery;

import static io.tidegate.discovery.SeenEndpoints.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.tidegate.fake.FakeConsul.Row;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(180)
class ConsulTlsTest {
  private final AtomicInteger registrations = new AtomicInteger();
  private HttpsServer server;
  /** Null where the agent asks for no certificate. */
  private @Nullable TrustManager wantsClient;

  @TempDir
  Path folder;

  @AfterEach
  void stop() {
    if (server != null) {
      server.stop(0);
    }
  }

  @ParameterizedTest(name = "certificate for {0}, trusted {1} → followed {2}")
  @CsvSource({"ip:127.0.0.1, true, true", "ip:127.0.0.1, false, false", "dns:consul.example, true, false"})
  @DisplayName("K2 over TLS the agent's certificate must come from our authority and name the agent")
  void certificateIsChecked(String name, boolean trusted, boolean followed) throws Exception {
    String ca = certificate("agent", name);
    serve("agent");
    ConsulConfig config = config(trusted ? ca : certificate("other", name));
    SeenEndpoints seen = new SeenEndpoints();
    try (ConsulDiscovery discovery = new ConsulDiscovery(config, List.of(Upstreams.upstream("local", "vllm")), seen, null,
        System::nanoTime, new SplittableRandom(1))) {
      discovery.start();
      until("answered or refused", () -> discovery.of("local").heard() || discovery.of("local").failures() >= 2);
      assertThat(discovery.of("local").heard()).isEqualTo(followed);
    }
    RegistrationConfig own = new RegistrationConfig("tidegate", "me", null, 7400, List.of(), null, Duration.ofMillis(100),
        Duration.ofMinutes(1), Duration.ofSeconds(2));
    try (ConsulRegistration registration = new ConsulRegistration(config, own, () -> true, new SplittableRandom(1))) {
      registration.start();
      if (followed) {
        until("registered", registration::registered);
      }
    }
    assertThat(registrations.get() > 0).isEqualTo(followed);
  }

  private boolean followed(ConsulAccess access) {
    try (ConsulDiscovery discovery = new ConsulDiscovery(config("").with(access), List.of(Upstreams.upstream("local", "vllm")), new SeenEndpoints(), null,
        System::nanoTime, new SplittableRandom(1))) {
      discovery.start();
      until("answered or refused", () -> discovery.of("local").heard() || discovery.of("local").failures() >= 2);
      return discovery.of("local").heard();
    }
  }

  @Test
  @DisplayName("K2 with a server name that name counts, and no other")
  void serverName() throws Exception {
    Path ca = Path.of(certificate("agent", "dns:server.dc1.consul"));
    serve("agent");
    assertThat(followed(new ConsulAccess(null, null, ca, null, null, "server.dc1.consul", null, null))).isTrue();
    assertThat(followed(new ConsulAccess(null, null, ca, null, null, "server.dc2.consul", null, null))).isFalse();
    assertThat(followed(new ConsulAccess(null, null, ca, null, null, null, null, null))).isFalse();
    ConsulConfig named = config("").with(new ConsulAccess(null, null, ca, null, null, "server.dc1.consul", null, null));
    RegistrationConfig own = new RegistrationConfig("tidegate", "me", null, 7400, List.of(), null, Duration.ofMillis(100), Duration.ofMinutes(1), Duration.ofSeconds(2));
    try (ConsulRegistration registration = new ConsulRegistration(named, own, () -> true, new SplittableRandom(1))) {
      registration.start();
      until("registered", registration::registered);
    }
  }

  @Test
  @DisplayName("K2 an agent that wants a certificate gets ours, and its authority is read again when the file changes")
  void clientCertificateAndReload() throws Exception {
    String agent = certificate("agent", "ip:127.0.0.1");
    Path certificate = Path.of(certificate("client", "dns:tidegate"));
    Path key = key("client");
    wantsClient = ConsulTrust.of(certificate.toString()).manager();
    serve("agent");
    Path ca = Files.copy(Path.of(certificate("other", "ip:127.0.0.1")), folder.resolve("ca.pem"));
    try (ConsulDiscovery discovery = new ConsulDiscovery(config("").with(new ConsulAccess(null, null, ca, certificate, key, null, null, null)),
        List.of(Upstreams.upstream("local", "vllm")), new SeenEndpoints(), null, System::nanoTime, new SplittableRandom(1))) {
      discovery.start();
      until("refused", () -> discovery.of("local").failures() >= 2);
      Files.copy(Path.of(agent), ca, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      until("followed without a restart", () -> discovery.of("local").heard());
    }
    assertThat(followed(new ConsulAccess(null, null, ca, null, null, null, null, null))).as("without a certificate").isFalse();
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(() -> ConsulTrust.of(new ConsulAccess(null, null, ca, certificate, key, null, null, null))).hasMessageContaining("chmod");
  }

  /** The key of a certificate made here, as a file of its own. */
  private Path key(String alias) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(folder.resolve(alias + ".p12"))) {
      store.load(in, "changeit".toCharArray());
    }
    byte[] der = store.getKey(alias, "changeit".toCharArray()).getEncoded();
    Path file = Files.createFile(folder.resolve(alias + ".key"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return Files.writeString(file, "-----BEGIN PRIVATE KEY-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END PRIVATE KEY-----\n");
  }

  @Test
  @DisplayName("K2 a CA file without a certificate is refused at the start")
  void caFileIsChecked() throws IOException {
    Path empty = Files.writeString(folder.resolve("empty.pem"), "");
    assertThatThrownBy(() -> ConsulTrust.of(empty.toString())).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("caFile");
    assertThatThrownBy(() -> ConsulTrust.of(folder.resolve("none.pem").toString())).isInstanceOf(IllegalArgumentException.class);
  }

  private ConsulConfig config(String caFile) {
    URI address = URI.create("https://127.0.0.1:" + server.getAddress().getPort());
    return ConsulConfig.defaults(address).withCaFile(caFile.isEmpty() ? null : caFile)
        .withPace(2, Duration.ofMillis(50), Duration.ofMillis(20), Duration.ofMillis(100));
  }

  private void serve(String alias) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(folder.resolve(alias + ".p12"))) {
      store.load(in, "changeit".toCharArray());
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, "changeit".toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), wantsClient == null ? null : new TrustManager[] {wantsClient}, null);
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context) {
      @Override
      public void configure(HttpsParameters parameters) {
        SSLParameters set = getSSLContext().getDefaultSSLParameters();
        set.setNeedClientAuth(wantsClient != null);
        parameters.setSSLParameters(set);
      }
    });
    byte[] body = ("[" + Row.passing("a", "127.0.0.1", 1).json() + "]").getBytes(StandardCharsets.UTF_8);
    server.createContext("/v1/health/service/vllm", exchange -> {
      exchange.getResponseHeaders().set("X-Consul-Index", "7");
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    });
    server.createContext("/v1/agent/", exchange -> {
      registrations.incrementAndGet();
      exchange.sendResponseHeaders(200, -1);
      exchange.close();
    });
    server.start();
  }

  /** Makes a key with a certificate of its own, and gives the certificate's file. */
  private String certificate(String alias, String name) throws IOException, InterruptedException {
    keytool("-genkeypair", "-alias", alias, "-keyalg", "EC", "-dname", "CN=" + alias, "-ext", "san=" + name, "-validity", "2",
        "-storetype", "PKCS12", "-keystore", folder.resolve(alias + ".p12").toString(), "-storepass", "changeit");
    String pem = folder.resolve(alias + ".pem").toString();
    keytool("-exportcert", "-rfc", "-alias", alias, "-keystore", folder.resolve(alias + ".p12").toString(), "-storepass", "changeit",
        "-file", pem);
    return pem;
  }

  private static void keytool(String... arguments) throws IOException, InterruptedException {
    String[] command = new String[arguments.length + 1];
    command[0] = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
  }
}
