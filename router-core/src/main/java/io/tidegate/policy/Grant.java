package io.tidegate.policy;

import io.tidegate.model.Caller;
import java.time.LocalDate;
import java.util.Collections;
import java.util.Set;

/**
 * An identity whose requests are PUBLIC when nothing raises them (decisions 7).
 *
 * @param callers names inside the tenants
 * @param groups groups inside the tenants; with no callers and no groups, all of the tenants
 */
record Grant(String id, Set<String> tenants, Set<String> callers, Set<String> groups, String owner, LocalDate expires) {
  Grant {
    tenants = Set.copyOf(tenants);
    callers = Set.copyOf(callers);
    groups = Set.copyOf(groups);
  }

  boolean covers(Caller caller) {
    return callers.isEmpty() && groups.isEmpty() || callers.contains(caller.name()) || !Collections.disjoint(groups, caller.groups());
  }
}
