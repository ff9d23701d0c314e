package io.tidegate.policy;

import io.tidegate.model.LinkRule;
import io.tidegate.model.Residency;
import io.tidegate.model.Sensitivity;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** The terms of every tenant: of those that the policy names, and, worked out when they first appear, of others. Thread-safe, bounded. */
final class Tenants {
  /** Tenants that the policy does not name but that sent something; past it their terms are worked out each time. */
  static final int MAX_REMEMBERED = 1_024;

  private final Map<String, TenantTerms> named = new HashMap<>();
  private final Map<String, TenantTerms> others = new ConcurrentHashMap<>();
  private final RouteTable routes;
  private final Egress egress;
  private final CacheTerms cache;
  private final Set<Sensitivity> durable;
  private final Map<Sensitivity, LinkRule> links;
  private final Map<Sensitivity, Residency> residency;

  Tenants(Map<String, TenantTerms.Draft> drafts, List<Grant> grants, List<Waiver> waivers, RouteTable routes, Egress egress, CacheTerms cache,
      Set<Sensitivity> durable, Map<Sensitivity, LinkRule> links, Map<Sensitivity, Residency> residency) {
    this.routes = routes;
    this.egress = egress;
    this.cache = cache;
    this.durable = Set.copyOf(durable);
    this.links = Map.copyOf(links);
    this.residency = Map.copyOf(residency);
    Set<String> names = new TreeSet<>(drafts.keySet());
    grants.forEach(grant -> names.addAll(grant.tenants()));
    waivers.forEach(waiver -> names.addAll(waiver.tenants()));
    for (String tenant : names) {
      named.put(tenant, new TenantTerms(tenant, drafts.getOrDefault(tenant, TenantTerms.Draft.NONE),
          grants.stream().filter(grant -> grant.tenants().contains(tenant)).toList(),
          waivers.stream().filter(waiver -> waiver.tenants().contains(tenant)).toList(), routes, egress, cache, this.durable, this.links, this.residency));
    }
  }

  TenantTerms of(String tenant) {
    TenantTerms terms = named.get(tenant);
    if (terms == null) {
      terms = others.get(tenant);
    }
    return terms != null ? terms : first(tenant);
  }

  /** What the content of every tenant may be worked on in. */
  Residency residencyOfAll() {
    Residency all = residency.getOrDefault(Sensitivity.RESTRICTED, Residency.ANYWHERE);
    for (TenantTerms terms : named.values()) {
      all = all.and(terms.draft.residency());
    }
    return all;
  }

  SortedSet<String> regions() {
    SortedSet<String> all = new TreeSet<>();
    residency.values().forEach(where -> all.addAll(where.regions()));
    named.values().forEach(terms -> all.addAll(terms.draft.residency().regions()));
    return all;
  }

  private TenantTerms first(String tenant) {
    TenantTerms terms = new TenantTerms(tenant, TenantTerms.Draft.NONE, List.of(), List.of(), routes, egress, cache, this.durable, this.links, this.residency);
    if (others.size() < MAX_REMEMBERED) {
      others.put(tenant, terms);
    }
    return terms;
  }
}
