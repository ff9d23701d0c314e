package io.tidegate.policy;

import io.tidegate.model.Destination;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Sensitivity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Order of destinations per sensitivity and latency class, before the egress lists cut it. */
final class RouteTable {
  /** Source: product.md, table of defaults. The cache cells of the upper two rows take effect only with cache rights and egress. */
  static final RouteTable DEFAULT = new RouteTable(defaults());

  private final Map<Sensitivity, Map<LatencyClass, List<RouteStep>>> cells;

  RouteTable(Map<Sensitivity, Map<LatencyClass, List<RouteStep>>> cells) {
    this.cells = cells;
  }

  List<RouteStep> cell(Sensitivity sensitivity, LatencyClass latencyClass) {
    Map<LatencyClass, List<RouteStep>> row = cells.get(sensitivity);
    return row == null ? List.of() : row.getOrDefault(latencyClass, List.of());
  }

  /** This table with the cells of {@code other} in their place. */
  RouteTable with(Map<Sensitivity, Map<LatencyClass, List<RouteStep>>> other) {
    Map<Sensitivity, Map<LatencyClass, List<RouteStep>>> merged = new EnumMap<>(Sensitivity.class);
    cells.forEach((sensitivity, row) -> merged.put(sensitivity, new EnumMap<>(row)));
    other.forEach((sensitivity, row) -> merged.computeIfAbsent(sensitivity, s -> new EnumMap<>(LatencyClass.class)).putAll(row));
    return new RouteTable(merged);
  }

  /** What is left of a cell: allowed by the egress lists, the cache only with the right to use it. */
  List<RouteStep> cut(Sensitivity sensitivity, LatencyClass latencyClass, Egress egress, boolean cacheable) {
    List<RouteStep> left = new ArrayList<>();
    for (RouteStep step : cell(sensitivity, latencyClass)) {
      boolean allowed = step.after() != null || egress.allows(step.to(), sensitivity);
      if (allowed && (step.to() != Destination.EDGE_CACHE || cacheable)) {
        left.add(step);
      }
    }
    return List.copyOf(left);
  }

  private static Map<Sensitivity, Map<LatencyClass, List<RouteStep>>> defaults() {
    List<RouteStep> home = steps(Destination.EDGE_CACHE, Destination.PRIVATE);
    List<RouteStep> overflow = steps(Destination.EDGE_CACHE, Destination.PRIVATE, Destination.PUBLIC);
    List<RouteStep> cheap = steps(Destination.EDGE_CACHE, Destination.PUBLIC, Destination.PRIVATE);
    Map<Sensitivity, Map<LatencyClass, List<RouteStep>>> cells = new EnumMap<>(Sensitivity.class);
    for (Sensitivity sensitivity : Sensitivity.values()) {
      Map<LatencyClass, List<RouteStep>> row = new EnumMap<>(LatencyClass.class);
      boolean mayLeave = sensitivity.compareTo(Sensitivity.INTERNAL) <= 0;
      row.put(LatencyClass.INTERACTIVE, mayLeave ? overflow : home);
      row.put(LatencyClass.STANDARD, mayLeave ? cheap : home);
      row.put(LatencyClass.BATCH, mayLeave ? cheap : home);
      cells.put(sensitivity, row);
    }
    return cells;
  }

  private static List<RouteStep> steps(Destination... order) {
    return Arrays.stream(order).map(RouteStep::to).toList();
  }
}
