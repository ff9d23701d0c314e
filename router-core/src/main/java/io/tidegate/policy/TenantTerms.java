package io.tidegate.policy;

import io.tidegate.model.Caller;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.LinkRule;
import io.tidegate.model.Residency;
import io.tidegate.model.Sensitivity;
import io.tidegate.policy.Verdict.CacheRights;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All that one tenant's requests can come to when no rule fires, worked out once: so a request without findings costs a look-up and no
 * allocation.
 */
final class TenantTerms {
  private static final int CLASSES = LatencyClass.values().length;

  final Draft draft;
  final List<Waiver> waivers;
  private final List<Grant> grants;
  private final Verdict[] grantedVerdicts;
  private final Verdict[] verdicts;

  /** What a policy file says of a tenant, or of a group. */
  record Draft(Sensitivity floor, @Nullable LatencyClass latencyDefault, LatencyClass latencyCap, Residency residency) {
    static final Draft NONE = new Draft(Sensitivity.PUBLIC, null, LatencyClass.INTERACTIVE, Residency.ANYWHERE);
  }

  TenantTerms(String tenant, Draft draft, List<Grant> grants, List<Waiver> waivers, RouteTable routes, Egress egress, CacheTerms cache,
      Set<Sensitivity> durable, Map<Sensitivity, LinkRule> links, Map<Sensitivity, Residency> residency) {
    this.draft = draft;
    // By id: which of several grants is named must not depend on the order of files.
    this.grants = grants.stream().sorted(Comparator.comparing(Grant::id)).toList();
    this.waivers = List.copyOf(waivers);
    List<Verdict> table = new ArrayList<>();
    for (Sensitivity sensitivity : Sensitivity.values()) {
      CacheRights rights = cache.rights(sensitivity, tenant);
      Residency where = residency.getOrDefault(sensitivity, Residency.ANYWHERE).and(draft.residency());
      for (LatencyClass latencyClass : LatencyClass.values()) {
        table.add(new Verdict(sensitivity, latencyClass, routes.cut(sensitivity, latencyClass, egress, rights.store()), rights.of(latencyClass), List.of(),
            durable.contains(sensitivity), links.getOrDefault(sensitivity, LinkRule.OFF), where));
      }
    }
    this.verdicts = table.toArray(new Verdict[0]);
    this.grantedVerdicts = new Verdict[this.grants.size() * CLASSES];
    for (int i = 0; i < grantedVerdicts.length; i++) {
      grantedVerdicts[i] = verdicts[i % CLASSES].withRules(List.of(this.grants.get(i / CLASSES).id()));
    }
  }

  /** The verdict when no rule fired. */
  Verdict plain(Sensitivity sensitivity, LatencyClass latencyClass) {
    return verdicts[sensitivity.ordinal() * CLASSES + latencyClass.ordinal()];
  }

  /** The verdict when {@code rules} fired. */
  Verdict fired(Sensitivity sensitivity, LatencyClass latencyClass, List<String> rules) {
    return plain(sensitivity, latencyClass).withRules(rules);
  }

  /** The PUBLIC verdict of the first grant, by id, that covers {@code caller}, or null. */
  @Nullable Verdict granted(Caller caller, LatencyClass latencyClass) {
    for (int i = 0; i < grants.size(); i++) {
      if (grants.get(i).covers(caller)) {
        return grantedVerdicts[i * CLASSES + latencyClass.ordinal()];
      }
    }
    return null;
  }
}
