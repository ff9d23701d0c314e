package io.tidegate.config;

import io.tidegate.config.RegionsConfig.Queries;
import io.tidegate.config.RegionsConfig.Region;
import io.tidegate.model.Cidr;
import io.tidegate.model.Residency;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the section {@code regions}, and the regions that upstreams and their endpoints name. */
final class RegionsBinder {
  private static final int MAX_REGIONS = 64;
  private static final Duration HOUR = Duration.ofHours(1);

  private final List<Region> list = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  /** Upstream → the one region it says. */
  private final Map<String, String> standing = new HashMap<>();
  private final boolean present;

  private RegionsBinder(boolean present) {
    this.present = present;
  }

  static RegionsBinder of(Section root) {
    RegionsBinder binder = new RegionsBinder(root.optionalSection("regions").isPresent());
    if (binder.present) {
      Section s = root.section("regions");
      for (Section entry : s.sections("list")) {
        binder.region(entry);
      }
      if (binder.list.isEmpty() || binder.list.size() > MAX_REGIONS) {
        s.problem("list", binder.list.isEmpty() ? "regions names none" : "more than " + MAX_REGIONS + " regions",
            "add list: [{name: cn-east}, {name: cn-north}], or remove the section");
      }
    }
    return binder;
  }

  private void region(Section entry) {
    entry.needed("name", RegionsBinder::name).ifPresent(name -> {
      if (!names.add(name)) {
        entry.problem("name", "there are two regions of this name", "give each a name of its own");
      }
      String datacenter = entry.optional("datacenter", UpstreamBinder::serviceName).orElse(null);
      if (datacenter != null && list.stream().anyMatch(other -> datacenter.equals(other.datacenter()))) {
        entry.problem("datacenter", "two regions have the same datacenter, so nobody could say which an instance stands in", "give each its own");
      }
      List<Cidr> networks = entry.list("networks", Networks::cidr);
      list.add(new Region(name, datacenter, networks));
    });
    entry.end();
  }

  /** The rest of the section, once the upstreams are read. Null without the section. */
  @org.jspecify.annotations.Nullable RegionsConfig bind(Section root, String own, boolean consul) {
    if (!own.isEmpty() && present && !names.contains(own)) {
      root.problem("region", "this daemon's region is not in regions.list", "add it there, or name one that is");
    }
    if (!present) {
      return null;
    }
    Section s = root.section("regions");
    Path table = s.optional("table", References::path).orElse(null);
    String ifUnknown = s.optional("default", RegionsBinder::name).orElse("");
    if (!ifUnknown.isEmpty() && !names.contains(ifUnknown)) {
      s.problem("default", "there is no region of this name in regions.list", "name one that is");
    }
    Queries queries = s.word("preparedQueries", Queries.class).orElse(Queries.OFF);
    if (queries != Queries.OFF && !consul) {
      s.problem("preparedQueries", "prepared queries are Consul's, which is not configured", "add the section consul, or remove the key");
    }
    if (!consul && list.stream().anyMatch(region -> region.datacenter() != null)) {
      s.problem("list", "a region names a datacenter of Consul's, and there is no section consul", "add consul: {address: http://127.0.0.1:8500}");
    }
    RegionsConfig regions = new RegionsConfig(list, table, s.list("proxies", Networks::cidr), ifUnknown,
        s.duration("hold", Duration.ZERO, HOUR, Duration.ofSeconds(30)), s.duration("ramp", Duration.ZERO, HOUR, Duration.ofSeconds(30)), queries,
        s.duration("distances", Duration.ZERO, HOUR, Duration.ofMinutes(1)), standing);
    s.end();
    return regions;
  }

  /** The region that an upstream, or one of its endpoints, names; empty for none. */
  String named(Section s) {
    String region = s.optional("region", RegionsBinder::name).orElse("");
    if (!region.isEmpty() && !names.contains(region)) {
      s.problem("region", present ? "there is no region of this name in regions.list" : "a region is named, and there is no section regions",
          present ? "name one that is, or add it" : "add regions: {list: [{name: " + region + "}]}");
      return "";
    }
    return region;
  }

  /** All of {@code upstream} stands in {@code region}. */
  void stands(String upstream, String region) {
    standing.put(upstream, region);
  }

  /** Whether a service or name of an upstream is looked for by region. */
  boolean byDatacenter() {
    return list.stream().anyMatch(region -> region.datacenter() != null);
  }

  static String name(String text) throws Malformed {
    if (!Residency.isRegion(text)) {
      throw new Malformed("the region is not a name", "write at most 63 of a-z 0-9 - _ . such as cn-hangzhou");
    }
    return text;
  }
}
