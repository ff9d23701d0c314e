package io.tidegate.config;

import io.tidegate.admission.CallerName;
import io.tidegate.admission.queue.QueueRules;
import io.tidegate.admission.rate.TenantRule;
import io.tidegate.model.LatencyClass;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the section {@code limits}: the adaptive limit, the waiting room, accounts shared by several routers, tenants. */
final class LimitsBinder {
  private static final int MAX_TENANTS = 10_000;
  private static final int TARGET_SHARE = 10;

  private LimitsBinder() {}

  /**
   * @param accounts in-flight caps that the upstreams' own entries say
   * @param consul whether there is an agent to hold leases
   */
  static TidegateConfig.Limits bind(Section s, TidegateConfig.FirstToken firstToken, Map<String, Integer> accounts, boolean consul) {
    boolean adaptive = s.flag("adaptive", true);
    int instances = s.integer("instances", 1, 1_000, 1);
    String lease = s.optional("lease", LimitsBinder::instanceName).orElse(null);
    if (lease != null && !consul) {
      s.problem("lease", "leases are held by Consul, which is not configured", "add the section consul, or leave lease out");
    }
    for (Map.Entry<String, Integer> account : accounts.entrySet()) {
      if (account.getValue() < instances) {
        s.problem("instances",
            "upstream " + account.getKey() + " may have " + account.getValue() + " requests in flight, fewer than there are routers",
            "raise its maxInFlight, or lower limits.instances");
      }
    }
    Section q = s.section("queue");
    int total = q.integer("total", 0, 100_000, 1_000);
    QueueRules queue = new QueueRules(total,
        Map.of(LatencyClass.INTERACTIVE, q.integer("interactive", 0, 100_000, 1_000), LatencyClass.STANDARD, q.integer("standard", 0, 100_000, 1_000),
            LatencyClass.BATCH, q.integer("batch", 0, 100_000, 1_000)),
        Map.of(LatencyClass.INTERACTIVE, target(firstToken.interactive()), LatencyClass.STANDARD, target(firstToken.standard()),
            LatencyClass.BATCH, target(firstToken.batch())));
    q.end();
    TidegateConfig.Limits limits = new TidegateConfig.Limits(adaptive, instances, queue,
        s.duration("overflowAfter", Duration.ZERO, Duration.ofMinutes(10), Duration.ofSeconds(2)), s.integer("assumedOutput", 1, 1_000_000, 1_000),
        tenants(s), accounts, lease);
    s.end();
    return limits;
  }

  private static String instanceName(String text) throws Malformed {
    if (!text.matches("[A-Za-z0-9._-]{1,64}")) {
      throw new Malformed("the lease's name is not one", "write 1 to 64 of A-Z a-z 0-9 . _ - such as router-1");
    }
    return text;
  }

  private static long target(Duration firstToken) {
    return firstToken.toNanos() / TARGET_SHARE;
  }

  private static List<TenantRule> tenants(Section s) {
    List<TenantRule> rules = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    List<Section> written = s.sections("tenants");
    if (written.size() > MAX_TENANTS) {
      s.problem("tenants", "there are more than " + MAX_TENANTS + " tenants with limits", "leave out those that need none");
      return List.of();
    }
    for (Section each : written) {
      Optional<String> tenant = each.needed("tenant", LimitsBinder::name);
      int rate = each.integer("requestsPerSecond", 0, 1_000_000, 0);
      int burst = each.integer("burst", 1, 1_000_000, Math.max(1, rate));
      int tokens = each.integer("tokensPerMinute", 0, 2_000_000_000, 0);
      if (rate == 0 && tokens == 0) {
        each.problem("tenant", "this entry limits nothing", "add requestsPerSecond or tokensPerMinute");
      }
      each.end();
      if (tenant.isPresent() && !seen.add(tenant.get())) {
        each.problem("tenant", "another entry is for the same tenant", "leave one of them");
      } else if (tenant.isPresent()) {
        rules.add(new TenantRule(tenant.get(), rate, burst, tokens));
      }
    }
    return rules;
  }

  private static String name(String text) throws Malformed {
    if (!CallerName.good(text)) {
      throw new Malformed("'" + Malformed.shown(text) + "' is not a name", CallerName.FIX);
    }
    return text;
  }
}
