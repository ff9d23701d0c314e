package io.tidegate.policy;

import io.tidegate.model.Caller;
import java.time.LocalDate;
import java.util.Set;

/**
 * An identity whose requests are PUBLIC when nothing raises them (decisions 7).
 *
 * @param callers names inside the tenants; empty for all of them
 */
record Grant(String id, Set<String> tenants, Set<String> callers, String owner, LocalDate expires) {
  Grant {
    tenants = Set.copyOf(tenants);
    callers = Set.copyOf(callers);
  }

  boolean covers(Caller caller) {
    return callers.isEmpty() || callers.contains(caller.name());
  }
}
