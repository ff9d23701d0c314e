package io.tidegate.policy;

import io.tidegate.model.LatencyClass;
import org.jspecify.annotations.Nullable;

/**
 * How a request's latency class is found (decisions 7).
 *
 * @param ifNothingSays class of a request that states nothing, from a tenant that has no class of its own
 * @param interactiveDeadlineNanos a deadline this short or shorter means that someone waits
 * @param mostUrgent no request gets a more urgent class than this
 */
record LatencyTerms(LatencyClass ifNothingSays, long interactiveDeadlineNanos, LatencyClass mostUrgent) {
  static final LatencyTerms DEFAULT = new LatencyTerms(LatencyClass.STANDARD, 10_000_000_000L, LatencyClass.INTERACTIVE);

  /**
   * @param timeLeftNanos 0 for no deadline
   * @param tenantDefault null if the tenant has none
   * @param tenantCap the tenant's most urgent class
   */
  LatencyClass classOf(@Nullable LatencyClass wish, long timeLeftNanos, @Nullable LatencyClass tenantDefault, LatencyClass tenantCap) {
    LatencyClass wanted;
    if (wish != null) {
      wanted = wish;
    } else if (timeLeftNanos > 0 && timeLeftNanos <= interactiveDeadlineNanos) {
      wanted = LatencyClass.INTERACTIVE;
    } else {
      wanted = tenantDefault != null ? tenantDefault : ifNothingSays;
    }
    return capped(wanted, tenantCap);
  }

  /** {@code wanted}, or what the policy and the tenant allow if that is less urgent. */
  LatencyClass capped(LatencyClass wanted, LatencyClass tenantCap) {
    return lessUrgent(lessUrgent(wanted, mostUrgent), tenantCap);
  }

  static LatencyClass lessUrgent(LatencyClass a, LatencyClass b) {
    return a.compareTo(b) >= 0 ? a : b;
  }
}
