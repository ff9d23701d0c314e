package io.tidegate.lab.sim;

import io.tidegate.model.LatencyClass;

/**
 * One caller's wish.
 *
 * @param arrival what is asked
 * @param patienceNanos after which nobody waits for the answer any more
 * @param session the conversation it belongs to; empty for none
 * @param tenant who asks
 */
public record Ask(Arrival arrival, LatencyClass latencyClass, long patienceNanos, boolean stream, String tenant, String session) {
  /** One of no conversation, for a whole answer. */
  public static Ask of(Arrival arrival, long patienceNanos) {
    return new Ask(arrival, LatencyClass.STANDARD, patienceNanos, false, "default", "");
  }

  public Ask streamed() {
    return new Ask(arrival, latencyClass, patienceNanos, true, tenant, session);
  }

  public Ask in(LatencyClass other) {
    return new Ask(arrival, other, patienceNanos, stream, tenant, session);
  }

  public Ask of(String who) {
    return new Ask(arrival, latencyClass, patienceNanos, stream, who, session);
  }

  public Ask turnOf(String conversation) {
    return new Ask(arrival, latencyClass, patienceNanos, stream, tenant, conversation);
  }
}
