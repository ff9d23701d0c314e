package io.tidegate.admission;

import io.tidegate.model.Caller;
import java.util.List;

/**
 * How callers are told apart, as configured.
 *
 * @param keysConfigured there is a keys file, even an empty one; without one a key proves nothing and is passed over
 * @param keys its lines
 * @param users who peers of a Unix socket are; empty: each user is a tenant of its own, {@code uid-N}
 * @param workloads who shows which SPIFFE certificate; empty: a certificate names nobody
 */
public record CallerRules(boolean keysConfigured, List<KeyEntry> keys, List<UserRule> users, List<WorkloadRule> workloads) {
  /** Loopback is the default tenant, a user of a Unix socket its own; nobody else comes in. */
  public static final CallerRules NONE = new CallerRules(false, List.of(), List.of(), List.of());

  public CallerRules {
    keys = List.copyOf(keys);
    users = List.copyOf(users);
    workloads = List.copyOf(workloads);
  }

  /**
   * Peers of a Unix socket with this user id, or with this primary group. A rule for a user goes before one for a group.
   *
   * @param group whether {@code id} is a group's
   * @param id unsigned 32 bits
   */
  public record UserRule(boolean group, long id, Caller caller) {}

  /** Whoever shows a verified certificate whose SPIFFE id {@code id} names. Where several rules match, the one that says more counts. */
  public record WorkloadRule(SpiffePattern id, Caller caller) {}
}
