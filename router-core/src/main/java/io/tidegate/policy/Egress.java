package io.tidegate.policy;

import io.tidegate.model.Destination;
import io.tidegate.model.Sensitivity;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** The allow-lists: which sensitivities may travel to which kind of place. Independent of rules and routes, and applied after both. */
final class Egress {
  /** Source: product.md's defaults. The edge cache has CONFIDENTIAL and RESTRICTED only where a policy lists them. */
  static final Egress DEFAULT = new Egress(Map.of(
      Destination.EDGE_CACHE, EnumSet.of(Sensitivity.PUBLIC, Sensitivity.INTERNAL),
      Destination.PRIVATE, EnumSet.allOf(Sensitivity.class),
      Destination.PUBLIC, EnumSet.of(Sensitivity.PUBLIC, Sensitivity.INTERNAL)));

  private final Map<Destination, Set<Sensitivity>> allowed;

  Egress(Map<Destination, Set<Sensitivity>> allowed) {
    Map<Destination, Set<Sensitivity>> copy = new EnumMap<>(Destination.class);
    allowed.forEach((destination, set) -> copy.put(destination, Set.copyOf(set)));
    this.allowed = copy;
  }

  /** A destination without a list allows nothing. */
  boolean allows(Destination destination, Sensitivity sensitivity) {
    return allowed.getOrDefault(destination, Set.of()).contains(sensitivity);
  }

  /** What both allow: a second file can only narrow. */
  Egress and(Egress other) {
    Map<Destination, Set<Sensitivity>> both = new EnumMap<>(Destination.class);
    allowed.forEach((destination, set) -> {
      Set<Sensitivity> kept = set.isEmpty() ? EnumSet.noneOf(Sensitivity.class) : EnumSet.copyOf(set);
      kept.removeIf(sensitivity -> !other.allows(destination, sensitivity));
      both.put(destination, kept);
    });
    return new Egress(both);
  }
}
