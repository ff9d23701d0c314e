package io.tidegate.assay.proof;

import io.tidegate.assay.world.Performance;
import io.tidegate.assay.world.Performance.Sent;
import io.tidegate.assay.world.World;
import io.tidegate.decide.Decision;
import io.tidegate.model.Destination;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Zone;
import io.tidegate.policy.CaseWorld;
import java.util.Optional;
import java.util.Set;

/**
 * Says whether what happened may happen. Knows content by construction, zones by the stage; asks the bundle nothing, and takes its verdict only where
 * it is stricter. Pure.
 */
final class Oracle {
  private final PolicySources sources;
  private final Set<String> accepted;

  /** @param accepted what a policy may say and its owner stands by, see {@link Proof} */
  Oracle(PolicySources sources, Set<String> accepted) {
    this.sources = sources;
    this.accepted = Set.copyOf(accepted);
  }

  /** What the content of {@code ask} is at least, accepted exceptions apart. */
  Sensitivity least(Ask ask) {
    ContentKind content = ask.content();
    if (content.trouble() == io.tidegate.model.Findings.Trouble.UNSCANNABLE && accepted.contains("unscannable")) {
      return Sensitivity.PUBLIC;
    }
    boolean excused = content.type() != null && sources.exclusions().stream()
        .anyMatch(exclusion -> accepted.contains("exclusion:" + exclusion.id()) && exclusion.covers(ask.caller()) && exclusion.types().contains(content.type()));
    return excused ? Sensitivity.PUBLIC : content.least();
  }

  /** What is wrong with a decision by itself, before anything is sent. */
  Optional<Violation> judge(Ask ask, Decision decision) {
    Sensitivity least = least(ask);
    if (decision.opens(Zone.PUBLIC) && least.compareTo(Sensitivity.CONFIDENTIAL) >= 0) {
      return Optional.of(least == Sensitivity.RESTRICTED ? Violation.RESTRICTED_LEFT : Violation.CONFIDENTIAL_LEFT);
    }
    boolean kept = decision.cacheRights().store() && decision.route().contains(Destination.EDGE_CACHE);
    if (kept && least == Sensitivity.RESTRICTED && !sources.cached(Sensitivity.RESTRICTED)) {
      return Optional.of(Violation.CACHED);
    }
    boolean widened = decision.sensitivity() == Sensitivity.PUBLIC && decision.rules().isEmpty() && !accepted.contains("floor-public");
    return widened ? Optional.of(Violation.WIDENED) : Optional.empty();
  }

  /** What is wrong with a walk. */
  Optional<Violation> judge(Ask ask, World world, Performance seen) {
    Sensitivity least = least(ask);
    Decision decision = seen.decision();
    Sensitivity strict = decision == null ? least : least.join(decision.sensitivity());
    for (Sent sent : seen.sent()) {
      if (sent.zone() == Zone.PUBLIC && sent.marked() && strict.compareTo(Sensitivity.CONFIDENTIAL) >= 0) {
        return Optional.of(strict == Sensitivity.RESTRICTED ? Violation.RESTRICTED_LEFT : Violation.CONFIDENTIAL_LEFT);
      }
      if (sources.keepsOut(ask.caller().tenant(), strict, sent.region())) {
        return Optional.of(Violation.OTHER_REGION);
      }
      CaseWorld.Audit audit = world.state().audit();
      boolean late = audit == CaseWorld.Audit.SLOW && decision != null && decision.auditDurable();
      if (sent.zone() == Zone.PUBLIC && (!sent.recorded() || audit == CaseWorld.Audit.DOWN || late)) {
        return Optional.of(Violation.UNRECORDED);
      }
    }
    if (world.state().cache() == CaseWorld.Cache.OTHER_TENANT && seen.answeredBy() == Destination.EDGE_CACHE && !mayShare(ask, strict)) {
      return Optional.of(Violation.OTHER_TENANT);
    }
    if (seen.cached() != null && strict == Sensitivity.RESTRICTED && !sources.cached(Sensitivity.RESTRICTED)) {
      return Optional.of(Violation.CACHED);
    }
    if (seen.heldBack() > 0) {
      return Optional.of(Violation.HELD_BACK);
    }
    if (!seen.defects().isEmpty()) {
      return Optional.of(Violation.DEFECT);
    }
    return seen.answers() == 1 ? Optional.empty() : Optional.of(Violation.NOT_ONE_ANSWER);
  }

  private boolean mayShare(Ask ask, Sensitivity strict) {
    return strict.compareTo(Sensitivity.INTERNAL) <= 0 && sources.share(ask.caller().tenant(), Prover.OTHER.tenant());
  }
}
