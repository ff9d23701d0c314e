package io.tidegate.policy;

import io.tidegate.model.Sensitivity;
import io.tidegate.policy.Verdict.CacheRights;
import io.tidegate.policy.Verdict.Replay;
import io.tidegate.policy.Verdict.Semantic;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What may be cached, per sensitivity, and which tenants share.
 *
 * @param bySensitivity one entry for each sensitivity
 * @param groupOf tenant → name of its sharing group; tenants outside share with nobody
 */
record CacheTerms(Map<Sensitivity, Cell> bySensitivity, Map<String, String> groupOf) {
  /** Source: decisions 32. */
  static final int DEFAULT_TTL_SECONDS = 300;

  /** Source: decisions 32. */
  static final int DEFAULT_STALE_SECONDS = 3_600;

  static final Cell NEVER = new Cell(false, false, false, 0, 0, 0, false, Replay.AT_ONCE, null);

  /** Source: product.md's defaults and decisions 5: RESTRICTED and CONFIDENTIAL never, INTERNAL inside the tenant, PUBLIC inside the group. */
  static final CacheTerms DEFAULT = new CacheTerms(Map.of(
      Sensitivity.PUBLIC, new Cell(true, true, false, DEFAULT_TTL_SECONDS, DEFAULT_STALE_SECONDS, 0, true, Replay.AT_ONCE, null),
      Sensitivity.INTERNAL, new Cell(true, false, false, DEFAULT_TTL_SECONDS, DEFAULT_STALE_SECONDS, 0, true, Replay.AT_ONCE, null),
      Sensitivity.CONFIDENTIAL, NEVER,
      Sensitivity.RESTRICTED, NEVER), Map.of());

  CacheTerms {
    bySensitivity = Map.copyOf(new EnumMap<>(bySensitivity));
    groupOf = Map.copyOf(groupOf);
  }

  /**
   * @param shared in the tenant's group rather than in the tenant alone
   * @param sampled requests with temperature above 0 too
   * @param outside outside of the process too
   * @param semantic to other questions that ask the same; null for no
   */
  record Cell(boolean store, boolean shared, boolean sampled, int ttlSeconds, int staleSeconds, int errorSeconds, boolean outside, Replay replay,
      @Nullable Semantic semantic) {}

  Cell cell(Sensitivity sensitivity) {
    return bySensitivity.getOrDefault(sensitivity, NEVER);
  }

  /** The rights of one tenant. The prefixes keep a tenant from being named like a group (G4). */
  CacheRights rights(Sensitivity sensitivity, String tenant) {
    Cell cell = cell(sensitivity);
    String group = cell.shared() ? groupOf.get(tenant) : null;
    return new CacheRights(cell.store(), cell.store(), cell.sampled(), group == null ? "tenant:" + tenant : "group:" + group, cell.ttlSeconds(),
        cell.staleSeconds(), cell.errorSeconds(), cell.outside(), cell.replay(), cell.semantic());
  }
}
