package io.tidegate.assay.proof;

import io.tidegate.model.Caller;
import io.tidegate.model.Likelihood;
import io.tidegate.model.Sensitivity;
import io.tidegate.time.Pace;
import io.tidegate.yaml.YamlDocument;
import io.tidegate.yaml.YamlLimits;
import io.tidegate.yaml.YamlMap;
import io.tidegate.yaml.YamlPosition;
import io.tidegate.yaml.YamlText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the policy files say, read again from their texts: whom they name, and where each line stands. A proof takes identities and explanations from
 * here and its answers from the bundle, so that a mistake of the compiler cannot hide itself.
 */
final class PolicySources {
  private static final YamlLimits LIMITS = new YamlLimits(4 << 20, 32, 200_000);

  private final Map<String, String> places = new TreeMap<>();
  private final List<RuleText> rules = new ArrayList<>();
  private final List<ExclusionText> exclusions = new ArrayList<>();
  private final Set<Caller> callers = new LinkedHashSet<>();
  private final Map<String, String> groupOf = new TreeMap<>();
  private final Set<String> types = new TreeSet<>();
  private boolean readsTime;

  /**
   * A rule as written.
   *
   * @param when null for a rule that names types
   */
  record RuleText(String id, String place, List<String> types, Likelihood likelihood, int count, int distinct, boolean shadow, String raiseTo,
      @Nullable String when) {}

  /** An exclusion of types for an identity, as written. */
  record ExclusionText(String id, String place, Set<String> types, Set<String> tenants, Set<String> callers) {
    boolean covers(Caller caller) {
      return tenants.contains(caller.tenant()) && (callers.isEmpty() || callers.contains(caller.name()));
    }
  }

  /** @param files as they were compiled; what does not parse says nothing here, and has no bundle either */
  PolicySources(Map<String, byte[]> files, Pace pace) {
    files.forEach((name, bytes) -> YamlDocument.parse(name, bytes, LIMITS, new ArrayList<>(), pace).ifPresent(root -> {
      pace.step();
      read(root);
    }));
  }

  /** {@code file:line} of a part such as {@code egress.public}, {@code routes.internal.batch}, {@code floor}; empty if no file says it. */
  Optional<String> place(String part) {
    return Optional.ofNullable(places.get(part));
  }

  List<RuleText> rules() {
    return rules;
  }

  Optional<RuleText> rule(String id) {
    return rules.stream().filter(rule -> rule.id().equals(id)).findFirst();
  }

  List<ExclusionText> exclusions() {
    return exclusions;
  }

  /** Everybody whom the policy names, in the order of the files. */
  Set<Caller> callers() {
    return callers;
  }

  /** Entity types that the policy brings along. */
  Set<String> types() {
    return types;
  }

  /** Whether some condition may read the time. */
  boolean readsTime() {
    return readsTime;
  }

  /** Whether a rule has a condition, which may read more than findings. */
  boolean hasConditions() {
    return rules.stream().anyMatch(rule -> rule.when() != null);
  }

  /** Whether the policy lets two tenants share cached PUBLIC answers. */
  boolean share(String tenant, String other) {
    String group = groupOf.get(tenant);
    return group != null && group.equals(groupOf.get(other));
  }

  /** Whether the policy says in so many words that answers to {@code sensitivity} may be kept in the edge cache. */
  boolean cached(Sensitivity sensitivity) {
    String word = sensitivity.name().toLowerCase(java.util.Locale.ROOT);
    return places.containsKey("cache." + word + ".store") && places.containsKey("egress.edge-cache:" + word);
  }

  private void read(YamlMap root) {
    YamlMap spec = root.map("spec");
    for (String key : List.of("floor", "unscannable", "opaque", "routes", "egress", "cache", "rules")) {
      put(key, spec, key);
    }
    YamlMap egress = spec.map("egress");
    for (String key : egress.keys()) {
      put("egress." + key, egress, key);
      egress.strings(key).forEach(word -> put("egress." + key + ":" + word, egress, key));
    }
    YamlMap routes = spec.map("routes");
    for (String sensitivity : routes.keys()) {
      YamlMap row = routes.map(sensitivity);
      row.keys().forEach(latency -> put("routes." + sensitivity + "." + latency, row, latency));
    }
    YamlMap cache = spec.map("cache");
    for (Sensitivity sensitivity : Sensitivity.values()) {
      String word = sensitivity.name().toLowerCase(java.util.Locale.ROOT);
      if (cache.map(word).bool("store", false)) {
        put("cache." + word + ".store", cache, word);
      }
    }
    YamlMap groups = cache.map("groups");
    groups.keys().forEach(group -> groups.strings(group).forEach(tenant -> {
      groupOf.put(tenant, group);
      callers.add(new Caller(tenant, "anybody"));
    }));
    spec.map("tenants").keys().forEach(tenant -> callers.add(new Caller(tenant, "anybody")));
    spec.maps("grants").forEach(this::identities);
    spec.maps("exclusions").forEach(this::exclusion);
    spec.maps("rules").forEach(this::rule);
    types.addAll(spec.strings("types"));
    spec.maps("detectors").forEach(detector -> types.add(detector.optionalString("type")
        .orElse(detector.string("id").toUpperCase(java.util.Locale.ROOT).replace('-', '_'))));
  }

  private void rule(YamlMap map) {
    String when = map.optionalString("when").orElse(null);
    if (when != null && (when.contains("now") || when.contains("hour") || when.contains("day"))) {
      readsTime = true;
    }
    rules.add(new RuleText(map.string("id"), at(map.position("id")), map.has("types") ? map.strings("types") : List.of(),
        map.enumeration("likelihood", Likelihood.class, Likelihood.LIKELY), map.integer("count", 1, 10_000, 1), map.integer("distinct", 1, 64, 1),
        map.optionalString("mode").orElse("enforce").equals("shadow"), map.string("raiseTo"), when));
  }

  private void exclusion(YamlMap map) {
    if (map.has("types")) {
      identities(map);
      exclusions.add(new ExclusionText(map.string("id"), at(map.position("id")), Set.copyOf(new LinkedHashSet<>(map.strings("types"))),
          Set.copyOf(new LinkedHashSet<>(map.strings("tenants"))), Set.copyOf(new LinkedHashSet<>(map.strings("callers")))));
    }
  }

  /** Every identity that a grant or an exclusion names: each caller of each tenant, in each group. */
  private void identities(YamlMap map) {
    Set<String> groups = Set.copyOf(new LinkedHashSet<>(map.strings("groups")));
    List<String> tenants = map.strings("tenants").isEmpty() && !groups.isEmpty() ? List.of(Caller.DEFAULT.tenant()) : map.strings("tenants");
    List<String> names = map.strings("callers");
    for (String tenant : tenants) {
      for (String name : names.isEmpty() ? List.of("anybody") : names) {
        callers.add(new Caller(tenant, name, groups));
      }
    }
  }

  private void put(String part, YamlMap map, String key) {
    if (map.has(key)) {
      places.putIfAbsent(part, at(map.keyPosition(key)));
    }
  }

  private static String at(YamlPosition position) {
    return position.file() + ":" + position.line();
  }
}
