package io.tidegate.line;

import io.tidegate.decide.Decision;
import io.tidegate.dispatch.Candidate;
import io.tidegate.model.AuditReceipt;
import io.tidegate.model.Findings;
import io.tidegate.model.RouteInfo;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Decision records without content (decisions 6 and 29); implemented by {@code audit}. Any loop; never blocks. */
public interface AuditLog {
  /** Writes the decision. Empty if it could not be written: PUBLIC sends are then refused (B6). */
  Optional<AuditReceipt> decided(Decision decision, Findings findings, List<Candidate> candidates);

  /** Writes how the request ended; best effort, counted when lost. */
  void ended(Decision decision, RouteInfo route, @Nullable String refusalCode, long durationNanos);
}
