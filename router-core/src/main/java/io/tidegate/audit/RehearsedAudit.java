package io.tidegate.audit;

import io.tidegate.decide.Decision;
import io.tidegate.dispatch.Candidate;
import io.tidegate.line.AuditLog;
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
 * The record of a rehearsal, which sends nothing: it counts, and its receipts are good for the gate of no daemon, since no request of one is named like a
 * rehearsed one. Constructed by {@code daemon.RehearsalPlugs} only, which the architecture test checks. Confined to one thread.
 */
public final class RehearsedAudit implements AuditLog {
  private long sequence;

  @Override
  public Optional<AuditReceipt> decided(Decision decision, Findings findings, List<Candidate> candidates, byte[] bodyDigest, Notes notes,
      Loop loop) {
    return Optional.of(new AuditReceipt(decision.request().id(), sequence++));
  }

  @Override
  public void durable(AuditReceipt receipt, Loop loop, Outcome done) {
    done.synced(true);
  }

  @Override
  public void ended(Decision decision, RouteInfo route, @Nullable Refusal refusal, long durationNanos, Usage usage, Loop loop) {
    sequence++;
  }
}
