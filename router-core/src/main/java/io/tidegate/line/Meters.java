package io.tidegate.line;

import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.retry.RetryRefusal;
import io.tidegate.model.Destination;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Operation;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Zone;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the line counts; implemented by {@code telemetry} with handles bound at start (closed label sets, hazard B4). Any loop; cheap.
 */
public interface Meters {
  /**
   * A request was decided.
   *
   * @param route what is open for it as it stands
   * @param rules that fired
   */
  void decided(Sensitivity sensitivity, LatencyClass latencyClass, List<Destination> route, List<String> rules);

  /**
   * A request ended. {@code destination} is null for a refusal, {@code refusal} for an answer.
   *
   * @param firstTokenNanos from its arrival to the first content of a stream; 0 where there was none
   * @param trace that is over; null where traces are off
   */
  void ended(Operation operation, String tenant, RouteInfo route, @Nullable Destination destination, @Nullable Refusal refusal, long durationNanos,
      long firstTokenNanos, Upstreams.Usage usage, @Nullable RequestTrace trace);

  /**
   * First content went to the caller.
   *
   * @param trace of the request; null where traces are off
   */
  void firstToken(Operation operation, LatencyClass latencyClass, long nanos, @Nullable RequestTrace trace);

  /** First content of an attempt's stream came. */
  void firstChunk(Operation operation, String upstream, long nanos);

  /** A batch of so many requests was begun. */
  void batch(int items);

  /** A request had its answer from a call that was merged of several. */
  void merged();

  /** A request took the answer of an equal one that was under way. */
  void coalesced();

  /** An attempt ended; {@code failure} null for success. */
  void attempt(Operation operation, String upstream, Zone zone, AttemptFailure.@Nullable Kind failure, long durationNanos);

  /** No further attempt was made though the failure alone would have allowed one. */
  void retryRefused(RetryRefusal reason);

  /**
   * A second attempt was begun while the first was thinking.
   *
   * @param tokens what the prompt is likely to cost once more: one of the two is thrown away
   */
  void hedged(long tokens);

  /** A second attempt had content before the first. */
  void hedgeWon();

  /** The gate stopped a write (always a defect of ours when the zone was wrong). */
  void egressRefused();

  /** A defect of ours was caught. Only its class and place may be recorded: its message could quote a request (G3). */
  void defect(Throwable defect);

  /** Time a classification took, and whether it left the loop. */
  void classified(long nanos, boolean offLoop);
}
