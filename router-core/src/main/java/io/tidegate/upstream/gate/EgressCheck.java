package io.tidegate.upstream.gate;

import io.netty.channel.unix.DomainSocketAddress;
import io.tidegate.decide.Clearance;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.model.AuditReceipt;
import io.tidegate.model.Cidr;
import io.tidegate.model.Endpoint;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import org.jspecify.annotations.Nullable;

/** The last question before a byte leaves (G1). Pure; knows nothing but what it is handed. */
final class EgressCheck {
  private EgressCheck() {}

  /**
   * Whether what {@code clearance} carries may be written to {@code endpoint}. Null means yes.
   *
   * @param upstream the upstream as configured: its zone and networks come from there only, never from discovery
   * @param connected the address at the far end of the very socket that would be written to; null if it has none
   */
  static @Nullable Kind objection(Clearance clearance, Upstream upstream, Endpoint endpoint, @Nullable AuditReceipt receipt,
      @Nullable SocketAddress connected) {
    Kind objection = objection(clearance, upstream, endpoint, receipt);
    if (objection != null) {
      return objection;
    }
    return isAllowed(upstream, endpoint, connected) ? null : Kind.ADDRESS_NOT_ALLOWED;
  }

  /** The part that can be asked before there is a connection. */
  static @Nullable Kind objection(Clearance clearance, Upstream upstream, Endpoint endpoint, @Nullable AuditReceipt receipt) {
    if (clearance.zone() != upstream.zone()) {
      return Kind.GATE_REFUSED;
    }
    if (!clearance.upstream().equals(upstream.name()) || !endpoint.upstream().equals(upstream.name())) {
      return Kind.GATE_REFUSED;
    }
    if (!clearance.place().equals(endpoint.place())) {
      // Another region than the one that was cleared.
      return Kind.GATE_REFUSED;
    }
    if (!endpoint.hints().clears(clearance.sensitivity())) {
      // It says of itself that it takes less.
      return Kind.GATE_REFUSED;
    }
    if (upstream.zone() == Zone.PUBLIC && (receipt == null || !receipt.requestId().equals(clearance.requestId()))) {
      return Kind.GATE_REFUSED;
    }
    return null;
  }

  /** Whether {@code connected} is where {@code endpoint} may be: an address inside the networks, or the very socket file that is configured. */
  static boolean isAllowed(Upstream upstream, Endpoint endpoint, @Nullable SocketAddress connected) {
    if (connected instanceof InetSocketAddress inet) {
      return !endpoint.isUnix() && isAllowed(upstream, inet.getAddress());
    }
    return isConfiguredSocket(upstream, endpoint) && endpoint.host().equals(pathOf(connected));
  }

  /** Whether {@code endpoint} is a socket file of a private upstream, as configured. Discovery, which may lie (A14), cannot bring one in. */
  static boolean isConfiguredSocket(Upstream upstream, Endpoint endpoint) {
    return endpoint.isUnix() && !endpoint.discovered() && upstream.zone() == Zone.PRIVATE && upstream.endpoints().stream()
        .anyMatch(configured -> configured.host().equals(endpoint.host()));
  }

  private static @Nullable String pathOf(@Nullable SocketAddress address) {
    return address instanceof DomainSocketAddress unix ? unix.path()
        : address instanceof UnixDomainSocketAddress platform ? platform.getPath().toString() : null;
  }

  /** Whether a connection of {@code upstream} may have {@code address} at its far end (hazards A14, A15). No networks: no address. */
  static boolean isAllowed(Upstream upstream, @Nullable InetAddress address) {
    if (address == null) {
      return false;
    }
    byte[] bytes = address.getAddress();
    for (Cidr network : upstream.networks()) {
      if (network.contains(bytes)) {
        return true;
      }
    }
    return false;
  }
}
