package io.tidegate.policy;

import io.tidegate.model.LatencyClass;
import io.tidegate.model.Sensitivity;
import io.tidegate.policy.PolicyFile.Setting;
import io.tidegate.yaml.YamlMap;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;

/** Reads what a policy file says of identities: {@code tenants} and {@code grants}. */
final class IdentityReader {
  private static final int MAX_TENANTS = 10_000;

  private IdentityReader() {}

  static void read(YamlMap spec, PolicyFile into) {
    YamlMap tenants = spec.map("tenants");
    if (tenants.keys().size() > MAX_TENANTS) {
      spec.problem("tenants", "more than " + MAX_TENANTS + " tenants", "leave out those that follow the general rules");
      return;
    }
    for (String name : tenants.keys()) {
      YamlMap map = tenants.map(name);
      Sensitivity floor = map.enumeration("floor", Sensitivity.class, Sensitivity.PUBLIC);
      LatencyClass standard = map.optionalEnumeration("latency", LatencyClass.class).orElse(null);
      LatencyClass cap = map.enumeration("mostUrgent", LatencyClass.class, LatencyClass.INTERACTIVE);
      map.end();
      into.tenants.put(name, new Setting<>(new TenantTerms.Draft(floor, standard, cap), tenants.keyPosition(name)));
    }
    spec.maps("grants").forEach(map -> grant(map, into));
  }

  private static void grant(YamlMap map, PolicyFile into) {
    String id = Words.id(map, "id").orElse("");
    if (Troubles.RESERVED_IDS.contains(id)) {
      map.problem("id", "the id '" + id + "' stands for a failure of the scan in answers and records", "choose another id");
    }
    List<String> tenants = Words.names(map, "tenants");
    List<String> callers = Words.names(map, "callers");
    String owner = map.string("owner");
    map.optionalString("reason");
    LocalDate expires = Words.requiredDate(map, "expires", "what lowers must end").orElse(LocalDate.MIN);
    Sensitivity sensitivity = map.enumeration("sensitivity", Sensitivity.class, Sensitivity.PUBLIC);
    if (sensitivity != Sensitivity.PUBLIC) {
      map.problem("sensitivity", "a grant is for PUBLIC only", "remove 'sensitivity'; to raise an identity's requests, give its tenant a floor");
    }
    map.end();
    if (tenants.isEmpty()) {
      map.problem(map.position(), "a grant must name the tenants it holds for", "add 'tenants: [name]'");
      return;
    }
    into.grants.add(new Setting<>(new Grant(id, Set.copyOf(tenants), Set.copyOf(callers), owner, expires), map.position("id")));
  }
}
