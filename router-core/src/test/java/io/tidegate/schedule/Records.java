package io.tidegate.schedule;

import io.tidegate.decide.Decision;
import io.tidegate.dispatch.Candidate;
import io.tidegate.line.AuditLog;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.AuditReceipt;
import io.tidegate.model.Findings;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;
import io.tidegate.time.Loop;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The decision records: on a disk that is full, slow or lost for a while. */
final class Records implements AuditLog {
  final Map<String, Decided> decided = new HashMap<>();
  final Map<String, Ended> ended = new HashMap<>();
  private final Map<String, Asked> known;
  private final Watch watch;
  private final VirtualLoops loops;
  private String state = "well";
  private long untilNanos;
  private long count;

  /** What was written of a decision: the first, unless a second one followed. */
  record Decided(Decision decision, Set<String> upstreams, boolean receipt, boolean synced) {}

  record Ended(RouteInfo route, @Nullable Refusal refusal) {}

  Records(Map<String, Asked> known, Watch watch, VirtualLoops loops) {
    this.known = known;
    this.watch = watch;
    this.loops = loops;
  }

  void play(String next, long until) {
    state = next;
    untilNanos = until;
  }

  private String state() {
    return loops.nanos() < untilNanos ? state : "well";
  }

  @Override
  public Optional<AuditReceipt> decided(Decision decision, Findings findings, List<Candidate> candidates, byte[] bodyDigest, Notes notes, Loop loop) {
    String id = decision.request().id();
    watch.expect(loop.inLoop(), id, "recorded on another loop");
    boolean written = !state().equals("full");
    Set<String> upstreams = candidates.stream().map(candidate -> candidate.upstream().name()).collect(Collectors.toSet());
    if (notes.transformed()) {
      Decided first = decided.get(id);
      watch.expect(first != null, id, "G7 a second decision without a first");
      if (first != null) {
        decided.put(id, new Decided(first.decision(), first.upstreams(), written, !decision.auditDurable()));
      }
    } else {
      watch.expect(decided.put(id, new Decided(decision, upstreams, written, !decision.auditDurable())) == null, id, "recorded twice");
      watch.decided(id, decision);
    }
    return written ? Optional.of(new AuditReceipt(id, ++count)) : Optional.empty();
  }

  @Override
  public void durable(AuditReceipt receipt, Loop loop, Outcome done) {
    switch (state()) {
      case "slow" -> later(receipt, loop, done, true, 300);
      case "lost" -> {
        if (receipt.requestId().hashCode() % 2 == 0) {
          done.synced(false);
        } else {
          later(receipt, loop, done, false, 1_000);
        }
      }
      case "full" -> done.synced(false);
      default -> {
        if (receipt.requestId().hashCode() % 3 == 0) {
          synced(receipt.requestId());
          done.synced(true);
        } else {
          later(receipt, loop, done, true, 2);
        }
      }
    }
  }

  private void later(AuditReceipt receipt, Loop loop, Outcome done, boolean durable, long millis) {
    Asked asked = known.get(receipt.requestId());
    if (asked != null) {
      asked.awaited++;
    }
    loops.later(loop, () -> {
      if (asked != null) {
        asked.awaited--;
      }
      if (durable) {
        synced(receipt.requestId());
      }
      done.synced(durable);
    }, millis * 1_000_000);
  }

  private void synced(String id) {
    decided.computeIfPresent(id, (same, was) -> new Decided(was.decision(), was.upstreams(), was.receipt(), true));
  }

  @Override
  public void ended(Decision decision, RouteInfo route, @Nullable Refusal refusal, long durationNanos, Usage usage, Loop loop) {
    String id = decision.request().id();
    watch.expect(decided.containsKey(id), id, "G7 the end of a request that was not recorded");
    watch.expect(ended.put(id, new Ended(route, refusal)) == null, id, "its end was recorded twice");
    Asked asked = known.get(id);
    if (asked != null && asked.isRefresh()) {
      watch.endedBehind(asked, route, refusal == null);
    }
  }
}
