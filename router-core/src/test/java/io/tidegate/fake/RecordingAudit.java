package io.tidegate.fake;

import io.tidegate.decide.Decision;
import io.tidegate.dispatch.Candidate;
import io.tidegate.line.AuditLog;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.AuditReceipt;
import io.tidegate.model.Findings;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.Sensitivity;
import io.tidegate.time.Loop;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Keeps records in memory; can be full. An outcome without its decision is an error. */
public final class RecordingAudit implements AuditLog {
  /** Nothing can be written. */
  public boolean full;
  /** Answers to {@link #durable} wait for {@link #synced}. */
  public boolean slow;
  /** Ids whose record was asked to be on the disk. */
  public final List<String> durableAsked = new ArrayList<>();
  private final List<Outcome> waiting = new ArrayList<>();
  private final Set<String> known = new HashSet<>();
  /** Ids of decided requests. */
  public final List<String> decided = new ArrayList<>();
  /** Writing works so many times, then no more; -1 for no such bound. */
  public int fullFrom = -1;
  /** Sensitivity of each decision. */
  public final List<Sensitivity> sensitivities = new ArrayList<>();
  /** Candidates of each decision, by upstream name. */
  public final List<List<String>> candidates = new ArrayList<>();
  /** {@code id refusal-or-answered}. */
  public final List<String> ended = new ArrayList<>();
  /** As the last one that ended was recorded. */
  public @Nullable RouteInfo lastRoute;

  @Override
  public Optional<AuditReceipt> decided(Decision decision, Findings findings, List<Candidate> list, byte[] bodyDigest, Notes notes,
      Loop loop) {
    decided.add(decision.request().id());
    known.add(decision.request().id());
    candidates.add(list.stream().map(candidate -> candidate.upstream().name()).toList());
    sensitivities.add(decision.sensitivity());
    return full || fullFrom >= 0 && decided.size() > fullFrom ? Optional.empty() : Optional.of(new AuditReceipt(decision.request().id(), decided.size()));
  }

  @Override
  public void durable(AuditReceipt receipt, Loop loop, Outcome done) {
    durableAsked.add(receipt.requestId());
    waiting.add(done);
    if (!slow) {
      synced(true);
    }
  }

  /** What became of the records that were to be on the disk. */
  public void synced(boolean durable) {
    List<Outcome> due = List.copyOf(waiting);
    waiting.clear();
    due.forEach(done -> done.synced(durable));
  }

  @Override
  public void ended(Decision decision, RouteInfo route, @Nullable Refusal refusal, long durationNanos, Usage usage, Loop loop) {
    if (!known.contains(decision.request().id())) {
      throw new AssertionError("the end of a request that was not recorded");
    }
    lastRoute = route;
    ended.add(decision.request().id() + " " + (refusal == null ? route.destination() == null ? "left" : "answered" : refusal.name()));
  }
}
