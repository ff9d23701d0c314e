package io.tidegate.assay;

import io.tidegate.model.Finding;
import io.tidegate.policy.PolicyBundle;
import io.tidegate.policy.PolicyOutline;
import io.tidegate.policy.PolicyOutline.DetectorPart;
import io.tidegate.policy.PolicyOutline.Kind;
import io.tidegate.policy.PolicyOutline.LoweringPart;
import io.tidegate.policy.PolicyOutline.RulePart;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a bundle asks that a record cannot answer: facts that records do not hold, and detectors that did not run then (decisions 29). */
final class Undecidable {
  private final PolicyBundle bundle;
  private final @Nullable PolicyBundle old;
  private final List<RulePart> rules;

  /** Types that the new bundle's detectors report and those of the bundle that decided did not: where that is the old one, and where it is not at hand. */
  private final Map<Boolean, Set<String>> newTypes = new HashMap<>();

  Undecidable(PolicyBundle bundle, @Nullable PolicyBundle old) {
    this.bundle = bundle;
    this.old = old;
    this.rules = bundle.outline().rules().stream().filter(rule -> !rule.shadow()).toList();
  }

  /** Enforced rules of the bundle that cannot be asked of the record → why. Empty for almost every policy. */
  Map<RulePart, String> of(Recorded record) {
    Map<RulePart, String> found = new HashMap<>();
    Set<String> unseen = unseen(record);
    for (RulePart rule : rules) {
      String why = why(rule, record, unseen);
      if (why != null) {
        found.put(rule, why);
      }
    }
    return found;
  }

  private static @Nullable String why(RulePart rule, Recorded record, Set<String> unseen) {
    if (rule.reads().contains("labels")) {
      return "reads labels, which records do not hold";
    }
    if (rule.reads().contains("model") && !record.modelKnown()) {
      return "reads the model's name, which the record does not hold";
    }
    if (rule.reads().contains("messages") && !record.messagesKnown()) {
      return "counts messages, which the record does not";
    }
    if (rule.when().contains("findings[")) {
      return "reads the order of findings, which records do not hold";
    }
    if (unseen.isEmpty()) {
      return null;
    }
    boolean touched = rule.conditional() ? rule.readsFindings() : rule.types().stream().anyMatch(unseen::contains);
    return touched ? "counts what a detector finds that did not run then" : null;
  }

  /** Types of detectors that the bundle at hand has and the one that decided had not, or not in this form. */
  private Set<String> unseen(Recorded record) {
    if (record.policyDigest().equals(bundle.digest())) {
      return Set.of();
    }
    boolean known = old != null && record.policyDigest().equals(old.digest());
    return newTypes.computeIfAbsent(known, at -> {
      Set<String> types = new HashSet<>();
      List<DetectorPart> had = known && old != null ? old.outline().detectors() : List.of();
      for (DetectorPart detector : bundle.outline().detectors()) {
        if (!had.contains(detector)) {
          types.add(detector.type());
        }
      }
      return types;
    });
  }

  /** An exclusion of values that is new: it may take away findings of the record, and nobody can say which. */
  Optional<String> excluded(Recorded record) {
    if (record.policyDigest().equals(bundle.digest())) {
      return Optional.empty();
    }
    PolicyOutline before = old != null && record.policyDigest().equals(old.digest()) ? old.outline() : null;
    List<String> hiding = new ArrayList<>();
    for (LoweringPart part : bundle.outline().lowerings()) {
      boolean known = before != null && before.lowerings().stream().anyMatch(part::within);
      if (part.kind() == Kind.EXCLUSION && !known && record.facts().findings().list().stream().map(Finding::detector).anyMatch(part.detector()::equals)) {
        hiding.add(part.id());
      }
    }
    return hiding.isEmpty() ? Optional.empty() : Optional.of("the exclusion '" + hiding.get(0) + "' may take away findings; records hold no values");
  }
}
