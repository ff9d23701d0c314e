package io.tidegate.model;

import org.jspecify.annotations.Nullable;

/**
 * One request as every room sees it, whatever protocol it came by (decisions 18).
 *
 * @param id unique; also the answer's {@code x-tidegate-request-id}
 * @param model as the caller wrote it; {@code auto} lets the router choose
 * @param stream answer as events
 * @param usageAsked {@code stream_options.include_usage} was true
 * @param sampled temperature above 0 (or absent, which means 1 on the wire), so equal requests may have different answers
 * @param declared the sensitivity the caller claims; can only raise. PUBLIC if none was given
 * @param latencyWish the latency class the caller states, null if none
 * @param timeLeftNanos time the caller grants from {@code arrivedNanos} on; 0 for none stated
 * @param arrivedNanos {@code Ticker} time
 * @param session the conversation it belongs to, by a name the caller chose inside its tenant; null if it named none
 * @param sessionLabel the highest class that was noted for that conversation; can only raise. PUBLIC if nothing was
 * @param region where its caller is, by its address; a wish and no right. Empty if that is not known
 * @param trace where it belongs in its caller's trace; null if that said nothing readable
 */
public record ModelRequest(String id, Operation operation, Prompt prompt, String model, boolean stream, boolean usageAsked, boolean sampled,
    Caller caller, Sensitivity declared, @Nullable LatencyClass latencyWish, long timeLeftNanos, CacheDirective cacheDirective,
    long arrivedNanos, @Nullable String session, Sensitivity sessionLabel, String region, @Nullable TraceContext trace) {

  /** The same request with another text: a cleaned one (decisions 3). It stays in its conversation. */
  public ModelRequest withPrompt(Prompt other) {
    return new ModelRequest(id, operation, other, model, stream, usageAsked, sampled, caller, declared, latencyWish, timeLeftNanos, cacheDirective,
        arrivedNanos, session, sessionLabel, region, trace);
  }

  /** The same request, whose caller grants this much time; 0 for none stated. */
  public ModelRequest withTimeLeft(long nanos) {
    return new ModelRequest(id, operation, prompt, model, stream, usageAsked, sampled, caller, declared, latencyWish, nanos, cacheDirective,
        arrivedNanos, session, sessionLabel, region, trace);
  }

  /** One of nobody's trace. */
  public ModelRequest(String id, Operation operation, Prompt prompt, String model, boolean stream, boolean usageAsked, boolean sampled,
      Caller caller, Sensitivity declared, @Nullable LatencyClass latencyWish, long timeLeftNanos, CacheDirective cacheDirective,
      long arrivedNanos, @Nullable String session, Sensitivity sessionLabel, String region) {
    this(id, operation, prompt, model, stream, usageAsked, sampled, caller, declared, latencyWish, timeLeftNanos, cacheDirective, arrivedNanos,
        session, sessionLabel, region, null);
  }

  /** One whose caller may be anywhere. */
  public ModelRequest(String id, Operation operation, Prompt prompt, String model, boolean stream, boolean usageAsked, boolean sampled,
      Caller caller, Sensitivity declared, @Nullable LatencyClass latencyWish, long timeLeftNanos, CacheDirective cacheDirective,
      long arrivedNanos, @Nullable String session, Sensitivity sessionLabel) {
    this(id, operation, prompt, model, stream, usageAsked, sampled, caller, declared, latencyWish, timeLeftNanos, cacheDirective, arrivedNanos,
        session, sessionLabel, "");
  }

  /** One that belongs to no conversation. */
  public ModelRequest(String id, Operation operation, Prompt prompt, String model, boolean stream, boolean usageAsked, boolean sampled,
      Caller caller, Sensitivity declared, @Nullable LatencyClass latencyWish, long timeLeftNanos, CacheDirective cacheDirective,
      long arrivedNanos) {
    this(id, operation, prompt, model, stream, usageAsked, sampled, caller, declared, latencyWish, timeLeftNanos, cacheDirective, arrivedNanos,
        null, Sensitivity.PUBLIC);
  }

  /** The same request, in a conversation that has this label. */
  public ModelRequest labelled(Sensitivity label) {
    return new ModelRequest(id, operation, prompt, model, stream, usageAsked, sampled, caller, declared, latencyWish, timeLeftNanos,
        cacheDirective, arrivedNanos, session, label, region, trace);
  }

  /** Without the model and the session, which are the caller's text. */
  @Override
  public String toString() {
    return "ModelRequest[" + id + ", " + operation + ", " + prompt + "]";
  }
}
