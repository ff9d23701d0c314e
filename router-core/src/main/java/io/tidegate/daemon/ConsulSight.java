package io.tidegate.daemon;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tidegate.discovery.ConsulDiscovery;
import io.tidegate.discovery.ConsulOverrides;
import io.tidegate.discovery.OwnStanding;
import io.tidegate.telemetry.Names;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an operator should know of how Consul is seen: rights that are missing, maintenance, overrides that cannot be read, a mesh without a certificate.
 *
 * @param discovery null without Consul
 * @param overrides null where none are read
 * @param standing null where the daemon does not register
 * @param mesh null outside a mesh
 */
record ConsulSight(@Nullable ConsulDiscovery discovery, @Nullable ConsulOverrides overrides, @Nullable OwnStanding standing, @Nullable Mesh mesh) {
  /** One line each; none while all is well. */
  List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    if (discovery != null) {
      for (String upstream : discovery.upstreams()) {
        var watched = discovery.of(upstream);
        if (watched.rightsMissing()) {
          warnings.add("consul acl: the token may not see service " + watched.service() + ", or not all of it; the last " + watched.endpoints()
              + " endpoints of upstream " + upstream + " stay");
        }
      }
    }
    if (standing != null && standing.hidden()) {
      warnings.add("consul acl: the token does not see this daemon's own registration, so that an empty list proves nothing");
    }
    if (standing != null && standing.inMaintenance()) {
      warnings.add("consul: this daemon or its node is in maintenance");
    }
    if (overrides != null && overrides.rightsMissing()) {
      warnings.add("consul acl: the token may not read the overrides; the last ones stay");
    }
    if (overrides != null) {
      overrides.problems().forEach(problem -> warnings.add("consul overrides: " + problem));
    }
    if (mesh != null) {
      warnings.addAll(mesh.warnings());
    }
    return warnings;
  }

  void gauges(PrometheusMeterRegistry registry) {
    if (discovery != null) {
      for (String upstream : discovery.upstreams()) {
        Gauge.builder(Names.CONSUL_ACL, discovery, d -> d.of(upstream).rightsMissing() ? 1 : 0).tag("upstream", upstream).register(registry);
      }
    }
    if (standing != null) {
      Gauge.builder(Names.CONSUL_MAINTENANCE, standing, s -> s.inMaintenance() ? 1 : 0).register(registry);
    }
    if (overrides != null) {
      Gauge.builder(Names.CONSUL_OVERRIDE_PROBLEMS, overrides, o -> o.problems().size()).register(registry);
    }
  }
}
