package io.tidegate.daemon;

import io.tidegate.assay.Recorded;
import io.tidegate.assay.RecordedExplain;
import io.tidegate.audit.AuditReader;
import io.tidegate.audit.AuditRecord.Decided;
import io.tidegate.audit.AuditRecord.Ended;
import io.tidegate.audit.AuditRecord.UpstreamState;
import io.tidegate.model.Caller;
import io.tidegate.model.Finding;
import io.tidegate.model.Findings;
import io.tidegate.model.Likeness;
import io.tidegate.policy.Facts;
import io.tidegate.policy.PolicyBundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Decision records in the form in which policies can be asked again. Blocking where it reads. */
public final class RecordedDecisions {
  private RecordedDecisions() {}

  /** The record of a decision, ready to be judged again. */
  public static Recorded of(Decided record) {
    List<Finding> findings = new ArrayList<>();
    record.findings().forEach(count -> findings.addAll(Recorded.findings(count.type(), count.likelihood(), count.detector(), count.count())));
    Facts facts = new Facts(new Findings(findings, record.troubles()), new Caller(record.tenant(), record.caller(), Set.copyOf(record.groups())),
        record.operation(), record.model(), record.stream(), record.sampled(), record.declared(), record.latencyWish(), record.timeLeftNanos(),
        record.bodyBytes(), Math.max(0, record.messages()), Map.of(), record.region(), record.now(), record.label());
    return new Recorded(record.requestId(), record.time(), record.policyDigest(), facts, !record.model().isEmpty(), record.messages() >= 0,
        record.sensitivity(), record.route(), record.rules(), record.transformed());
  }

  /** Why a recorded decision was taken; empty if there is no record of it. */
  static Optional<RecordedExplain> explain(Path directory, String id, PolicyBundle inForce) {
    try {
      return AuditReader.find(directory, id).map(found -> RecordedExplain.of(of(found.decided()), found.decided().latencyClass(),
          found.decided().upstreams().stream().map(RecordedDecisions::upstream).toList(), outcome(found.ended()), inForce, found.decided().residency()));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static String upstream(UpstreamState state) {
    String what = switch (state.place()) {
      case CANDIDATE -> "might be tried";
      case ZONE_CLOSED -> "no, its zone was not open";
      case MODEL_NOT_SERVED -> "no, it does not serve the model asked for";
      case NO_EMBEDDINGS -> "no, it serves no embeddings";
      case REGION_CLOSED -> "no, it stands in no region that is permitted";
    };
    return state.name() + ": " + what + "; " + state.up() + " of " + state.endpoints() + " endpoints up" + (state.accountClosed() ? ", account closed" : "");
  }

  private static String outcome(@Nullable Ended ended) {
    if (ended == null) {
      return "";
    }
    Likeness likeness = ended.likeness();
    String how = !ended.refusal().isEmpty() ? "refused: " + ended.refusal() : ended.destination() == null ? "the caller left"
        : "answered from " + ended.destination();
    return how + (ended.upstream().isEmpty() ? "" : " (" + ended.upstream() + ")") + ", " + ended.attempts() + (ended.attempts() == 1 ? " attempt" : " attempts")
        + ", cache " + ended.cache() + ended.left().stream().map(each -> "; left " + each.upstream() + "/" + each.endpoint() + ": " + each.why() + " after "
        + each.millis() + " ms" + each.spent()).collect(Collectors.joining())
        + (likeness == null ? "" : "; " + likeness.words());
  }
}
