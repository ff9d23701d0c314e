package io.tidegate.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an answer came about: the {@code x-tidegate-*} headers and gRPC's {@code RouteInfo} (product.md, surfaces).
 *
 * @param destination null while nothing was chosen (a refusal)
 * @param upstream name of the upstream that answered; null for a refusal
 * @param rule ids of the rules that fired, comma separated in order; empty if none
 * @param policy hex digest of the bundle that decided
 * @param attempts tries at endpoints so far; 0 for a cache hit
 * @param left those of them that were left behind, in order
 * @param likeness the answered question that asks the same; null for none
 */
public record RouteInfo(String requestId, Sensitivity sensitivity, LatencyClass latencyClass, @Nullable Destination destination,
    @Nullable String upstream, String rule, String policy, CacheOutcome cache, int attempts,
    List<LeftAttempt> left, @Nullable Likeness likeness) {
  /** No other question was looked at. */
  public RouteInfo(String requestId, Sensitivity sensitivity, LatencyClass latencyClass, @Nullable Destination destination,
      @Nullable String upstream, String rule, String policy, CacheOutcome cache, int attempts, List<LeftAttempt> left) {
    this(requestId, sensitivity, latencyClass, destination, upstream, rule, policy, cache, attempts, left, null);
  }

  /** Nothing was left behind. */
  public RouteInfo(String requestId, Sensitivity sensitivity, LatencyClass latencyClass, @Nullable Destination destination,
      @Nullable String upstream, String rule, String policy, CacheOutcome cache, int attempts) {
    this(requestId, sensitivity, latencyClass, destination, upstream, rule, policy, cache, attempts, List.of());
  }

  /** What the edge cache did for a request. */
  public enum CacheOutcome { HIT, STALE, SEMANTIC, MISS, BYPASS }
}
