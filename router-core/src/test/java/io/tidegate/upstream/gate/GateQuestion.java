package io.tidegate.upstream.gate;

import io.tidegate.decide.Clearance;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.model.AuditReceipt;
import io.tidegate.model.Endpoint;
import io.tidegate.model.Upstream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** Asks the gate's own last question for upstreams that have no sockets. */
public final class GateQuestion {
  private GateQuestion() {}

  /** Null if the bytes may be written; the connection's far end is the endpoint's literal address. */
  public static @Nullable Kind objection(Clearance clearance, Upstream upstream, Endpoint endpoint, @Nullable AuditReceipt receipt) {
    try {
      return EgressCheck.objection(clearance, upstream, endpoint, receipt,
          new InetSocketAddress(InetAddress.getByName(endpoint.host()), endpoint.port()));
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
