package io.tidegate.daemon;

import io.tidegate.admission.CallerRules;
import io.tidegate.config.TidegateConfig;
import java.util.Set;
import java.util.TreeSet;

/** Which tenants an operator wrote down: the only ones that metrics name (hazard B4). */
final class Tenants {
  private Tenants() {}

  static Set<String> of(TidegateConfig config) {
    Set<String> tenants = new TreeSet<>();
    CallerRules rules = config.callers().rules();
    rules.keys().forEach(key -> tenants.add(key.caller().tenant()));
    rules.users().forEach(user -> tenants.add(user.caller().tenant()));
    rules.workloads().forEach(workload -> tenants.add(workload.caller().tenant()));
    config.limits().tenants().forEach(rule -> tenants.add(rule.tenant()));
    return tenants;
  }
}
