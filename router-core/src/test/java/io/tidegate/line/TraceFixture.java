package io.tidegate.line;

import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.Candidate;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.Destination;
import io.tidegate.model.Endpoint;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Operation;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.RouteInfo.CacheOutcome;
import io.tidegate.model.Sensitivity;
import org.jspecify.annotations.Nullable;

/** Traces as walks leave them. */
public final class TraceFixture {
  private TraceFixture() {}

  /** One that took {@code nanos}; a step, an attempt that failed and one that answered. */
  public static RequestTrace over(RequestTrace trace, @Nullable Refusal refusal, Candidate candidate, Endpoint endpoint, long nanos) {
    long began = trace.beganNanos();
    trace.step(RequestTrace.Step.CLASSIFY, began, began + 1_000);
    trace.attempt(candidate, endpoint, began + 2_000).end(AttemptFailure.Kind.RESET, began + 3_000);
    RequestTrace.Tried second = trace.attempt(candidate, endpoint, began + 4_000);
    second.first(began + 5_000);
    second.used(new Usage(12, 34, 5, 6));
    second.end(null, began + nanos);
    RouteInfo route = new RouteInfo("0123", Sensitivity.INTERNAL, LatencyClass.STANDARD, refusal == null ? Destination.PRIVATE : null, refusal == null ? "home" : null, "a,b", "d1gest",
        CacheOutcome.MISS, 2);
    trace.over(new RequestTrace.End(Operation.CHAT, route, refusal == null ? Destination.PRIVATE : null, refusal, nanos, new Usage(12, 34, 5, 6)));
    return trace;
  }
}
