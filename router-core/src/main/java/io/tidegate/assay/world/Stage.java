package io.tidegate.assay.world;

import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.dispatch.Catalog;
import io.tidegate.dispatch.HealthBoard;
import io.tidegate.dispatch.region.RegionPlan;
import io.tidegate.model.Dialect;
import io.tidegate.model.Endpoint;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import io.tidegate.policy.CaseWorld;
import io.tidegate.policy.CaseWorld.Consul;
import io.tidegate.policy.CaseWorld.Side;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The upstreams of a rehearsal: two in each zone, one of them discovered by Consul, five endpoints that answer and one that has gone. This is the
 * truth about zones that an oracle goes by. Immutable.
 */
final class Stage {
  /** What a caller asks for who names a model that only a PUBLIC upstream serves. */
  static final String PUBLIC_MODEL = "public-model";

  static final HealthBoard.HealthRules HEALTH = new HealthBoard.HealthRules(2, Duration.ofSeconds(5).toNanos(), Duration.ofMinutes(1).toNanos(),
      Duration.ofMinutes(5).toNanos());

  private static final String DISCOVERED = "private-2";
  private static final String GONE = "private-2-gone";

  /** A region that no policy permits by name. */
  private static final String ELSEWHERE = "elsewhere";

  private final List<Upstream> upstreams = List.of(upstream("private-1", Zone.PRIVATE, "private-model"), upstream(DISCOVERED, Zone.PRIVATE, "private-model"),
      upstream("public-1", Zone.PUBLIC, PUBLIC_MODEL), upstream("public-2", Zone.PUBLIC, PUBLIC_MODEL));
  private final Map<String, List<Endpoint>> endpoints = new LinkedHashMap<>();

  /** Empty where the policy speaks of no region. */
  private final List<String> regions = new ArrayList<>();

  /**
   * @param named the regions that the policy names: then each looks as all of this stage does without regions, and so does one that it does not name;
   *     but for one public upstream, which stands nowhere in particular
   */
  Stage(Collection<String> named) {
    if (!named.isEmpty()) {
      regions.addAll(named);
      regions.add(ELSEWHERE);
    }
    if (regions.isEmpty()) {
      endpoints.put("private-1", List.of(endpoint("private-1", "private-1a"), endpoint("private-1", "private-1b")));
      endpoints.put(DISCOVERED, List.of(endpoint(DISCOVERED, "private-2a")));
      endpoints.put("public-1", List.of(endpoint("public-1", "public-1a"), endpoint("public-1", "public-1b")));
    } else {
      for (String upstream : List.of("private-1", DISCOVERED, "public-1")) {
        List<Endpoint> all = new ArrayList<>();
        for (String region : regions) {
          all.add(endpoint(upstream, upstream + "a-" + region).in(region));
          if (!upstream.equals(DISCOVERED)) {
            all.add(endpoint(upstream, upstream + "b-" + region).in(region));
          }
        }
        endpoints.put(upstream, List.copyOf(all));
      }
    }
    endpoints.put("public-2", List.of(endpoint("public-2", "public-2a")));
  }

  Catalog catalog() {
    if (regions.isEmpty()) {
      return new Catalog(upstreams);
    }
    return new Catalog(upstreams, new RegionPlan(regions, Map.of("private-1", regions, DISCOVERED, regions, "public-1", regions), regions.get(0), ""));
  }

  /** Where an endpoint really stands, which is not what anybody says of it. */
  String regionOf(Endpoint endpoint) {
    for (List<Endpoint> known : endpoints.values()) {
      for (Endpoint each : known) {
        if (each.id().equals(endpoint.id())) {
          return each.region();
        }
      }
    }
    return regions.isEmpty() ? "" : regions.get(0);
  }

  /** Where an upstream really stands; null for one that is not on this stage. */
  @Nullable Zone zoneOf(String upstream) {
    for (Upstream each : upstreams) {
      if (each.name().equals(upstream)) {
        return each.zone();
      }
    }
    return null;
  }

  boolean hasGone(Endpoint endpoint) {
    return endpoint.id().equals(GONE);
  }

  /** Makes {@code board} as {@code state} says; what it had learnt before is forgotten. */
  void set(HealthBoard board, CaseWorld state) {
    for (Upstream upstream : upstreams) {
      String name = upstream.name();
      board.endpoints(name, List.of());
      board.reopenAccount(name);
      List<Endpoint> listed = listed(name, state.consul());
      board.endpoints(name, listed);
      Side side = upstream.zone() == Zone.PRIVATE ? state.privateSide() : state.publicSide();
      if (side == Side.DOWN) {
        listed.forEach(endpoint -> board.failed(endpoint, AttemptFailure.of(Kind.CONNECT_REFUSED)));
      } else if (state.region() == CaseWorld.Region.DOWN) {
        listed.stream().filter(endpoint -> !endpoint.region().isEmpty() && !endpoint.region().equals(ELSEWHERE))
            .forEach(endpoint -> board.failed(endpoint, AttemptFailure.of(Kind.CONNECT_REFUSED)));
      }
    }
  }

  private List<Endpoint> listed(String upstream, Consul consul) {
    List<Endpoint> known = endpoints.getOrDefault(upstream, List.of());
    if (!upstream.equals(DISCOVERED)) {
      return known;
    }
    return switch (consul) {
      case FRESH -> known;
      case EMPTY -> List.of();
      case STALE -> {
        List<Endpoint> stale = new ArrayList<>(known);
        stale.add(0, endpoint(DISCOVERED, GONE).in(regions.isEmpty() ? "" : regions.get(0)));
        yield stale;
      }
    };
  }

  private static Endpoint endpoint(String upstream, String id) {
    return new Endpoint(upstream, id, "192.0.2.1", 1, 1, upstream.equals(DISCOVERED));
  }

  private static Upstream upstream(String name, Zone zone, String model) {
    return new Upstream(name, zone, Dialect.OPENAI, List.of(model), model, Map.of(), true, true, "/v1", List.of(), null, null, true, List.of(),
        name.equals(DISCOVERED) ? name : null, Duration.ofSeconds(1), 8);
  }
}
