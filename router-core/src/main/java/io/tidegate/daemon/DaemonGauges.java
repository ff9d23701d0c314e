package io.tidegate.daemon;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.tidegate.config.TidegateConfig;
import io.tidegate.dispatch.EndpointHealth;
import io.tidegate.dispatch.HealthBoard;
import io.tidegate.model.Upstream;
import io.tidegate.telemetry.Label;
import io.tidegate.telemetry.Names;
import java.util.List;

/** The build, and how endpoints stand. */
final class DaemonGauges {
  private DaemonGauges() {}

  static void register(TidegateConfig config, HealthBoard health, MeterRegistry registry) {
    Gauge.builder(Names.BUILD, () -> 1).tag("version", Version.text()).tag("java", Runtime.version().toString()).register(registry);
    ProcessGauges.register(registry);
    for (Upstream upstream : config.upstreams()) {
      for (EndpointHealth.State state : EndpointHealth.State.values()) {
        Gauge.builder(Names.ENDPOINTS, health, board -> count(board, upstream.name(), state)).tag("upstream", upstream.name()).tag("state", Label.word(state))
            .register(registry);
      }
    }
  }

  private static long count(HealthBoard health, String upstream, EndpointHealth.State state) {
    return health.snapshot().getOrDefault(upstream, List.of()).stream().filter(endpoint -> endpoint.state() == state).count();
  }
}
