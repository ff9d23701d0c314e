package io.tidegate.policy;

import io.tidegate.model.Destination;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Sensitivity;
import java.util.List;

/**
 * What a bundle says about one request.
 *
 * @param route destinations in order of preference, already cut to what the egress lists allow for {@code sensitivity}
 * @param rules ids of the enforced rules that fired, sorted
 * @param auditDurable the record must be on disk before a PUBLIC send (decisions 6); not yet enforced by the daemon
 */
public record Verdict(Sensitivity sensitivity, LatencyClass latencyClass, List<Destination> route, CacheRights cacheRights,
    List<String> rules, boolean auditDurable) {
  public Verdict {
    route = List.copyOf(route);
    rules = List.copyOf(rules);
  }

  /**
   * @param read answers may come from the edge cache
   * @param store answers may be put there
   * @param sampled requests with temperature above 0 may use it too
   * @param sharingGroup partition of the cache: the tenant itself unless the policy names a group (G4, decisions 5)
   * @param ttlSeconds how long a stored answer is fresh
   */
  public record CacheRights(boolean read, boolean store, boolean sampled, String sharingGroup, int ttlSeconds) {}
}
