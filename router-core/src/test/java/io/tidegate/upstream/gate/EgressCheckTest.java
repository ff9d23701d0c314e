package io.tidegate.upstream.gate;

import static io.tidegate.upstream.gate.GateRig.endpoint;
import static io.tidegate.upstream.gate.GateRig.upstream;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.unix.DomainSocketAddress;
import io.tidegate.decide.Clearance;
import io.tidegate.decide.DecisionFixture;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.model.AuditReceipt;
import io.tidegate.model.Destination;
import io.tidegate.model.Endpoint;
import io.tidegate.model.Operation;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.jspecify.annotations.Nullable;

class EgressCheckTest {
  private static Clearance clearance(String upstream, Zone zone) {
    return DecisionFixture.clearance(DecisionFixture.decision(DecisionFixture.request("r1", Operation.CHAT, "m", false, "{}"),
        Sensitivity.INTERNAL, Destination.PRIVATE), upstream, zone);
  }

  @ParameterizedTest
  @DisplayName("G1 the last check: cleared zone and upstream, endpoint's upstream, upstream's zone, receipt's request → objection")
  @CsvSource(value = {
      "PRIVATE a | a | PRIVATE | -  | -",
      "PUBLIC a  | a | PUBLIC  | r1 | -",
      "PUBLIC a  | a | PUBLIC  | -  | GATE_REFUSED",
      "PUBLIC a  | a | PUBLIC  | r2 | GATE_REFUSED",
      "PRIVATE a | a | PUBLIC  | r1 | GATE_REFUSED",
      "PUBLIC a  | a | PRIVATE | r1 | GATE_REFUSED",
      "PRIVATE b | a | PRIVATE | -  | GATE_REFUSED",
      "PRIVATE a | b | PRIVATE | -  | GATE_REFUSED",
      "PRIVATE b | b | PRIVATE | -  | GATE_REFUSED"}, delimiter = '|')
  void table(String cleared, String endpointOf, Zone zone, String receipt, String objection) {
    Upstream configured = upstream("a", zone);
    Clearance clearance = clearance(cleared.split(" ")[1], Zone.valueOf(cleared.split(" ")[0]));
    AuditReceipt proof = receipt.equals("-") ? null : new AuditReceipt(receipt, 1);
    Kind expected = objection.equals("-") ? null : Kind.valueOf(objection);
    SocketAddress near = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    assertThat(EgressCheck.objection(clearance, configured, endpoint(endpointOf, 1), proof)).isEqualTo(expected);
    assertThat(EgressCheck.objection(clearance, configured, endpoint(endpointOf, 1), proof, near)).isEqualTo(expected);
  }

  @Test
  @DisplayName("R3.3 G1 a clearance for one region is no good for an endpoint in another, nor for one that says nothing")
  void anotherRegion() {
    Upstream configured = upstream("a", Zone.PRIVATE);
    Clearance east = DecisionFixture.clearance(DecisionFixture.decision(DecisionFixture.request("r1", Operation.CHAT, "m", false, "{}"),
        Sensitivity.RESTRICTED, Destination.PRIVATE), "a", "a@east", Zone.PRIVATE);
    assertThat(EgressCheck.objection(east, configured, endpoint("a", 1).in("east"), null)).isNull();
    assertThat(EgressCheck.objection(east, configured, endpoint("a", 1).in("west"), null)).isEqualTo(Kind.GATE_REFUSED);
    assertThat(EgressCheck.objection(east, configured, endpoint("a", 1), null)).isEqualTo(Kind.GATE_REFUSED);
    assertThat(EgressCheck.objection(clearance("a", Zone.PRIVATE), configured, endpoint("a", 1).in("east"), null)).isEqualTo(Kind.GATE_REFUSED);
  }

  @Test
  @DisplayName("A14 A15 the connected address decides, whatever the endpoint says")
  void connectedAddressDecides() throws Exception {
    Upstream configured = upstream("a", Zone.PRIVATE);
    assertThat(at(configured, new InetSocketAddress(InetAddress.getByName("127.9.9.9"), 1))).isNull();
    assertThat(at(configured, new InetSocketAddress(InetAddress.getByName("::ffff:127.0.0.1"), 1))).isNull();
    assertThat(at(configured, new InetSocketAddress(InetAddress.getByName("10.0.0.1"), 1))).isEqualTo(Kind.ADDRESS_NOT_ALLOWED);
    assertThat(at(configured, new InetSocketAddress(InetAddress.getByName("::1"), 1))).isEqualTo(Kind.ADDRESS_NOT_ALLOWED);
    assertThat(at(configured, InetSocketAddress.createUnresolved("127.0.0.1", 1))).isEqualTo(Kind.ADDRESS_NOT_ALLOWED);
    assertThat(at(configured, UnixDomainSocketAddress.of("/x"))).isEqualTo(Kind.ADDRESS_NOT_ALLOWED);
    assertThat(at(configured, null)).isEqualTo(Kind.ADDRESS_NOT_ALLOWED);
  }

  @Test
  @DisplayName("G1 A14 a Unix socket: only the very file that is configured, only for a private upstream, never one that discovery brings")
  void socketFiles() throws Exception {
    Endpoint socket = Endpoint.unix("a", "/run/m.sock", 1);
    Upstream home = withEndpoints(upstream("a", Zone.PRIVATE), List.of(socket));
    Clearance clearance = clearance("a", Zone.PRIVATE);
    assertThat(EgressCheck.objection(clearance, home, socket, null, UnixDomainSocketAddress.of("/run/m.sock"))).isNull();
    assertThat(EgressCheck.objection(clearance, home, socket, null, new DomainSocketAddress("/run/m.sock"))).isNull();
    for (SocketAddress elsewhere : List.of(new DomainSocketAddress("/run/other.sock"), new InetSocketAddress(InetAddress.getLoopbackAddress(), 1))) {
      assertThat(EgressCheck.objection(clearance, home, socket, null, elsewhere)).isEqualTo(Kind.ADDRESS_NOT_ALLOWED);
    }
    Endpoint brought = new Endpoint("a", "node/1", "/run/m.sock", 0, 1, true);
    assertThat(EgressCheck.isConfiguredSocket(home, brought)).isFalse();
    assertThat(EgressCheck.isConfiguredSocket(home, Endpoint.unix("a", "/run/other.sock", 1))).isFalse();
    Upstream cloud = withEndpoints(upstream("a", Zone.PUBLIC), List.of(socket));
    assertThat(EgressCheck.objection(clearance("a", Zone.PUBLIC), cloud, socket, new AuditReceipt("r1", 1), new DomainSocketAddress("/run/m.sock")))
        .isEqualTo(Kind.ADDRESS_NOT_ALLOWED);
    assertThat(EgressCheck.objection(clearance, home, endpoint("a", 1), null, new DomainSocketAddress("/run/m.sock"))).isEqualTo(Kind.ADDRESS_NOT_ALLOWED);
  }

  private static Upstream withEndpoints(Upstream u, List<Endpoint> endpoints) {
    return new Upstream(u.name(), u.zone(), u.dialect(), u.models(), u.defaultModel(), u.aliases(), u.substitute(), u.emulated(), u.basePath(), u.networks(),
        u.tls(), u.key(), u.embeddings(), endpoints, u.consulService(), u.connectTimeout(), u.maxConnectionsPerEndpoint());
  }

  private static @Nullable Kind at(Upstream configured, @Nullable SocketAddress connected) {
    return EgressCheck.objection(clearance("a", Zone.PRIVATE), configured, endpoint("a", 1), null, connected);
  }
}
