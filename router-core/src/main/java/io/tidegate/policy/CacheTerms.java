package io.tidegate.policy;

import io.tidegate.model.Sensitivity;
import io.tidegate.policy.Verdict.CacheRights;
import java.util.EnumMap;
import java.util.Map;

/**
 * What may be cached, per sensitivity, and which tenants share.
 *
 * @param bySensitivity one entry for each sensitivity
 * @param groupOf tenant → name of its sharing group; tenants outside share with nobody
 */
record CacheTerms(Map<Sensitivity, Cell> bySensitivity, Map<String, String> groupOf) {
  /** Source: decisions 32. */
  static final int DEFAULT_TTL_SECONDS = 300;

  static final Cell NEVER = new Cell(false, false, false, 0);

  /** Source: product.md's defaults and decisions 5: RESTRICTED and CONFIDENTIAL never, INTERNAL inside the tenant, PUBLIC inside the group. */
  static final CacheTerms DEFAULT = new CacheTerms(Map.of(
      Sensitivity.PUBLIC, new Cell(true, true, false, DEFAULT_TTL_SECONDS),
      Sensitivity.INTERNAL, new Cell(true, false, false, DEFAULT_TTL_SECONDS),
      Sensitivity.CONFIDENTIAL, NEVER,
      Sensitivity.RESTRICTED, NEVER), Map.of());

  CacheTerms {
    bySensitivity = Map.copyOf(new EnumMap<>(bySensitivity));
    groupOf = Map.copyOf(groupOf);
  }

  /**
   * @param shared in the tenant's group rather than in the tenant alone
   * @param sampled requests with temperature above 0 too
   */
  record Cell(boolean store, boolean shared, boolean sampled, int ttlSeconds) {}

  Cell cell(Sensitivity sensitivity) {
    return bySensitivity.getOrDefault(sensitivity, NEVER);
  }

  /** The rights of one tenant. The prefixes keep a tenant from being named like a group (G4). */
  CacheRights rights(Sensitivity sensitivity, String tenant) {
    Cell cell = cell(sensitivity);
    String group = cell.shared() ? groupOf.get(tenant) : null;
    return new CacheRights(cell.store(), cell.store(), cell.sampled(), group == null ? "tenant:" + tenant : "group:" + group, cell.ttlSeconds());
  }
}
