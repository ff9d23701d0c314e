package io.tidegate.policy;

import io.tidegate.model.LatencyClass;
import io.tidegate.model.Residency;
import io.tidegate.model.Sensitivity;
import io.tidegate.policy.PolicyFile.Setting;
import io.tidegate.yaml.YamlMap;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads what a policy file says of identities: {@code tenants}, {@code groups} and {@code grants}. */
final class IdentityReader {
  private static final int MAX_TENANTS = 10_000;

  private IdentityReader() {}

  static void read(YamlMap spec, PolicyFile into) {
    terms(spec, "tenants", into.tenants);
    terms(spec, "groups", into.groups);
    spec.maps("grants").forEach(map -> grant(map, into));
  }

  private static void terms(YamlMap spec, String key, Map<String, Setting<TenantTerms.Draft>> into) {
    YamlMap all = spec.map(key);
    if (all.keys().size() > MAX_TENANTS) {
      spec.problem(key, "more than " + MAX_TENANTS + " " + key, "leave out those that follow the general rules");
      return;
    }
    for (String name : all.keys()) {
      YamlMap map = all.map(name);
      Sensitivity floor = map.enumeration("floor", Sensitivity.class, Sensitivity.PUBLIC);
      LatencyClass standard = map.optionalEnumeration("latency", LatencyClass.class).orElse(null);
      LatencyClass cap = map.enumeration("mostUrgent", LatencyClass.class, LatencyClass.INTERACTIVE);
      // Of tenants only: whose content it is says where it may be, not who happens to ask.
      Residency residency = key.equals("tenants") && map.has("residency") ? ResidencyReader.regions(map, "residency") : Residency.ANYWHERE;
      map.end();
      if (name.equals("*")) {
        spec.problem(all.keyPosition(name), "'*' in '" + key + "' would mean everybody", "for everybody there are 'floor' and 'latency' of the policy");
      }
      into.put(name, new Setting<>(new TenantTerms.Draft(floor, standard, cap, residency), all.keyPosition(name)));
    }
  }

  static void reason(YamlMap map, String what, String id, PolicyFile into) {
    if (map.optionalString("reason").map(String::isBlank).orElse(true)) {
      into.unreasoned.add(new Setting<>(what + " '" + id + "'", map.position("id")));
    }
  }

  private static void grant(YamlMap map, PolicyFile into) {
    String id = Words.id(map, "id").orElse("");
    if (Troubles.RESERVED_IDS.contains(id)) {
      map.problem("id", "the id '" + id + "' stands for a failure of the scan in answers and records", "choose another id");
    }
    List<String> tenants = Words.names(map, "tenants");
    List<String> callers = Words.names(map, "callers");
    List<String> groups = Words.names(map, "groups");
    String owner = map.string("owner");
    reason(map, "grant", id, into);
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
    into.grants.add(new Setting<>(new Grant(id, Set.copyOf(tenants), Set.copyOf(callers), Set.copyOf(groups), owner, expires), map.position("id")));
  }
}
