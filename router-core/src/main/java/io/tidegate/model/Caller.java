package io.tidegate.model;

/**
 * Who sent a request, as proven by the connection or a key; never by a header that merely names a tenant (hazard A8).
 *
 * @param tenant who pays and is isolated; {@code default} for loopback without a key (decisions 15)
 * @param name workload identity inside the tenant
 */
public record Caller(String tenant, String name) {
  public static final Caller DEFAULT = new Caller("default", "loopback");
}
