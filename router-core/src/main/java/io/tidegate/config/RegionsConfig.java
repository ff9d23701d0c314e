package io.tidegate.config;

import io.tidegate.model.Cidr;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Regions, and how requests move between them.
 *
 * @param list all regions, in the order in which they stand in for one another where nothing better is known
 * @param table file of prefixes and regions; null for none
 * @param proxies whose {@code X-Forwarded-For} is believed
 * @param ifUnknown region of a caller of whom nothing is known; empty for the daemon's own
 * @param hold how long somebody must have been well in a region that was lost before it takes requests again
 * @param ramp how long it then takes to its whole share
 * @param queries whether Consul's prepared queries say the order
 * @param distances how often distances are read from Consul; zero for never
 * @param standing upstream → the one region that it stands in, for those that say one
 */
public record RegionsConfig(List<Region> list, @Nullable Path table, List<Cidr> proxies, String ifUnknown, Duration hold, Duration ramp, Queries queries,
    Duration distances, Map<String, String> standing) {
  public RegionsConfig {
    list = List.copyOf(list);
    proxies = List.copyOf(proxies);
    standing = Map.copyOf(standing);
  }

  /**
   * @param datacenter of Consul's that is this region; null if Consul knows nothing of it
   * @param networks addresses that endpoints found there may have; empty for those of their upstream
   */
  public record Region(String name, @Nullable String datacenter, List<Cidr> networks) {
    public Region {
      networks = List.copyOf(networks);
    }
  }

  /** What is done with Consul's prepared query of a service. */
  public enum Queries {
    OFF,
    /** Its order is followed, if there is one. */
    READ,
    /** The same; and one that is missing is made. */
    CREATE
  }

  public List<String> names() {
    return list.stream().map(Region::name).toList();
  }

  public Optional<Region> region(String name) {
    return list.stream().filter(region -> region.name().equals(name)).findFirst();
  }
}
