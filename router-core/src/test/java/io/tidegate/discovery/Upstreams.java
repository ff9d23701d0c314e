package io.tidegate.discovery;

import io.tidegate.model.Cidr;
import io.tidegate.model.Dialect;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Upstreams for these tests. */
final class Upstreams {
  static final List<Cidr> LOOPBACK = List.of(Cidr.of(new byte[] {127, 0, 0, 0}, 8, "127.0.0.0/8"));

  private Upstreams() {}

  static Upstream upstream(String name, String service) {
    return upstream(name, service, LOOPBACK);
  }

  static Upstream upstream(String name, String service, List<Cidr> networks) {
    return new Upstream(name, Zone.PRIVATE, Dialect.VLLM, List.of("*"), null, Map.of(), false, false, "/v1", networks, null, null, false,
        List.of(), service, Duration.ofSeconds(1), 10);
  }
}
