package io.tidegate.upstream.gate;

import static io.tidegate.upstream.gate.GateRig.LOOPBACK;
import static io.tidegate.upstream.gate.GateRig.TIMES;
import static io.tidegate.upstream.gate.GateRig.clearance;
import static io.tidegate.upstream.gate.GateRig.connectingWithin;
import static io.tidegate.upstream.gate.GateRig.endpoint;
import static io.tidegate.upstream.gate.GateRig.upstream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidegate.model.AuditReceipt;
import io.tidegate.model.Dialect;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import io.tidegate.net.TlsContexts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLServerSocketFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jspecify.annotations.Nullable;

class GateTlsIT {
  @TempDir
  static Path folder;

  private static TestCertificate good;
  private static TestCertificate otherName;
  private static TestCertificate expired;

  @BeforeAll
  static void makeCertificates() {
    good = TestCertificate.make(folder, "good", "ip:127.0.0.1,dns:model.example", "+0d", 2);
    otherName = TestCertificate.make(folder, "other", "dns:elsewhere.example", "+0d", 2);
    expired = TestCertificate.make(folder, "expired", "ip:127.0.0.1", "-10d", 5);
  }

  private static RawUpstream server(TestCertificate certificate, String... versions) {
    ServerSocketFactory plain = certificate.serverContext().getServerSocketFactory();
    return new RawUpstream(versions.length == 0 ? plain : new Versions((SSLServerSocketFactory) plain, versions),
        turn -> turn.json(200, RawUpstream.ANSWER));
  }

  /** Sockets that speak some versions only. */
  private static final class Versions extends ServerSocketFactory {
    private final SSLServerSocketFactory real;
    private final String[] versions;

    Versions(SSLServerSocketFactory real, String... versions) {
      this.real = real;
      this.versions = versions;
    }

    @Override
    public ServerSocket createServerSocket(int port) throws IOException {
      return createServerSocket(port, 50, InetAddress.getLoopbackAddress());
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog) throws IOException {
      return createServerSocket(port, backlog, InetAddress.getLoopbackAddress());
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog, InetAddress address) throws IOException {
      SSLServerSocket socket = (SSLServerSocket) real.createServerSocket(port, backlog, address);
      socket.setEnabledProtocols(versions);
      return socket;
    }
  }

  private static Upstream secure(TestCertificate trusted, @Nullable String serverName) {
    return upstream("secure", Zone.PUBLIC, Dialect.DEEPSEEK, List.of(LOOPBACK), new Upstream.Tls(trusted.pem().toString(), serverName, true), 4);
  }

  private static String outcome(RawUpstream server, TestCertificate trusted, @Nullable String serverName) {
    return outcome(server, secure(trusted, serverName));
  }

  private static String outcome(RawUpstream server, Upstream secure) {
    try (server; GateRig rig = new GateRig(secure)) {
      String outcome = rig.send(clearance("r1", secure), endpoint("secure", server.port()), new AuditReceipt("r1", 1), TIMES, false).outcome();
      if (!outcome.equals("answered")) {
        assertThat(server.requests).isEmpty();
        assertThat(rig.connections()).isZero();
      }
      return outcome;
    }
  }

  @Test
  @DisplayName("F5 a certificate that chains to the pinned authority, is in date and carries the name: answered")
  void verified() {
    assertThat(outcome(server(good), good, null)).isEqualTo("answered");
    assertThat(outcome(server(good), good, "model.example")).isEqualTo("answered");
    assertThat(outcome(server(good, "TLSv1.2"), good, null)).isEqualTo("answered");
  }

  @Test
  @DisplayName("F5 another authority's, or a self-signed one: no byte")
  void untrusted() {
    assertThat(outcome(server(good), otherName, null)).isEqualTo("TLS");
  }

  @Test
  @DisplayName("F5 the wrong host name: no byte")
  void wrongName() {
    assertThat(outcome(server(otherName), otherName, null)).isEqualTo("TLS");
    assertThat(outcome(server(good), good, "another.example")).isEqualTo("TLS");
  }

  @Test
  @DisplayName("F5 out of date: no byte")
  void outOfDate() {
    assertThat(outcome(server(expired), expired, null)).isEqualTo("TLS");
  }

  @Test
  @DisplayName("F5 plain text where TLS is configured: no byte")
  void plainText() {
    Upstream secure = connectingWithin(Duration.ofSeconds(2), secure(good, null));
    assertThat(outcome(new RawUpstream(turn -> turn.json(200, RawUpstream.ANSWER)), secure)).isIn("TLS", "CONNECT_TIMEOUT");
  }

  @Test
  @DisplayName("a CA file that holds no certificate is a clear error at start")
  void badCaFile() throws IOException {
    Path empty = Files.writeString(folder.resolve("empty.pem"), "nothing");
    assertThatThrownBy(() -> TlsContexts.client(new Upstream.Tls(empty.toString(), null, false))).isInstanceOf(SSLException.class);
    assertThatThrownBy(() -> TlsContexts.client(new Upstream.Tls(folder.resolve("none.pem").toString(), null, false)))
        .isInstanceOf(SSLException.class);
  }
}
