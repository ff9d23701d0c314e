package io.tidegate.admission.rate;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The tenants' rates and budgets. A tenant without a rule has none. Any thread. */
public final class TenantLimits {
  /** Nobody is limited. */
  public static final TenantLimits NONE = new TenantLimits(List.of(), 0);

  private static final long SECOND_NANOS = 1_000_000_000L;
  private static final double MINUTE_SECONDS = 60;

  private final Map<String, Tenant> tenants = new HashMap<>();

  private static final class Tenant {
    final @Nullable Rate requests;
    final @Nullable Rate tokens;
    final AtomicLong refused = new AtomicLong();

    Tenant(TenantRule rule, long nowNanos) {
      requests = rule.requestsPerSecond() == 0 ? null : new Rate(rule.requestsPerSecond(), rule.burst(), nowNanos);
      tokens = rule.tokensPerMinute() == 0 ? null : new Rate(rule.tokensPerMinute() / MINUTE_SECONDS, rule.tokensPerMinute(), nowNanos);
    }
  }

  /** @throws IllegalArgumentException if two rules are for one tenant */
  public TenantLimits(List<TenantRule> rules, long nowNanos) {
    for (TenantRule rule : rules) {
      if (tenants.put(rule.tenant(), new Tenant(rule, nowNanos)) != null) {
        throw new IllegalArgumentException("two rules limit one tenant");
      }
    }
  }

  public boolean none() {
    return tenants.isEmpty();
  }

  /** Whether an estimate of tokens is needed. */
  public boolean counted(String tenant) {
    Tenant found = tenants.get(tenant);
    return found != null && found.tokens != null;
  }

  /**
   * Takes one request and {@code tokens} as estimated.
   *
   * @return 0, or the seconds until a repeat may be let in, 1 to 60: then nothing was taken of the token budget
   */
  public int take(String tenant, long tokens, long nowNanos) {
    Tenant found = tenants.get(tenant);
    if (found == null) {
      return 0;
    }
    long wait = found.requests == null ? 0 : found.requests.take(1, nowNanos);
    if (wait == 0 && found.tokens != null) {
      wait = found.tokens.take(tokens, nowNanos);
    }
    if (wait == 0) {
      return 0;
    }
    found.refused.incrementAndGet();
    return (int) Math.max(1, Math.min(60, (wait + SECOND_NANOS - 1) / SECOND_NANOS));
  }

  /** What was used in place of what was estimated. */
  public void settle(String tenant, long estimated, long used) {
    Tenant found = tenants.get(tenant);
    if (found != null && found.tokens != null && used != estimated) {
      found.tokens.correct(used - estimated);
    }
  }

  /** Requests turned away, by tenant that has a rule. */
  public Map<String, Long> refused() {
    Map<String, Long> all = new java.util.TreeMap<>();
    tenants.forEach((name, tenant) -> all.put(name, tenant.refused.get()));
    return all;
  }
}
