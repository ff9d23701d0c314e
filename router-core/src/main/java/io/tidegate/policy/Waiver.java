package io.tidegate.policy;

import io.tidegate.model.Caller;
import java.time.LocalDate;
import java.util.Collections;
import java.util.Set;

/**
 * Findings of some types that do not count for a named identity: an exclusion in a policy file that has {@code types} and {@code tenants}.
 *
 * @param callers names inside the tenants
 * @param groups groups inside the tenants; with no callers and no groups, all of the tenants
 */
record Waiver(String id, Set<String> types, Set<String> tenants, Set<String> callers, Set<String> groups, String owner, LocalDate expires) {
  Waiver {
    types = Set.copyOf(types);
    tenants = Set.copyOf(tenants);
    callers = Set.copyOf(callers);
    groups = Set.copyOf(groups);
  }

  boolean covers(Caller caller) {
    return callers.isEmpty() && groups.isEmpty() || callers.contains(caller.name()) || !Collections.disjoint(groups, caller.groups());
  }
}
