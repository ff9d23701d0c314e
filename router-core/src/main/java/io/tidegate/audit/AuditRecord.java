package io.tidegate.audit;

import io.tidegate.model.Destination;
import io.tidegate.model.Findings;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Operation;
import io.tidegate.model.RouteInfo.CacheOutcome;
import io.tidegate.model.Sensitivity;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A record as read back. */
public sealed interface AuditRecord {
  /** Position in its chain, from 0. */
  long sequence();

  Instant time();

  String requestId();

  /**
   * What was decided, written before anything was sent.
   *
   * @param findings {@code TYPE/LIKELIHOOD/detector} → how many
   * @param route what the decision opened, in order
   * @param candidates upstreams in the order they would be tried
   */
  record Decided(long sequence, Instant time, String requestId, String tenant, String caller, String policyDigest, String bodyDigest,
      Operation operation, boolean stream, boolean sampled, Sensitivity declared, @Nullable LatencyClass latencyWish, long timeLeftNanos,
      int bodyBytes, Sensitivity sensitivity, LatencyClass latencyClass, List<Destination> route, List<String> rules,
      Set<Findings.Trouble> troubles, Map<String, Integer> findings, List<String> candidates) implements AuditRecord {}

  /**
   * How it ended.
   *
   * @param destination null for a refusal, or a caller that left
   * @param refusal code, empty for an answer
   */
  record Ended(long sequence, Instant time, String requestId, @Nullable Destination destination, String upstream, CacheOutcome cache,
      int attempts, String refusal, long durationNanos) implements AuditRecord {}
}
