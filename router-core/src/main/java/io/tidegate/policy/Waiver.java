package io.tidegate.policy;

import io.tidegate.model.Caller;
import java.time.LocalDate;
import java.util.Set;

/**
 * Findings of some types that do not count for a named identity: an exclusion in a policy file that has {@code types} and {@code tenants}.
 *
 * @param callers names inside the tenants; empty for all of them
 */
record Waiver(String id, Set<String> types, Set<String> tenants, Set<String> callers, String owner, LocalDate expires) {
  Waiver {
    types = Set.copyOf(types);
    tenants = Set.copyOf(tenants);
    callers = Set.copyOf(callers);
  }

  boolean covers(Caller caller) {
    return callers.isEmpty() || callers.contains(caller.name());
  }
}
