package io.tidegate.upstream.gate;

import io.tidegate.model.Upstream;
import io.tidegate.net.Names;
import io.tidegate.net.TlsSource;
import io.tidegate.net.Transport;
import java.util.Map;

/**
 * What all loops of a gate share. Immutable.
 *
 * @param upstreams by name, as configured
 * @param tls by upstream name; absent for plain text
 */
record GateParts(GateConfig config, Map<String, Upstream> upstreams, Map<String, TlsSource> tls, Names names, Transport transport,
    Outlet outlet) {
  GateParts {
    upstreams = Map.copyOf(upstreams);
    tls = Map.copyOf(tls);
  }
}
