package io.tidegate.dispatch.region;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Estimated round trips between regions, in seconds. Immutable; what is not known is farthest. */
public final class Distances {
  public static final Distances UNKNOWN = new Distances(Map.of());

  private final Map<String, Coordinate> at;

  private Distances(Map<String, Coordinate> at) {
    this.at = Map.copyOf(at);
  }

  /**
   * Where a region is, in Consul's (Vivaldi's) space: seconds in each direction.
   *
   * @param height what its last mile adds to every way
   * @param adjustment what estimates are corrected by
   */
  public record Coordinate(List<Double> vector, double height, double adjustment) {
    public Coordinate {
      vector = List.copyOf(vector);
    }

    /** The estimate, as Consul's own client does it: distance, heights, and both adjustments unless that makes it negative. */
    public double to(Coordinate other) {
      if (vector.size() != other.vector.size()) {
        return Double.POSITIVE_INFINITY;
      }
      double sum = 0;
      for (int i = 0; i < vector.size(); i++) {
        double by = vector.get(i) - other.vector.get(i);
        sum += by * by;
      }
      double raw = Math.sqrt(sum) + height + other.height;
      double adjusted = raw + adjustment + other.adjustment;
      double estimate = adjusted > 0 ? adjusted : raw;
      return Double.isFinite(estimate) ? estimate : Double.POSITIVE_INFINITY;
    }
  }

  public static Distances of(Map<String, Coordinate> at) {
    return at.isEmpty() ? UNKNOWN : new Distances(new HashMap<>(at));
  }

  /** Seconds there and back; infinite if it is not known. */
  public double between(String one, String other) {
    Coordinate a = at.get(one);
    Coordinate b = at.get(other);
    if (one.equals(other)) {
      return 0;
    }
    return a == null || b == null ? Double.POSITIVE_INFINITY : a.to(b);
  }

  /** The nearer the earlier; stable where nothing is known. */
  public Comparator<String> from(String region) {
    return Comparator.comparingDouble(other -> between(region, other));
  }

  /** The nearest of {@code regions} to {@code from}; empty if none is known. */
  String nearestTo(String from, List<String> regions) {
    String nearest = "";
    double least = Double.POSITIVE_INFINITY;
    if (!at.containsKey(from)) {
      return nearest;
    }
    for (String region : regions) {
      double seconds = between(from, region);
      if (at.containsKey(region) && seconds < least) {
        least = seconds;
        nearest = region;
      }
    }
    return nearest;
  }

  /** Whether anything is known. */
  public boolean known() {
    return !at.isEmpty();
  }
}
