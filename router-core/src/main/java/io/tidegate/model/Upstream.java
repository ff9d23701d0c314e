package io.tidegate.model;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A named model service, as configured. Discovery may add endpoints to it; nothing at run time changes its zone, its networks or its key
 * (hazards A14, A16, K2).
 *
 * @param models names it serves; {@code *} means any name is passed on
 * @param defaultModel what {@code auto} means here; null only if {@code models} is {@code *}
 * @param aliases caller's name → this upstream's name
 * @param substitute answer a name that another upstream serves with {@code defaultModel}, so that a caller needs no change when
 *     policy keeps its request away from the upstream it named
 * @param emulated an emulator of router-lab: labelled so in logs, status and answers
 * @param basePath put before the operation's path, e.g. {@code /v1}; without trailing slash. The path sent is basePath + what follows
 *     {@code /v1} in {@link Operation#path()}
 * @param networks addresses a connection may have, checked on the connected address (hazards A14, A15)
 * @param tls null for plain text
 * @param key sent as bearer token; null for none
 * @param consulService service whose instances are added as endpoints; null for none
 * @param connectTimeout for TCP and TLS together
 * @param maxConnectionsPerEndpoint per event loop; past it an attempt fails as busy
 * @param embeddings whether it serves embeddings
 * @param balance how requests are shared among its endpoints
 */
public record Upstream(String name, Zone zone, Dialect dialect, List<String> models, @Nullable String defaultModel,
    Map<String, String> aliases, boolean substitute, boolean emulated, String basePath, List<Cidr> networks, @Nullable Tls tls,
    @Nullable Secret key, boolean embeddings, List<Endpoint> endpoints, @Nullable String consulService, Duration connectTimeout,
    int maxConnectionsPerEndpoint, Balance balance) {
  public Upstream {
    models = List.copyOf(models);
    aliases = Map.copyOf(aliases);
    networks = List.copyOf(networks);
    endpoints = List.copyOf(endpoints);
  }

  /** The same where every address lies in {@code narrower}, too. */
  public Upstream inside(List<Cidr> narrower) {
    List<Cidr> both = networks.stream().filter(network -> narrower.stream().anyMatch(other -> other.covers(network))).collect(Collectors.toList());
    narrower.stream().filter(network -> networks.stream().anyMatch(other -> other.covers(network))).filter(network -> !both.contains(network))
        .forEach(both::add);
    return new Upstream(name, zone, dialect, models, defaultModel, aliases, substitute, emulated, basePath, both, tls, key, embeddings, endpoints,
        consulService, connectTimeout, maxConnectionsPerEndpoint, balance);
  }

  /** One that shares requests as is usual. */
  public Upstream(String name, Zone zone, Dialect dialect, List<String> models, @Nullable String defaultModel, Map<String, String> aliases,
      boolean substitute, boolean emulated, String basePath, List<Cidr> networks, @Nullable Tls tls, @Nullable Secret key, boolean embeddings,
      List<Endpoint> endpoints, @Nullable String consulService, Duration connectTimeout, int maxConnectionsPerEndpoint) {
    this(name, zone, dialect, models, defaultModel, aliases, substitute, emulated, basePath, networks, tls, key, embeddings, endpoints,
        consulService, connectTimeout, maxConnectionsPerEndpoint, Balance.DEFAULT);
  }

  /**
   * @param caFile PEM bundle to trust instead of the platform's; null for the platform's
   * @param serverName name to verify and to send as SNI; null for the endpoint's host
   * @param mesh certificates and authorities of the mesh, and the workload's name instead of the host's
   */
  public record Tls(@Nullable String caFile, @Nullable String serverName, boolean http2, boolean mesh) {
    /** The mesh's own certificates on both sides. HTTP/1.1: a proxy at the far end would agree on HTTP/2 for a service that does not speak it. */
    public static final Tls MESH = new Tls(null, null, false, true);

    /** Outside a mesh. */
    public Tls(@Nullable String caFile, @Nullable String serverName, boolean http2) {
      this(caFile, serverName, http2, false);
    }
  }
}
