package io.tidegate.assay.world;

import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.retry.RetryRefusal;
import io.tidegate.line.Meters;
import io.tidegate.line.RequestTrace;
import io.tidegate.line.Upstreams;
import io.tidegate.model.Destination;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Operation;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Zone;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Hears of what went wrong inside a walk, and counts nothing else. Confined to one thread. */
final class SilentMeters implements Meters {
  private int heldBack;
  private List<String> defects = List.of();

  void play() {
    heldBack = 0;
    defects = List.of();
  }

  int heldBack() {
    return heldBack;
  }

  List<String> defects() {
    return defects;
  }

  @Override
  public void decided(Sensitivity sensitivity, LatencyClass latencyClass, List<Destination> route, List<String> rules) {}

  @Override
  public void ended(Operation operation, String tenant, RouteInfo route, @Nullable Destination destination, @Nullable Refusal refusal, long durationNanos,
      long firstTokenNanos, Upstreams.Usage usage, @Nullable RequestTrace trace) {}

  @Override
  public void firstToken(Operation operation, LatencyClass latencyClass, long nanos, @Nullable RequestTrace trace) {}

  @Override
  public void firstChunk(Operation operation, String upstream, long nanos) {}

  @Override
  public void batch(int items) {}

  @Override
  public void merged() {}

  @Override
  public void coalesced() {}

  @Override
  public void attempt(Operation operation, String upstream, Zone zone, AttemptFailure.@Nullable Kind failure, long durationNanos) {}

  @Override
  public void retryRefused(RetryRefusal reason) {}

  @Override
  public void hedged(long tokens) {}

  @Override
  public void hedgeWon() {}

  @Override
  public void egressRefused() {
    heldBack++;
  }

  @Override
  public void defect(Throwable defect) {
    if (defects.isEmpty()) {
      defects = new ArrayList<>();
    }
    // Its message could quote a request (G3).
    defects.add(defect.getClass().getSimpleName());
  }

  @Override
  public void classified(long nanos, boolean offLoop) {}
}
