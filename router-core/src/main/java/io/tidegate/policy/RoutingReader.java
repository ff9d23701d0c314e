package io.tidegate.policy;

import io.tidegate.model.Destination;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Sensitivity;
import io.tidegate.policy.PolicyFile.Setting;
import io.tidegate.policy.Verdict.Replay;
import io.tidegate.policy.Verdict.Semantic;
import io.tidegate.yaml.YamlMap;
import io.tidegate.yaml.YamlPosition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Reads where content may go: {@code egress}, {@code routes}, {@code cache}. */
final class RoutingReader {
  /** Below it a vector says nothing: questions of one domain are as near as that. */
  private static final double LEAST_THRESHOLD = 0.5;
  private static final double DEFAULT_THRESHOLD = 0.8;

  private RoutingReader() {}

  static void read(YamlMap spec, PolicyFile into) {
    spec.optionalMap("egress").ifPresent(map -> into.egress = egress(map));
    spec.optionalMap("routes").ifPresent(map -> into.routes = new Setting<>(routes(map), spec.keyPosition("routes")));
    spec.optionalMap("cache").ifPresent(map -> into.cache = new Setting<>(cache(map), spec.keyPosition("cache")));
  }

  private static Egress egress(YamlMap map) {
    Map<Destination, Set<Sensitivity>> lists = new EnumMap<>(Destination.class);
    for (Destination destination : Destination.values()) {
      String key = word(destination);
      List<Sensitivity> listed = map.enumerations(key, Sensitivity.class);
      if (map.has(key)) {
        lists.put(destination, listed.isEmpty() ? EnumSet.noneOf(Sensitivity.class) : EnumSet.copyOf(listed));
      } else {
        map.problem(map.position(), "'egress' does not say what may go to " + key, "add '" + key
            + ": []' or a list of sensitivities; a list that is there is complete");
      }
    }
    refusePublic(map, lists.getOrDefault(Destination.PUBLIC, Set.of()), map.position("public"));
    map.end();
    return new Egress(lists);
  }

  private static void refusePublic(YamlMap map, Set<Sensitivity> listed, YamlPosition at) {
    if (listed.contains(Sensitivity.RESTRICTED)) {
      map.problem(at, "RESTRICTED content may never go to a public upstream (G1)", "remove 'restricted' from 'public'");
    }
    if (listed.contains(Sensitivity.CONFIDENTIAL)) {
      map.problem(at, "CONFIDENTIAL content may never go to a public upstream as it stands (G1)",
          "remove 'confidential' from 'public'; to send it once it is cleaned, write a step '{to: public, after: pseudonymise}' in its route");
    }
  }

  private static Map<Sensitivity, Map<LatencyClass, List<RouteStep>>> routes(YamlMap map) {
    Map<Sensitivity, Map<LatencyClass, List<RouteStep>>> cells = new EnumMap<>(Sensitivity.class);
    for (Sensitivity sensitivity : Sensitivity.values()) {
      map.optionalMap(word(sensitivity)).ifPresent(row -> {
        Map<LatencyClass, List<RouteStep>> read = new EnumMap<>(LatencyClass.class);
        for (LatencyClass latencyClass : LatencyClass.values()) {
          String key = word(latencyClass);
          if (row.has(key)) {
            read.put(latencyClass, StepReader.cell(row, key, sensitivity));
          }
        }
        row.end();
        cells.put(sensitivity, read);
      });
    }
    map.end();
    return cells;
  }

  private static CacheTerms cache(YamlMap map) {
    Map<Sensitivity, CacheTerms.Cell> cells = new EnumMap<>(Sensitivity.class);
    for (Sensitivity sensitivity : Sensitivity.values()) {
      String key = word(sensitivity);
      YamlMap row = map.map(key);
      CacheTerms.Cell standard = CacheTerms.DEFAULT.cell(sensitivity);
      boolean store = row.bool("store", standard.store());
      boolean shared = row.bool("shared", standard.shared() && store);
      boolean sampled = row.bool("sampled", false);
      int ttl = seconds(row, "ttl", Duration.ofSeconds(1), CacheTerms.DEFAULT_TTL_SECONDS);
      int stale = seconds(row, "stale", Duration.ZERO, CacheTerms.DEFAULT_STALE_SECONDS);
      int error = seconds(row, "staleIfError", Duration.ZERO, 0);
      boolean outside = row.bool("outside", standard.outside() && store);
      Replay replay = row.enumeration("replay", Replay.class, Replay.AT_ONCE);
      Semantic semantic = row.optionalMap("semantic").map(RoutingReader::semantic).orElse(null);
      row.end();
      if (semantic != null && sensitivity == Sensitivity.RESTRICTED) {
        row.problem("semantic", "RESTRICTED questions are never compared with others (decisions 5)", "remove 'semantic'");
        semantic = null;
      }
      if (semantic != null && !store) {
        row.problem("semantic", sensitivity + " answers are not stored, so none can answer another question", "add 'store: true', or remove 'semantic'");
      }
      if (shared && sensitivity.compareTo(Sensitivity.CONFIDENTIAL) >= 0) {
        row.problem("shared", sensitivity + " answers are never shared between tenants (G4)", "remove 'shared: true'");
        shared = false;
      }
      if (outside && sensitivity == Sensitivity.RESTRICTED) {
        row.problem("outside", "RESTRICTED answers never leave the process, sealed or not (G1)", "remove 'outside: true'");
        outside = false;
      }
      cells.put(sensitivity, store ? new CacheTerms.Cell(true, shared, sampled, ttl, stale, error, outside, replay, semantic) : CacheTerms.NEVER);
    }
    Map<String, String> groupOf = new HashMap<>();
    YamlMap groups = map.map("groups");
    for (String group : groups.keys()) {
      if (!Words.isId(group)) {
        groups.problem(groups.keyPosition(group), "the name of this group is not an id", "write lower-case letters, digits and hyphens");
      }
      for (String tenant : Words.names(groups, group)) {
        String other = groupOf.putIfAbsent(tenant, group);
        if (other != null) {
          groups.problem(groups.position(group), "a tenant is in two sharing groups ('" + other + "' and this one)", "keep it in one");
        }
      }
    }
    map.end();
    return new CacheTerms(cells, groupOf);
  }

  private static Semantic semantic(YamlMap map) {
    Semantic.Mode mode = map.optionalEnumeration("mode", Semantic.Mode.class).orElse(null);
    if (mode == null && !map.has("mode")) {
      map.problem(map.position(), "'semantic' does not say what to do", "add 'mode: shadow' to only watch, or 'mode: serve'");
    }
    double threshold = map.decimal("threshold", LEAST_THRESHOLD, 1, DEFAULT_THRESHOLD);
    Set<LatencyClass> classes = map.has("latency") ? Set.copyOf(map.enumerations("latency", LatencyClass.class)) : Set.of(LatencyClass.values());
    map.end();
    return new Semantic(mode == null ? Semantic.Mode.SHADOW : mode, (float) threshold, classes);
  }

  private static int seconds(YamlMap row, String key, Duration least, int standard) {
    return (int) row.duration(key, least, Duration.ofDays(7), Duration.ofSeconds(standard)).toSeconds();
  }

  static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
