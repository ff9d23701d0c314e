package io.tidegate.daemon;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.tidegate.config.TidegateConfig;
import io.tidegate.daemon.regions.Regional;
import io.tidegate.daemon.regions.Sources;
import io.tidegate.discovery.dns.DnsDiscovery;
import io.tidegate.dispatch.HealthBoard;
import io.tidegate.model.Endpoint;
import io.tidegate.model.Upstream;
import io.tidegate.telemetry.Names;
import java.util.concurrent.TimeUnit;

/** How regions stand, as metrics. Not loaded where nobody speaks of regions, nor of DNS. */
final class RegionGauges {
  private RegionGauges() {}

  static void register(TidegateConfig config, Regional regional, HealthBoard health, MeterRegistry registry) {
    for (Upstream upstream : config.upstreams()) {
      for (String region : Sources.regions(config, upstream)) {
        String place = Endpoint.place(upstream.name(), region);
        Gauge.builder(Names.REGION_SHARE, health, board -> board.share(place)).tag("upstream", upstream.name()).tag("region", region).register(registry);
      }
    }
    Gauge.builder(Names.REGION_PREFIXES, regional, Regional::prefixes).register(registry);
    FunctionCounter.builder(Names.REGION_TABLE_FAILED, regional, Regional::failures).register(registry);
  }

  static void dns(DnsDiscovery dns, MeterRegistry registry) {
    for (DnsDiscovery.Followed followed : dns.followed()) {
      String key = followed.key();
      TimeGauge.builder(Names.DNS_AGE, dns, TimeUnit.NANOSECONDS, all -> all.ageNanos(key)).tag("upstream", key).register(registry);
    }
  }
}
