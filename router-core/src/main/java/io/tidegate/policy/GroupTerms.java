package io.tidegate.policy;

import io.tidegate.model.LatencyClass;
import io.tidegate.model.Sensitivity;
import java.util.Map;
import java.util.Set;

/**
 * What the policy says of groups of callers. Of a caller's tenant and groups the highest floor counts, and the least urgent of the classes and caps:
 * so their order cannot matter. Immutable.
 */
final class GroupTerms {
  private final Map<String, TenantTerms.Draft> drafts;

  GroupTerms(Map<String, TenantTerms.Draft> drafts) {
    this.drafts = Map.copyOf(drafts);
  }

  /** What holds for a caller of a tenant with {@code terms} who belongs to {@code groups}. */
  TenantTerms.Draft of(TenantTerms.Draft terms, Set<String> groups) {
    if (groups.isEmpty() || drafts.isEmpty()) {
      return terms;
    }
    Sensitivity floor = terms.floor();
    LatencyClass standard = terms.latencyDefault();
    LatencyClass cap = terms.latencyCap();
    for (String group : groups) {
      TenantTerms.Draft draft = drafts.get(group);
      if (draft != null) {
        floor = floor.join(draft.floor());
        cap = LatencyTerms.lessUrgent(cap, draft.latencyCap());
        LatencyClass said = draft.latencyDefault();
        if (said != null) {
          standard = standard == null ? said : LatencyTerms.lessUrgent(standard, said);
        }
      }
    }
    return new TenantTerms.Draft(floor, standard, cap, terms.residency());
  }
}
