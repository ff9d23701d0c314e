package io.tidegate.daemon;

import io.tidegate.discovery.Overrides;
import io.tidegate.dispatch.HealthBoard;
import io.tidegate.model.Endpoint;
import io.tidegate.model.Hints;
import io.tidegate.model.Upstream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The endpoints of each upstream: those configured, those found, without those an operator drained. Any thread but an event loop. */
final class LiveEndpoints {
  private final Map<String, List<Endpoint>> configured = new HashMap<>();
  private final Map<String, List<Endpoint>> found = new HashMap<>();
  private final HealthBoard health;
  private Overrides overrides = Overrides.NONE;

  LiveEndpoints(List<Upstream> upstreams, HealthBoard health) {
    this.health = health;
    for (Upstream upstream : upstreams) {
      configured.put(upstream.name(), upstream.endpoints());
    }
  }

  /** Of an address that is configured as well the configured endpoint counts, as far as it says of itself that it takes. */
  synchronized void found(String upstream, List<Endpoint> discovered) {
    found.put(upstream, discovered);
    publish(upstream);
  }

  synchronized void override(Overrides now) {
    Overrides before = overrides;
    overrides = now;
    for (String upstream : configured.keySet()) {
      if (before.byUpstream().containsKey(upstream) || now.byUpstream().containsKey(upstream)) {
        publish(upstream);
      }
    }
  }

  private void publish(String upstream) {
    Map<String, Endpoint> byAddress = new HashMap<>();
    for (Endpoint endpoint : configured.getOrDefault(upstream, List.of())) {
      byAddress.put(endpoint.host() + ' ' + endpoint.port(), endpoint);
    }
    List<Endpoint> all = new ArrayList<>(byAddress.values());
    for (Endpoint endpoint : found.getOrDefault(upstream, List.of())) {
      Endpoint known = byAddress.get(endpoint.host() + ' ' + endpoint.port());
      if (known == null) {
        all.add(endpoint);
      } else if (endpoint.hints() != Hints.NONE) {
        // What it says of itself narrows, however its address came to be known.
        all.set(all.indexOf(known), known.with(endpoint.hints()));
      }
    }
    health.prepared(upstream, overrides.applied(upstream, all));
  }
}
