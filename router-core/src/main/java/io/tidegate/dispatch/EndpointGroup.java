package io.tidegate.dispatch;

import io.tidegate.model.Endpoint;
import java.util.List;

/** The slots of one upstream. Any thread: the array is replaced, never changed; one writer at a time. */
final class EndpointGroup {
  static final EndpointSlot[] NONE = {};

  private volatile EndpointSlot[] slots = NONE;
  private volatile long accountOpenAtNanos;

  EndpointGroup(long nowNanos) {
    this.accountOpenAtNanos = nowNanos;
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
    return new EndpointSlot(endpoint, nowNanos);
  }
}
