package io.tidegate.schedule;

import io.tidegate.admission.limit.LimitRules;
import io.tidegate.admission.queue.QueueRules;
import io.tidegate.dispatch.HealthBoard;
import io.tidegate.dispatch.region.RegionPlan;
import io.tidegate.model.Balance;
import io.tidegate.model.Cidr;
import io.tidegate.model.Dialect;
import io.tidegate.model.Endpoint;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * The upstreams of all schedules: {@code home} (three endpoints) and {@code lodge} (one) are PRIVATE, {@code cloud} (two) and {@code sky} (one) are
 * PUBLIC. What discovery may name besides, {@code rogue}, has an address outside: whatever reaches it has left the house.
 */
final class Setting {
  static final List<String> UPSTREAMS = List.of("home", "lodge", "cloud", "sky");
  static final List<String> ENDPOINTS = List.of("h1", "h2", "h3", "l1", "c1", "c2", "s1");

  static final List<String> REGIONS = List.of("east", "west");
  /** Where each endpoint stands, in schedules that know regions; of the others nobody says. */
  private static final Map<String, String> REGION_OF = Map.of("h1", "east", "h2", "east", "h3", "west", "l1", "east", "c1", "east", "c2", "west");

  private static final Map<String, List<Endpoint>> LISTED = new LinkedHashMap<>();
  private static final Cidr INSIDE = Cidr.of(new byte[] {10, 0, 0, 0}, 8, "10.0.0.0/8");
  private static final Cidr OUTSIDE = Cidr.of(new byte[] {(byte) 203, 0, 113, 0}, 24, "203.0.113.0/24");

  static {
    LISTED.put("home", List.of(endpoint("home", "h1", "10.0.0.1"), endpoint("home", "h2", "10.0.0.2"), endpoint("home", "h3", "10.0.0.3")));
    LISTED.put("lodge", List.of(endpoint("lodge", "l1", "10.0.1.1")));
    LISTED.put("cloud", List.of(endpoint("cloud", "c1", "203.0.113.1"), endpoint("cloud", "c2", "203.0.113.2")));
    LISTED.put("sky", List.of(endpoint("sky", "s1", "203.0.113.9")));
  }

  private Setting() {}

  static List<Upstream> upstreams() {
    return List.of(upstream("home", Zone.PRIVATE, "qwen"), upstream("lodge", Zone.PRIVATE, "qwen"), upstream("cloud", Zone.PUBLIC, "deepseek"),
        upstream("sky", Zone.PUBLIC, "deepseek"));
  }

  static HealthBoard.HealthRules health() {
    return new HealthBoard.HealthRules(3, seconds(1), seconds(10), seconds(60), seconds(5));
  }

  /** Limits that a handful of requests meets. */
  static LimitRules limits(SplittableRandom random) {
    Set<String> adaptive = random.nextBoolean() ? Set.of("home") : Set.of();
    return new LimitRules(adaptive, Map.of("home", 2 + random.nextInt(4), "lodge", 1 + random.nextInt(3), "cloud", 2 + random.nextInt(3)), 1);
  }

  static QueueRules queue(SplittableRandom random) {
    int bound = 1 + random.nextInt(6);
    return random.nextInt(3) == 0 ? QueueRules.DEFAULT : new QueueRules(bound + random.nextInt(6), Map.of(LatencyClass.INTERACTIVE, bound,
        LatencyClass.STANDARD, bound, LatencyClass.BATCH, random.nextInt(2)), QueueRules.DEFAULT.targetNanos());
  }

  /** Each upstream is balanced in a way that the seed draws. */
  static void balance(HealthBoard board, SplittableRandom random) {
    Balance.Method[] methods = Balance.Method.values();
    for (String upstream : UPSTREAMS) {
      Balance drawn = Balance.DEFAULT.with(methods[random.nextInt(methods.length)]);
      board.balance(upstream, random.nextInt(4) == 0 ? new Balance(drawn.method(), 125, drawn.decay(), 64, Duration.ofSeconds(5)) : drawn);
    }
  }

  /** What discovery says of an upstream: all, nobody, half of them, or one endpoint too many. */
  static List<Endpoint> listed(String upstream, String what) {
    List<Endpoint> all = LISTED.getOrDefault(upstream, List.of());
    return switch (what) {
      case "nobody" -> List.of();
      case "half" -> all.subList(0, (all.size() + 1) / 2);
      case "rogue" -> {
        List<Endpoint> more = new ArrayList<>(all);
        more.add(0, endpoint(upstream, "rogue", "198.51.100.7"));
        yield List.copyOf(more);
      }
      default -> all;
    };
  }

  /** The region an endpoint really stands in, whatever the line thinks; empty where nobody says. */
  static String regionOf(String endpointId) {
    return REGION_OF.getOrDefault(endpointId, "");
  }

  static List<Endpoint> inRegions(List<Endpoint> endpoints) {
    return endpoints.stream().map(each -> each.in(regionOf(each.id()))).toList();
  }

  static RegionPlan plan() {
    return new RegionPlan(REGIONS, Map.of("home", REGIONS, "lodge", List.of("east"), "cloud", REGIONS), "east", "");
  }

  /** Where an address really is: the truth, whatever the line thinks. */
  static Zone zoneOf(Endpoint endpoint) {
    return endpoint.host().startsWith("10.") ? Zone.PRIVATE : Zone.PUBLIC;
  }

  static long seconds(long seconds) {
    return seconds * 1_000_000_000L;
  }

  private static Endpoint endpoint(String upstream, String id, String host) {
    return new Endpoint(upstream, id, host, 80, 1, true);
  }

  private static Upstream upstream(String name, Zone zone, String model) {
    return new Upstream(name, zone, Dialect.OPENAI, List.of(model), model, Map.of(), true, false, "/v1", List.of(zone == Zone.PRIVATE ? INSIDE : OUTSIDE),
        null, null, true, List.of(), name, Duration.ofSeconds(1), 8);
  }
}
