package io.tidegate.discovery;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the daemon shows up in Consul.
 *
 * @param service name, e.g. {@code tidegate}
 * @param id unique on the agent
 * @param address literal or name; null for the agent's own
 * @param port of the listener others should use, 1..65535
 * @param httpCheck what the agent asks, e.g. {@code http://127.0.0.1:7402/readyz}; null for a TTL check that the daemon feeds
 * @param interval between two checks, and between two looks whether the registration still stands; 100 ms or more. A TTL is three of these
 * @param deregisterAfter when the agent removes a registration whose daemon died; Consul's least is 1 min
 * @param patience for one call, and for the deregistration at the end
 * @param mesh the port speaks the mesh's TLS by itself (Connect native), without a proxy beside it
 */
public record RegistrationConfig(String service, String id, @Nullable String address, int port, List<String> tags,
    @Nullable URI httpCheck, Duration interval, Duration deregisterAfter, Duration patience, boolean mesh) {
  /** Outside a mesh. */
  public RegistrationConfig(String service, String id, @Nullable String address, int port, List<String> tags, @Nullable URI httpCheck,
      Duration interval, Duration deregisterAfter, Duration patience) {
    this(service, id, address, port, tags, httpCheck, interval, deregisterAfter, patience, false);
  }


  /** @throws IllegalArgumentException with the key at fault, if a value is out of its range */
  public RegistrationConfig {
    tags = List.copyOf(tags);
    if (service.isEmpty() || id.isEmpty() || port < 1 || port > 65_535) {
      throw new IllegalArgumentException("service, id and port: must be set");
    }
    if (interval.toMillis() < 100 || patience.toMillis() < 100) {
      throw new IllegalArgumentException("interval and patience: use 100ms or more");
    }
  }

  /** The shipped numbers. */
  public static RegistrationConfig of(String service, String id, int port, @Nullable URI httpCheck) {
    return new RegistrationConfig(service, id, null, port, List.of(), httpCheck, Duration.ofSeconds(10), Duration.ofMinutes(10),
        Duration.ofSeconds(2));
  }
}
