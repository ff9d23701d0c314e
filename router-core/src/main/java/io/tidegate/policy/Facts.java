package io.tidegate.policy;

import io.tidegate.model.Caller;
import io.tidegate.model.Findings;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Operation;
import io.tidegate.model.Sensitivity;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Every scalar a rule may read (decisions 29).
 *
 * @param timeLeftNanos time the caller grants, 0 for none stated
 * @param bodyBytes size of the request body
 * @param messages number of chat messages; 0 unless the bundle reads it
 * @param labels what the caller wrote in the body's {@code metadata}; empty unless the bundle reads them. They can only raise
 * @param region where this daemon stands, by its configuration
 * @param now civil time of the decision, passed in (purity)
 * @param sampled see {@code ModelRequest}
 * @param sessionLabel what is remembered of the conversation (decisions 11): a floor that no exclusion lowers. PUBLIC for nothing
 */
public record Facts(Findings findings, Caller caller, Operation operation, String model, boolean stream, boolean sampled,
    Sensitivity declared, @Nullable LatencyClass latencyWish, long timeLeftNanos, int bodyBytes, int messages, Map<String, String> labels,
    String region, Instant now, Sensitivity sessionLabel) {

  /** Facts of a request without a conversation that is remembered. */
  public Facts(Findings findings, Caller caller, Operation operation, String model, boolean stream, boolean sampled,
      Sensitivity declared, @Nullable LatencyClass latencyWish, long timeLeftNanos, int bodyBytes, int messages, Map<String, String> labels,
      String region, Instant now) {
    this(findings, caller, operation, model, stream, sampled, declared, latencyWish, timeLeftNanos, bodyBytes, messages, labels, region, now,
        Sensitivity.PUBLIC);
  }

  /** Facts that no label, region or time belongs to. */
  public Facts(Findings findings, Caller caller, Operation operation, String model, boolean stream, boolean sampled,
      Sensitivity declared, @Nullable LatencyClass latencyWish, long timeLeftNanos, int bodyBytes) {
    this(findings, caller, operation, model, stream, sampled, declared, latencyWish, timeLeftNanos, bodyBytes, 0, Map.of(), "", Instant.EPOCH);
  }

  /** The same request with other findings. */
  public Facts with(Findings others) {
    return new Facts(others, caller, operation, model, stream, sampled, declared, latencyWish, timeLeftNanos, bodyBytes, messages, labels, region, now,
        sessionLabel);
  }

  /** Names no model and no label: those are the caller's text. */
  @Override
  public String toString() {
    return "Facts[" + operation + ", " + bodyBytes + " bytes, " + findings.list().size() + " findings]";
  }
}
