package io.tidegate.dispatch.region;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The order of regions, worked out anew whenever something is learnt (R3.1, R3.3). For a caller in a region: that region, then those that are written or
 * that Consul's prepared query says, then the others by distance. Any thread: what is looked up is replaced as a whole.
 *
 * <p>Which regions an upstream has is the configuration's to say, and never changes: nothing that is learnt adds one or takes one away.
 */
public final class RegionPlan implements RegionOrders {
  private final List<String> regions;
  private final Map<String, List<String>> byUpstream;
  private final String own;
  private final String ifUnknown;
  private volatile Map<String, Said> said = Map.of();
  private volatile Distances distances = Distances.UNKNOWN;
  private volatile Map<String, Map<String, List<String>>> orders = Map.of();

  /**
   * @param regions all that are configured, in the order of the configuration, which is the order where nothing better is known
   * @param byUpstream the regions each upstream has endpoints in
   * @param own where this daemon stands; empty if that is not said
   * @param ifUnknown the region of a caller of whom nothing is known, where nothing is known of distances either; empty for {@code own}
   */
  public RegionPlan(List<String> regions, Map<String, List<String>> byUpstream, String own, String ifUnknown) {
    this.regions = List.copyOf(regions);
    Map<String, List<String>> copy = new HashMap<>();
    byUpstream.forEach((upstream, has) -> copy.put(upstream, List.copyOf(has)));
    this.byUpstream = Map.copyOf(copy);
    this.own = own;
    this.ifUnknown = ifUnknown;
    work();
  }

  @Override
  public List<String> of(String upstream, String home) {
    Map<String, List<String>> homes = orders.get(upstream);
    if (homes == null) {
      return List.of();
    }
    List<String> order = homes.get(home);
    return order != null ? order : homes.getOrDefault("", List.of());
  }

  /** What is known of how far regions are from here and from each other. */
  public void learn(Distances known) {
    synchronized (this) {
      distances = known;
      work();
    }
  }

  /**
   * What a prepared query says of an upstream's order after the first region; regions that it does not name follow.
   *
   * @param nearest so many of the nearest before those that are listed, each at most once
   */
  public void learn(String upstream, int nearest, List<String> listed) {
    Said now = new Said(nearest, listed);
    synchronized (this) {
      if (now.equals(said.get(upstream))) {
        return;
      }
      Map<String, Said> next = new HashMap<>(said);
      next.put(upstream, now);
      said = Map.copyOf(next);
      work();
    }
  }

  private record Said(int nearest, List<String> listed) {
    static final Said NOTHING = new Said(0, List.of());

    Said {
      listed = List.copyOf(listed);
    }
  }

  /** The region of a caller of whom nothing is known: the nearest by distance, else the configured one, else our own (R3.1). */
  public String home() {
    String nearest = distances.nearestTo(own, regions);
    return !nearest.isEmpty() ? nearest : !ifUnknown.isEmpty() ? ifUnknown : own;
  }

  private void work() {
    Map<String, Map<String, List<String>>> all = new HashMap<>();
    byUpstream.forEach((upstream, has) -> {
      if (has.isEmpty()) {
        return;
      }
      Map<String, List<String>> homes = new HashMap<>();
      for (String region : regions) {
        homes.put(region, order(upstream, has, region));
      }
      homes.put("", order(upstream, has, home()));
      all.put(upstream, Map.copyOf(homes));
    });
    orders = Map.copyOf(all);
  }

  private List<String> order(String upstream, List<String> has, String home) {
    Set<String> order = new LinkedHashSet<>();
    order.add(home);
    Said word = said.getOrDefault(upstream, Said.NOTHING);
    List<String> byDistance = new ArrayList<>(regions);
    byDistance.sort(distances.from(home));
    byDistance.stream().filter(region -> !region.equals(home) && distances.between(home, region) < Double.POSITIVE_INFINITY).limit(word.nearest).forEach(order::add);
    order.addAll(word.listed);
    order.addAll(byDistance);
    order.retainAll(has);
    return List.copyOf(order);
  }
}
