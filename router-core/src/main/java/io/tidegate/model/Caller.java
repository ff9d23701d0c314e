package io.tidegate.model;

import java.util.Set;

/**
 * Who sent a request, as proven by the connection or a key; never by a header that merely names a tenant (hazard A8).
 *
 * @param tenant who pays and is isolated; {@code default} for loopback without a key (decisions 15)
 * @param name workload identity inside the tenant
 * @param groups what the identity source says it belongs to; rules, floors and exclusions may name them
 */
public record Caller(String tenant, String name, Set<String> groups) {
  public static final Caller DEFAULT = new Caller("default", "loopback");

  public Caller {
    groups = Set.copyOf(groups);
  }

  /** One that belongs to no group. */
  public Caller(String tenant, String name) {
    this(tenant, name, Set.of());
  }
}
