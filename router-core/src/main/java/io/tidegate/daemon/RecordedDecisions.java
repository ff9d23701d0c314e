package io.tidegate.daemon;

import io.tidegate.assay.Recorded;
import io.tidegate.assay.RecordedExplain;
import io.tidegate.audit.AuditReader;
import io.tidegate.audit.AuditRecord.Decided;
import io.tidegate.audit.AuditRecord.Ended;
import io.tidegate.model.Caller;
import io.tidegate.model.Finding;
import io.tidegate.model.Findings;
import io.tidegate.model.Sensitivity;
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
import org.jspecify.annotations.Nullable;

/** Decision records in the form in which policies can be asked again. Blocking where it reads. */
public final class RecordedDecisions {
  private RecordedDecisions() {}

  /** The record of a decision, ready to be judged again. */
  public static Recorded of(Decided record) {
    List<Finding> findings = new ArrayList<>();
    record.findings().forEach(seen -> findings.addAll(Recorded.findings(seen.type(), seen.likelihood(), seen.detector(), seen.count())));
    Facts facts = new Facts(new Findings(findings, record.troubles()), new Caller(record.tenant(), record.caller(), Set.copyOf(record.groups())),
        record.operation(), record.model(), record.stream(), record.sampled(), record.declared(), record.latencyWish(), record.timeLeftNanos(),
        record.bodyBytes(), record.messages(), Map.of(), record.region(), record.now(), record.label());
    return new Recorded(record.requestId(), record.time(), record.policyDigest(), facts, !record.model().isEmpty(), record.messages() >= 0, record.sensitivity(),
        record.route(), record.rules(), record.transformed(), record.label() != Sensitivity.PUBLIC);
  }

  /** Why a recorded decision was taken; empty if there is no record of it. */
  static Optional<RecordedExplain> explain(Path directory, String id, PolicyBundle inForce) {
    List<Decided> decided = new ArrayList<>();
    List<Ended> ended = new ArrayList<>();
    try {
      AuditReader.read(directory, record -> {
        if (record.requestId().equals(id)) {
          if (record instanceof Decided one) {
            decided.add(one);
          } else if (record instanceof Ended one) {
            ended.add(one);
          }
        }
      });
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
    return decided.stream().findFirst().map(record -> RecordedExplain.of(of(record), record.latencyClass(), record.candidates(),
        outcome(ended.isEmpty() ? null : ended.get(0)), inForce));
  }

  private static String outcome(@Nullable Ended ended) {
    if (ended == null) {
      return "";
    }
    String how = !ended.refusal().isEmpty() ? "refused: " + ended.refusal() : ended.destination() == null ? "the caller left"
        : "answered from " + ended.destination();
    return how + (ended.upstream().isEmpty() ? "" : " (" + ended.upstream() + ")") + ", " + ended.attempts() + (ended.attempts() == 1 ? " attempt" : " attempts")
        + ", cache " + ended.cache();
  }
}
