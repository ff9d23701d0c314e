package io.tidegate.audit;

import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.Destination;
import io.tidegate.model.Findings;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.LeftAttempt;
import io.tidegate.model.Likeness;
import io.tidegate.model.Likelihood;
import io.tidegate.model.Operation;
import io.tidegate.model.Residency;
import io.tidegate.model.RouteInfo.CacheOutcome;
import io.tidegate.model.Sensitivity;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A record as read back. */
public sealed interface AuditRecord {
  /** Boot and loop whose chain it is in. */
  String chain();

  /** Position in its chain, from 0. */
  long sequence();

  Instant time();

  String requestId();

  /**
   * What was decided, written before anything was sent.
   *
   * @param model as the caller named it, empty unless the configuration names it too: then it is nobody's text
   * @param messages number of chat messages, -1 if no rule reads it and so nobody counted them
   * @param now the time that rules read
   * @param transformed the text was cleaned and decided again
   * @param label what its session is remembered for; PUBLIC for none
   * @param durable the policy asked for the record to be on the disk before a PUBLIC send
   * @param route what the decision opened, in order
   * @param candidates upstreams in the order they would be tried, with their region behind an {@code @}
   * @param upstreams how every configured upstream stood
   * @param residency in which regions it may be worked on
   */
  record Decided(String chain, long sequence, Instant time, String requestId, String tenant, String caller, List<String> groups,
      String policyDigest, String bodyDigest, Operation operation, boolean stream, boolean sampled, boolean transformed,
      boolean durable, Sensitivity declared, Sensitivity label, @Nullable LatencyClass latencyWish, long timeLeftNanos, int bodyBytes, int messages, String model,
      String region, Instant now, Sensitivity sensitivity, LatencyClass latencyClass, List<Destination> route, List<String> rules,
      Set<Findings.Trouble> troubles, List<Count> findings, List<String> candidates, List<UpstreamState> upstreams,
      Residency residency)
      implements AuditRecord {}

  /** How many findings of one kind there were. */
  record Count(String type, Likelihood likelihood, String detector, int count) {
    /** {@code TYPE/LIKELIHOOD/detector}. */
    public String kind() {
      return type + "/" + likelihood + "/" + detector;
    }
  }

  /** Whether an upstream was a candidate, and why not. */
  enum Place {
    CANDIDATE,
    /** The decision does not open its zone. */
    ZONE_CLOSED,
    MODEL_NOT_SERVED,
    NO_EMBEDDINGS,
    /** It stands in no region that the decision permits. */
    REGION_CLOSED
  }

  /**
   * One upstream at the time of a decision.
   *
   * @param up endpoints that were not ejected
   */
  record UpstreamState(String name, int up, int endpoints, boolean accountClosed, Place place) {}

  /**
   * How it ended.
   *
   * @param destination null for a refusal, or a caller that left
   * @param refusal code, empty for an answer
   * @param left attempts that gave no whole answer, in order
   * @param usage tokens of the answer, as its upstream counted them; its reasoning tokens are not kept
   * @param likeness the answered question that asks the same, if one was found
   */
  record Ended(String chain, long sequence, Instant time, String requestId, @Nullable Destination destination, String upstream,
      CacheOutcome cache, int attempts, String refusal, long durationNanos, List<LeftAttempt> left, Usage usage, @Nullable Likeness likeness)
      implements AuditRecord {
    /** No other question was looked at. */
    public Ended(String chain, long sequence, Instant time, String requestId, @Nullable Destination destination, String upstream,
        CacheOutcome cache, int attempts, String refusal, long durationNanos, List<LeftAttempt> left, Usage usage) {
      this(chain, sequence, time, requestId, destination, upstream, cache, attempts, refusal, durationNanos, left, usage, null);
    }
  }
}
