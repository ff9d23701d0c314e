package io.tidegate.assay.world;

import io.tidegate.decide.Decision;
import io.tidegate.dispatch.Candidate;
import io.tidegate.line.AuditLog;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.AuditReceipt;
import io.tidegate.model.Findings;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;
import io.tidegate.policy.CaseWorld.Audit;
import io.tidegate.time.Loop;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The record of a {@link World}: works, or does not. Confined to one thread. */
final class PlayedAudit implements AuditLog {
  private final AuditLog behind;
  private Audit state = Audit.OK;
  private @Nullable Decision seen;

  PlayedAudit(AuditLog behind) {
    this.behind = behind;
  }

  void play(Audit next) {
    state = next;
    seen = null;
  }

  @Nullable Decision seen() {
    return seen;
  }

  @Override
  public Optional<AuditReceipt> decided(Decision decision, Findings findings, List<Candidate> candidates, byte[] bodyDigest, Notes notes,
      Loop loop) {
    // After a transformation a second decision follows, on the cleaned text.
    seen = seen == null ? decision : seen;
    return state == Audit.DOWN ? Optional.empty() : behind.decided(decision, findings, candidates, bodyDigest, notes, loop);
  }

  @Override
  public void durable(AuditReceipt receipt, Loop loop, Outcome done) {
    switch (state) {
      case OK -> behind.durable(receipt, loop, done);
      case DOWN -> done.synced(false);
      case SLOW -> loop.schedule(() -> done.synced(false), 1_000_000_000L);
    }
  }

  @Override
  public void ended(Decision decision, RouteInfo route, @Nullable Refusal refusal, long durationNanos, Usage usage, Loop loop) {
    if (state != Audit.DOWN) {
      behind.ended(decision, route, refusal, durationNanos, usage, loop);
    }
  }
}
