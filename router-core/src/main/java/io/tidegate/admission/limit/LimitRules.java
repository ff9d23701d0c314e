package io.tidegate.admission.limit;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which limits stand where.
 *
 * @param adaptive upstreams whose endpoints find their own limit by {@link Gradient}: those whose queue we can see, and nobody else fills
 * @param accounts in-flight cap of each upstream whose account has one, for all routers together
 * @param instances routers that share the accounts: each may use its part
 */
public record LimitRules(Set<String> adaptive, Map<String, Integer> accounts, int instances) {
  private static final int START = 32;
  private static final int FLOOR = 4;
  private static final int CEILING = 1_024;

  /** No limit anywhere. */
  public static final LimitRules NONE = new LimitRules(Set.of(), Map.of(), 1);

  public LimitRules {
    adaptive = Set.copyOf(adaptive);
    accounts = Map.copyOf(accounts);
    if (instances < 1 || accounts.values().stream().anyMatch(cap -> cap < 1)) {
      throw new IllegalArgumentException("a limit below one lets nothing through");
    }
  }

  /** For one endpoint of {@code upstream}; null for none. */
  public @Nullable Limiter endpoint(String upstream) {
    return adaptive.contains(upstream) ? new Limiter(new Gradient(START, FLOOR, CEILING)) : null;
  }

  /** For one upstream's account; null if it has no cap. Each router may use its whole part and no more: together they never pass the cap. */
  public @Nullable Limiter account(String upstream) {
    Integer cap = accounts.get(upstream);
    return cap == null ? null : new Limiter(new Aimd(Math.max(1, cap / instances)));
  }
}
