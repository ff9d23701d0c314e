package io.tidegate.daemon.regions;

import io.tidegate.config.DnsConfig;
import io.tidegate.config.RegionsConfig;
import io.tidegate.config.RegionsConfig.Region;
import io.tidegate.config.TidegateConfig;
import io.tidegate.model.Endpoint;
import io.tidegate.model.Upstream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where endpoints of an upstream are found besides the configured ones, and in which regions it stands. Pure. */
public final class Sources {
  private Sources() {}

  /**
   * One place to look.
   *
   * @param region of all that is found there; empty for none. It is the configuration's word, never Consul's (K2)
   * @param datacenter null for the agent's own
   * @param upstream with the networks that hold there
   */
  public record Source(Upstream upstream, String region, @Nullable String datacenter) {
    /** Names it among the sources. */
    public String place() {
      return Endpoint.place(upstream.name(), region);
    }
  }

  /** Where the service of an upstream is looked for. */
  public static List<Source> of(TidegateConfig config, Upstream upstream) {
    RegionsConfig regions = config.regions();
    if (regions == null) {
      return List.of(new Source(upstream, "", null));
    }
    String standing = regions.standing().get(upstream.name());
    if (standing != null) {
      return List.of(regions.region(standing).map(region -> source(upstream, region)).orElse(new Source(upstream, standing, null)));
    }
    List<Source> sources = new ArrayList<>();
    for (Region region : regions.list()) {
      if (region.datacenter() != null) {
        sources.add(source(upstream, region));
      }
    }
    return sources.isEmpty() ? List.of(new Source(upstream, "", null)) : List.copyOf(sources);
  }

  private static Source source(Upstream upstream, Region region) {
    return new Source(region.networks().isEmpty() ? upstream : upstream.inside(region.networks()), region.name(), region.datacenter());
  }

  /** Where the name of an upstream is asked for: by region where it has a datacenter in it. */
  public static List<Source> of(TidegateConfig config, Upstream upstream, DnsConfig.Name name) {
    List<Source> all = of(config, upstream);
    if (name.name().contains(DnsConfig.DATACENTER)) {
      return all.stream().filter(source -> source.datacenter() != null).toList();
    }
    RegionsConfig regions = config.regions();
    String standing = regions == null ? "" : regions.standing().getOrDefault(upstream.name(), "");
    return standing.isEmpty() ? List.of(new Source(upstream, "", null)) : all;
  }

  /** The regions an upstream may have endpoints in; empty if nobody speaks of regions for it. */
  public static List<String> regions(TidegateConfig config, Upstream upstream) {
    Set<String> regions = new LinkedHashSet<>();
    upstream.endpoints().forEach(endpoint -> regions.add(endpoint.region()));
    if (upstream.consulService() != null) {
      of(config, upstream).forEach(source -> regions.add(source.region()));
    }
    DnsConfig dns = config.dns();
    DnsConfig.Name name = dns == null ? null : dns.names().get(upstream.name());
    if (name != null) {
      of(config, upstream, name).forEach(source -> regions.add(source.region()));
    }
    regions.remove("");
    return List.copyOf(regions);
  }
}
