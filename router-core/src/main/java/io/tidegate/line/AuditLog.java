package io.tidegate.line;

import io.tidegate.decide.Decision;
import io.tidegate.dispatch.Candidate;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.AuditReceipt;
import io.tidegate.model.Findings;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;
import io.tidegate.time.Loop;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decision records without content (decisions 6 and 29); implemented by {@code audit}. Each loop writes its own chain, so every call names
 * the loop it is made on; never blocks.
 */
public interface AuditLog {
  /**
   * Writes the decision.
   *
   * @param bodyDigest from {@link RequestDigest}
   * @param notes what happened to the request besides the decision
   * @return empty if it could not be written: PUBLIC sends are then refused (B6)
   */
  Optional<AuditReceipt> decided(Decision decision, Findings findings, List<Candidate> candidates, byte[] bodyDigest, Notes notes, Loop loop);

  /**
   * Calls {@code done} on the loop once the record is on the disk, or with false if that cannot be had within a second; perhaps before this
   * returns.
   */
  void durable(AuditReceipt receipt, Loop loop, Outcome done);

  /** Whether a record reached the disk. */
  @FunctionalInterface
  interface Outcome {
    void synced(boolean durable);
  }

  /**
   * What a record says besides the decision.
   *
   * @param transformed the text was cleaned and decided again
   */
  record Notes(boolean transformed) {
    public static final Notes NONE = new Notes(false);
    /** Of a second decision, on the cleaned text. */
    public static final Notes CLEANED = new Notes(true);
  }

  /**
   * Writes how the request ended; best effort, counted when lost.
   *
   * @param usage of the answer, as far as its upstream has counted it
   */
  void ended(Decision decision, RouteInfo route, @Nullable Refusal refusal, long durationNanos, Usage usage, Loop loop);
}
