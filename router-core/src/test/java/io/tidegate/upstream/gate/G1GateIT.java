package io.tidegate.upstream.gate;

import static io.tidegate.upstream.gate.GateRig.ELSEWHERE;
import static io.tidegate.upstream.gate.GateRig.LOOPBACK;
import static io.tidegate.upstream.gate.GateRig.TIMES;
import static io.tidegate.upstream.gate.GateRig.clearance;
import static io.tidegate.upstream.gate.GateRig.endpoint;
import static io.tidegate.upstream.gate.GateRig.upstream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.tidegate.decide.Clearance;
import io.tidegate.decide.DecisionFixture;
import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.model.AuditReceipt;
import io.tidegate.model.Cidr;
import io.tidegate.model.Destination;
import io.tidegate.model.Dialect;
import io.tidegate.model.Endpoint;
import io.tidegate.model.Operation;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import io.tidegate.net.Names;
import io.tidegate.net.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ServerSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.jspecify.annotations.Nullable;

class G1GateIT {
  private final Upstream home = upstream("home", Zone.PRIVATE);
  private final Upstream outside = upstream("outside", Zone.PUBLIC);
  private final Upstream fenced = upstream("fenced", Zone.PRIVATE, Dialect.VLLM, List.of(ELSEWHERE), null, 4);
  private final Upstream unfenced = upstream("unfenced", Zone.PRIVATE, Dialect.VLLM, List.of(), null, 4);
  private final RawUpstream server = new RawUpstream(turn -> turn.json(200, RawUpstream.ANSWER));
  private final GateRig rig = new GateRig(home, outside, fenced, unfenced);

  @AfterEach
  void close() {
    rig.close();
    server.close();
  }

  private void refused(String kind, Clearance clearance, Endpoint endpoint, @Nullable AuditReceipt receipt) {
    GateRig.Listener listener = rig.send(clearance, endpoint, receipt, TIMES, false);
    assertThat(listener.outcome()).isEqualTo(kind);
    assertThat(server.bytesReceived).hasValue(0);
    assertThat(server.connections).hasValue(0);
    assertThat(rig.meters.egressRefused).hasValue(1);
  }

  private static Clearance forged(String upstream, Zone zone) {
    return DecisionFixture.clearance(DecisionFixture.decision(DecisionFixture.request("r1", Operation.CHAT, "m", false, GateRig.BODY),
        Sensitivity.RESTRICTED, Destination.PRIVATE), upstream, zone);
  }

  @Test
  @DisplayName("G1 what is cleared goes out, byte for byte, with the upstream's own head and nothing else")
  void clearedRequestGoesOut() {
    assertThat(rig.send(outside, server.port(), false).outcome()).isEqualTo("answered");
    assertThat(server.requests).containsExactly("POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:" + server.port()
        + "\r\nAuthorization: Bearer key-of-outside\r\nUser-Agent: tidegate\r\nContent-Type: application/json\r\n"
        + "Accept: application/json\r\nContent-Length: " + GateRig.BODY.length() + "\r\n\r\n" + GateRig.BODY);
    assertThat(rig.meters.egressRefused).hasValue(0);
  }

  @Test
  @DisplayName("G1 a PRIVATE clearance opens no PUBLIC upstream")
  void privateClearanceAtPublicUpstream() {
    refused("GATE_REFUSED", forged("outside", Zone.PRIVATE), endpoint("outside", server.port()), new AuditReceipt("r1", 1));
  }

  @Test
  @DisplayName("G1 a clearance for another upstream of the same zone is refused")
  void clearanceForAnotherUpstream() {
    refused("GATE_REFUSED", clearance("r1", fenced), endpoint("home", server.port()), null);
  }

  @Test
  @DisplayName("G1 A14 an endpoint cannot bring a zone of its own: an upstream nobody configured is refused")
  void unknownUpstream() {
    refused("GATE_REFUSED", forged("rogue", Zone.PRIVATE), endpoint("rogue", server.port()), null);
  }

  @Test
  @DisplayName("G7 no PUBLIC write without a receipt")
  void publicWithoutReceipt() {
    refused("GATE_REFUSED", clearance("r1", outside), endpoint("outside", server.port()), null);
  }

  @Test
  @DisplayName("G7 no PUBLIC write with another request's receipt")
  void publicWithForeignReceipt() {
    refused("GATE_REFUSED", clearance("r1", outside), endpoint("outside", server.port()), new AuditReceipt("r2", 1));
  }

  @Test
  @DisplayName("PRIVATE needs no receipt")
  void privateWithoutReceipt() {
    assertThat(rig.send(clearance("r1", home), endpoint("home", server.port()), null, TIMES, false).outcome()).isEqualTo("answered");
  }

  @Test
  @DisplayName("A14 an address outside the upstream's networks gets no connection")
  void addressOutsideNetworks() {
    refused("ADDRESS_NOT_ALLOWED", clearance("r1", fenced), endpoint("fenced", server.port()), null);
  }

  @Test
  @DisplayName("A14 an upstream without networks gets no connection")
  void noNetworks() {
    refused("ADDRESS_NOT_ALLOWED", clearance("r1", unfenced), endpoint("unfenced", server.port()), null);
  }

  @Test
  @DisplayName("A15 a name that resolves outside the networks gets no connection, and one that changes sides is followed only home")
  void rebinding() throws Exception {
    InetAddress[][] now = {{InetAddress.getByAddress(new byte[] {127, 0, 0, 1})}};
    try (Names names = new Names(System::nanoTime, 1, 1, host -> now[0]);
        UpstreamGate gate = new UpstreamGate(rig.loops, List.of(fenced, home), names, rig.meters, () -> Instant.EPOCH, GateConfig.DEFAULT)) {
      Endpoint inside = endpoint("home", "model.internal", server.port());
      assertThat(outcome(gate, clearance("r1", home), inside)).isEqualTo("answered");
      // Both an allowed and a foreign address: only the allowed one is tried.
      now[0] = new InetAddress[] {InetAddress.getByAddress(new byte[] {10, 9, 9, 9}), InetAddress.getByAddress(new byte[] {127, 0, 0, 1})};
      Endpoint mixed = endpoint("home", "mixed.internal", server.port());
      assertThat(outcome(gate, clearance("r1", home), mixed)).isEqualTo("answered");
      long before = server.bytesReceived.get();
      assertThat(outcome(gate, clearance("r1", fenced), endpoint("fenced", "127.0.0.1", server.port()))).isEqualTo("ADDRESS_NOT_ALLOWED");
      now[0] = new InetAddress[] {InetAddress.getByAddress(new byte[] {10, 9, 9, 9})};
      assertThat(outcome(gate, clearance("r1", home), endpoint("home", "moved.internal", server.port()))).isEqualTo("ADDRESS_NOT_ALLOWED");
      assertThat(server.bytesReceived).hasValue(before);
      assertThat(rig.meters.egressRefused).hasValue(2);
    }
  }

  private String outcome(UpstreamGate gate, Clearance clearance, Endpoint endpoint) {
    GateRig.Listener listener = new GateRig.Listener();
    rig.onLoop(() -> {
      listener.attempt = gate.send(clearance, endpoint, null, TIMES, false, false, rig.loop, listener);
      listener.returned = true;
      return listener;
    });
    return listener.outcome();
  }

  @Test
  @DisplayName("A14 A15 what counts is the address that was connected: a socket that ended up elsewhere is closed without a byte")
  void connectedElsewhere() {
    Cidr one = Cidr.of(new byte[] {127, 0, 0, 1}, 32, "127.0.0.1/32");
    Upstream plain = upstream("plain", Zone.PRIVATE, Dialect.VLLM, List.of(one), null, 4);
    Upstream tls = upstream("tls", Zone.PRIVATE, Dialect.VLLM, List.of(one), new Upstream.Tls(null, null, true), 4);
    Transport detoured = new Transport("detoured", NioIoHandler.newFactory(), NioServerSocketChannel.class, DetouredChannel.class,
        NioServerDomainSocketChannel.class, NioDomainSocketChannel.class);
    try (RawUpstream elsewhere = new RawUpstream(ServerSocketFactory.getDefault(), "127.0.0.2", turn -> turn.json(200, RawUpstream.ANSWER));
        GateRig other = new GateRig(detoured, GateConfig.DEFAULT, plain, tls)) {
      DetouredChannel.detour = new InetSocketAddress("127.0.0.2", elsewhere.port());
      assertThat(other.send(plain, elsewhere.port(), false).outcome()).isEqualTo("ADDRESS_NOT_ALLOWED");
      assertThat(other.send(tls, elsewhere.port(), false).outcome()).isEqualTo("ADDRESS_NOT_ALLOWED");
      GateRig.await("two connections that ended", () -> elsewhere.ended.get() == 2);
      assertThat(elsewhere.bytesReceived).hasValue(0);
      assertThat(other.meters.egressRefused).hasValue(2);
    } finally {
      DetouredChannel.detour = null;
    }
  }

  @Test
  @DisplayName("A15 HTTP_PROXY and Java's proxy properties are ignored")
  void proxiesAreIgnored() {
    System.setProperty("http.proxyHost", "127.0.0.1");
    System.setProperty("http.proxyPort", "9");
    System.setProperty("socksProxyHost", "127.0.0.1");
    try {
      assertThat(rig.send(home, server.port(), false).outcome()).isEqualTo("answered");
    } finally {
      System.clearProperty("http.proxyHost");
      System.clearProperty("http.proxyPort");
      System.clearProperty("socksProxyHost");
    }
  }

  @Test
  @DisplayName("A15 a redirect is not followed")
  void redirect() {
    try (RawUpstream elsewhere = new RawUpstream(turn -> turn.json(200, RawUpstream.ANSWER));
        RawUpstream redirecting = new RawUpstream(turn -> turn.json(307, "{}", "Location: http://127.0.0.1:" + elsewhere.port() + "/\r\n"))) {
      assertThat(rig.send(home, redirecting.port(), false).outcome()).isEqualTo("PROTOCOL");
      assertThat(elsewhere.connections).hasValue(0);
    }
  }

  @Test
  @DisplayName("A1 the gate is used on the request's own loop only")
  void otherThreads() {
    assertThatThrownBy(() -> rig.gate.send(clearance("r1", home), endpoint("home", server.port()), null, TIMES, false, false, rig.loop,
        new GateRig.Listener())).isInstanceOf(IllegalStateException.class);
    assertThat(rig.meters.egressRefused).hasValue(1);
    assertThat(server.connections).hasValue(0);
  }

  @Test
  @DisplayName("A16 a discovered host cannot smuggle lines into a request's head")
  void hostsAreChecked() {
    refused("GATE_REFUSED", clearance("r1", home), endpoint("home", "x\r\nX-Evil: 1", server.port()), null);
  }

  @Test
  @DisplayName("decisions 20 a probe is constant: no body, nothing of any request")
  void probesCarryNoContent() throws Exception {
    CompletableFuture<String> done = new CompletableFuture<>();
    rig.onLoop(() -> {
      rig.gate.probe(endpoint("home", server.port()), Probe.MODELS, TimeUnit.SECONDS.toNanos(2), rig.loop, answer(done));
      return true;
    });
    assertThat(done.get(5, TimeUnit.SECONDS)).isEqualTo("healthy");
    assertThat(server.requests).containsExactly("GET /v1/models HTTP/1.1\r\nHost: 127.0.0.1:" + server.port()
        + "\r\nAuthorization: Bearer key-of-home\r\nUser-Agent: tidegate\r\nAccept: application/json\r\n\r\n");
  }

  @Test
  @DisplayName("A14 a probe, too, keeps to the networks")
  void probesKeepToTheNetworks() throws Exception {
    CompletableFuture<String> done = new CompletableFuture<>();
    rig.onLoop(() -> {
      rig.gate.probe(endpoint("fenced", server.port()), Probe.HEALTH, TimeUnit.SECONDS.toNanos(2), rig.loop, answer(done));
      return true;
    });
    assertThat(done.get(5, TimeUnit.SECONDS)).isEqualTo("ADDRESS_NOT_ALLOWED");
    assertThat(server.connections).hasValue(0);
  }

  private static ProbeExchange.Answer answer(CompletableFuture<String> done) {
    return new ProbeExchange.Answer() {
      @Override
      public void healthy() {
        done.complete("healthy");
      }

      @Override
      public void failed(AttemptFailure failure) {
        done.complete(failure.kind().name());
      }
    };
  }

  @Test
  @DisplayName("A14 the networks are those of the configured upstream, also for what discovery added")
  void discoveredEndpoint() {
    Upstream narrow = upstream("narrow", Zone.PRIVATE, Dialect.VLLM, List.of(ELSEWHERE, LOOPBACK), null, 4);
    try (GateRig other = new GateRig(new GateConfig(1 << 20, 1024, 8192, 1 << 20, Duration.ofSeconds(1)), narrow)) {
      Endpoint found = new Endpoint("narrow", "node/1", "127.0.0.1", server.port(), 1, true);
      Endpoint rogue = new Endpoint("narrow", "node/2", "192.0.2.1", server.port(), 1, true);
      assertThat(other.send(clearance("r1", narrow), found, null, TIMES, false).outcome()).isEqualTo("answered");
      assertThat(other.send(clearance("r1", narrow), rogue, null, TIMES, false).outcome()).isEqualTo("ADDRESS_NOT_ALLOWED");
    }
  }
}
