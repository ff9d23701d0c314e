package io.tidegate.upstream.gate;

import io.tidegate.model.Endpoint;
import io.tidegate.model.Upstream;
import io.tidegate.net.Names;
import io.tidegate.net.TlsSource;
import io.tidegate.net.Transport;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What all loops of a gate share. Immutable.
 *
 * @param upstreams by name, as configured
 * @param tls by upstream name, and by place where a region has certificates of its own; absent for plain text
 */
record GateParts(GateConfig config, Map<String, Upstream> upstreams, Map<String, TlsSource> tls, Names names, Transport transport,
    Outlet outlet) {
  GateParts {
    upstreams = Map.copyOf(upstreams);
    tls = Map.copyOf(tls);
  }

  /** Of the endpoint's region, or of its upstream; null for plain text. */
  @Nullable TlsSource tls(Endpoint endpoint) {
    TlsSource there = tls.get(endpoint.place());
    return there == null ? tls.get(endpoint.upstream()) : there;
  }
}
