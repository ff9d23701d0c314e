package io.tidegate.lab.sim;

import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.AttemptFailure.Kind;
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
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the line told its meters. Confined to the simulation's thread. */
public final class Counts implements Meters {
  private final Map<Kind, Integer> failures = new EnumMap<>(Kind.class);
  private final Map<RetryRefusal, Integer> notRetried = new EnumMap<>(RetryRefusal.class);
  private int defects;

  /** Attempts that failed so. */
  public int failures(Kind kind) {
    return failures.getOrDefault(kind, 0);
  }

  /** Further attempts that were not made for that reason. */
  public int notRetried(RetryRefusal why) {
    return notRetried.getOrDefault(why, 0);
  }

  /** Defects of ours: 0, or the figures mean nothing. */
  public int defects() {
    return defects;
  }

  @Override
  public void attempt(Operation operation, String upstream, Zone zone, AttemptFailure.@Nullable Kind failure, long durationNanos) {
    if (failure != null) {
      failures.merge(failure, 1, Integer::sum);
    }
  }

  @Override
  public void retryRefused(RetryRefusal reason) {
    notRetried.merge(reason, 1, Integer::sum);
  }

  @Override
  public void egressRefused() {
    defects++;
  }

  @Override
  public void defect(Throwable defect) {
    defects++;
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
  public void hedged(long tokens) {}

  @Override
  public void hedgeWon() {}

  @Override
  public void classified(long nanos, boolean offLoop) {}
}
