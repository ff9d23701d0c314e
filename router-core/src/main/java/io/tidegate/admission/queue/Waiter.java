package io.tidegate.admission.queue;

import io.tidegate.model.LatencyClass;
import io.tidegate.time.Loop;
import java.util.List;

/** A request that waits. */
public interface Waiter {
  /**
   * What it wants.
   *
   * @param upstreams where it may go, by its decision
   * @param sinceNanos when it began to wait
   * @param earliestNanos when to call it at the earliest: one that was called and found its place unusable must not be called again at
   *     once
   * @param widenNanos when to call it with {@link Wake#WIDEN}; {@link Long#MAX_VALUE} for never
   * @param deadlineNanos when nobody waits for its answer any more
   */
  record Wish(LatencyClass latencyClass, String tenant, List<String> upstreams, long sinceNanos, long earliestNanos, long widenNanos,
      long deadlineNanos) {
    public Wish {
      upstreams = List.copyOf(upstreams);
    }
  }

  /** Where it lives: it is called there. */
  Loop loop();

  /**
   * Called once, on its loop.
   *
   * @param upstream where a place is kept for {@link Wake#GRANTED}, to be given up by {@link WaitingRoom#arrived}; else empty
   * @param retryAfterSeconds when a repeat may find room, 1 to 60, for those turned away
   */
  void wake(Wake why, String upstream, int retryAfterSeconds);
}
