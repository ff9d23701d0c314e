package io.tidegate.daemon;

import io.tidegate.discovery.Overrides;
import io.tidegate.dispatch.HealthBoard;
import io.tidegate.model.Endpoint;
import io.tidegate.model.Upstream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The endpoints there are, without those an operator drained, each with the weight an operator gave it. Any thread but an event loop. */
final class LiveEndpoints {
  private final Map<String, List<Endpoint>> all = new HashMap<>();
  private final HealthBoard health;
  private Overrides overrides = Overrides.NONE;

  LiveEndpoints(List<Upstream> upstreams, HealthBoard health) {
    this.health = health;
    upstreams.forEach(upstream -> all.put(upstream.name(), upstream.endpoints()));
  }

  /** All there are of an upstream now. */
  synchronized void replace(String upstream, List<Endpoint> endpoints) {
    all.put(upstream, endpoints);
    publish(upstream);
  }

  synchronized void override(Overrides now) {
    Overrides before = overrides;
    overrides = now;
    for (String upstream : all.keySet()) {
      if (before.byUpstream().containsKey(upstream) || now.byUpstream().containsKey(upstream)) {
        publish(upstream);
      }
    }
  }

  private void publish(String upstream) {
    health.prepared(upstream, overrides.applied(upstream, all.getOrDefault(upstream, List.of())));
  }
}
