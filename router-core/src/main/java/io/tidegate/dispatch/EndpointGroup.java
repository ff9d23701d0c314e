package io.tidegate.dispatch;

import io.tidegate.admission.limit.LimitRules;
import io.tidegate.admission.limit.Limiter;
import io.tidegate.model.Endpoint;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The slots of one upstream. Any thread: the array is replaced, never changed; one writer at a time. */
final class EndpointGroup {
  static final EndpointSlot[] NONE = {};

  private static final int PLENTY = 1 << 20;

  private final String upstream;
  private final LimitRules limits;
  private final @Nullable Limiter account;
  private final AtomicInteger kept = new AtomicInteger();
  private volatile EndpointSlot[] slots = NONE;
  private volatile long accountOpenAtNanos;

  EndpointGroup(String upstream, LimitRules limits, long nowNanos) {
    this.upstream = upstream;
    this.limits = limits;
    this.account = limits.account(upstream);
    this.accountOpenAtNanos = nowNanos;
  }

  /** What all endpoints together may have in flight; null for no such limit. */
  @Nullable Limiter account() {
    return account;
  }

  /** Keeps one place more, or one less, for requests that were woken. */
  void keep(int by) {
    kept.addAndGet(by);
  }

  /** Whether a limit, not health, is why nobody may go here now: the account's, or all that is free is kept for others. */
  boolean shut(long nowNanos) {
    return account != null && !account.hasRoom() || kept.get() > 0 && free(nowNanos) <= 0;
  }

  /** Permits that could be taken now, without those that are kept. */
  int free(long nowNanos) {
    if (accountClosedForNanos(nowNanos) > 0) {
      return 0;
    }
    int free = 0;
    for (EndpointSlot slot : slots) {
      EndpointHealth health = slot.health();
      if (free < PLENTY && slot.coolForNanos(nowNanos) == 0 && (health.state() == EndpointHealth.State.HEALTHY || health.due(nowNanos))) {
        Limiter limiter = slot.limiter();
        free += limiter == null ? PLENTY : limiter.room();
      }
    }
    return Math.min(account == null ? PLENTY : account.room(), free) - kept.get();
  }

  EndpointSlot[] slots() {
    return slots;
  }

  synchronized void replace(List<Endpoint> endpoints, long nowNanos) {
    EndpointSlot[] next = new EndpointSlot[endpoints.size()];
    for (int i = 0; i < next.length; i++) {
      next[i] = carriedOver(endpoints.get(i), nowNanos);
    }
    slots = next;
  }

  void closeAccount(long untilNanos) {
    accountOpenAtNanos = untilNanos;
  }

  long accountClosedForNanos(long nowNanos) {
    return Math.max(0, accountOpenAtNanos - nowNanos);
  }

  private EndpointSlot carriedOver(Endpoint endpoint, long nowNanos) {
    for (EndpointSlot old : slots) {
      Endpoint was = old.endpoint();
      if (was.id().equals(endpoint.id()) && was.host().equals(endpoint.host()) && was.port() == endpoint.port()) {
        return was.equals(endpoint) ? old : old.with(endpoint);
      }
    }
    return new EndpointSlot(endpoint, nowNanos, limits.endpoint(upstream));
  }
}
