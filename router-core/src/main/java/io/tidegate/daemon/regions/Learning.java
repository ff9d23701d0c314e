package io.tidegate.daemon.regions;

import io.tidegate.config.RegionsConfig;
import io.tidegate.config.RegionsConfig.Region;
import io.tidegate.config.TidegateConfig;
import io.tidegate.discovery.ConsulRegions;
import io.tidegate.dispatch.region.Distances;
import io.tidegate.dispatch.region.RegionPlan;
import io.tidegate.model.Upstream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Tells the plan in regions what Consul says in datacenters. A datacenter that is nobody's region is passed over. */
public final class Learning implements ConsulRegions.Learnt {
  private final RegionsConfig regions;
  private final RegionPlan plan;
  /** Service → the upstreams that it serves. */
  private final Map<String, List<String>> upstreams = new HashMap<>();
  private final Map<String, String> regionOf = new HashMap<>();

  public Learning(TidegateConfig config, RegionsConfig regions, RegionPlan plan) {
    this.regions = regions;
    this.plan = plan;
    for (Upstream upstream : config.upstreams()) {
      String service = upstream.consulService();
      if (service != null) {
        upstreams.computeIfAbsent(service, name -> new ArrayList<>()).add(upstream.name());
      }
    }
    for (Region region : regions.list()) {
      String datacenter = region.datacenter();
      if (datacenter != null) {
        regionOf.put(datacenter, region.name());
      }
    }
  }

  /** The services that some upstream names, sorted. */
  public List<String> services() {
    return upstreams.keySet().stream().sorted().toList();
  }

  /** The datacenters of all regions but {@code own}, in the order of the configuration. */
  public List<String> otherDatacenters(String own) {
    return regions.list().stream().filter(region -> !region.name().equals(own)).map(Region::datacenter).filter(Objects::nonNull).map(Objects::toString).toList();
  }

  @Override
  public void positions(Map<String, ConsulRegions.Position> byDatacenter) {
    Map<String, Distances.Coordinate> at = new HashMap<>();
    byDatacenter.forEach((datacenter, position) -> {
      String region = regionOf.get(datacenter);
      if (region != null) {
        at.put(region, new Distances.Coordinate(position.vector(), position.height(), position.adjustment()));
      }
    });
    plan.learn(Distances.of(at));
  }

  @Override
  public void order(String service, ConsulRegions.Order order) {
    List<String> listed = order.datacenters().stream().map(regionOf::get).filter(Objects::nonNull).toList();
    upstreams.getOrDefault(service, List.of()).forEach(upstream -> plan.learn(upstream, order.nearest(), listed));
  }
}
