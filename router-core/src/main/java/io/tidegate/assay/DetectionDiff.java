package io.tidegate.assay;

import io.tidegate.assay.BundleDiff.Change;
import io.tidegate.assay.BundleDiff.Direction;
import io.tidegate.policy.PolicyOutline;
import io.tidegate.policy.PolicyOutline.DetectorPart;
import io.tidegate.policy.PolicyOutline.LoweringPart;
import io.tidegate.policy.PolicyOutline.RulePart;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Compares what two bundles see and what they overlook: their own detectors, exclusions and grants. The grid sees none of it. */
final class DetectionDiff {
  private final PolicyOutline before;
  private final PolicyOutline after;
  private final List<Change> changes;
  private boolean seesMore;

  DetectionDiff(PolicyOutline before, PolicyOutline after, List<Change> changes) {
    this.before = before;
    this.after = after;
    this.changes = changes;
  }

  void run() {
    for (DetectorPart detector : before.detectors()) {
      Optional<DetectorPart> now = after.detectors().stream().filter(other -> other.id().equals(detector.id())).findFirst();
      if (now.isEmpty() || !now.get().equals(detector)) {
        changed(detector, now);
      }
    }
    for (DetectorPart detector : after.detectors()) {
      if (before.detectors().stream().noneMatch(other -> other.id().equals(detector.id()))) {
        seesMore = true;
        add("detector", detector.id(), counts(after, detector.type()) ? Direction.TIGHTENS : Direction.NEUTRAL, "added: reports " + detector.type());
      }
    }
    lowerings();
    if (seesMore) {
      unmatching();
    }
  }

  private void changed(DetectorPart detector, Optional<DetectorPart> now) {
    boolean covered = after.detectors().stream().anyMatch(other -> other.reportsWhatever(detector));
    // An enforced rule of the first bundle had to care for what it reports, else nothing is lost.
    boolean counted = counts(before, detector.type());
    seesMore |= now.isPresent();
    String what = now.isEmpty() ? "removed: reported " + detector.type() : "changed: " + differences(detector, now.get());
    Direction direction = !counted && (now.isEmpty() || !counts(after, now.get().type())) ? Direction.NEUTRAL
        : covered ? now.isEmpty() ? Direction.NEUTRAL : Direction.TIGHTENS : counted ? Direction.LOOSENS : Direction.TIGHTENS;
    add("detector", detector.id(), direction, what);
  }

  private static String differences(DetectorPart was, DetectorPart is) {
    List<String> all = new ArrayList<>();
    if (!was.type().equals(is.type())) {
      all.add("reports " + is.type() + ", not " + was.type());
    }
    if (!was.regex().equals(is.regex())) {
      all.add("another pattern");
    }
    Set<String> gone = new TreeSet<>(was.terms());
    gone.removeAll(is.terms());
    Set<String> come = new TreeSet<>(is.terms());
    come.removeAll(was.terms());
    if (!gone.isEmpty() || !come.isEmpty()) {
      all.add(come.size() + " words more, " + gone.size() + " words gone");
    }
    if (!was.match().equals(is.match())) {
      all.add("its words match by " + is.match() + ", not " + was.match());
    }
    if (!was.context().equals(is.context()) || was.window() != is.window()) {
      all.add("other words must stand near");
    }
    if (was.likelihood() != is.likelihood() || was.withoutContext() != is.withoutContext()) {
      all.add("another likelihood");
    }
    return String.join(", ", all);
  }

  private void lowerings() {
    for (LoweringPart part : after.lowerings()) {
      if (before.lowerings().contains(part)) {
        continue;
      }
      boolean within = before.lowerings().stream().anyMatch(part::within);
      Optional<LoweringPart> was = same(before, part);
      add(word(part), part.id(), within ? was.isPresent() && was.get().within(part) ? Direction.NEUTRAL : Direction.TIGHTENS : Direction.LOOSENS,
          was.isEmpty() ? "added: " + scope(part) : "changed: now " + scope(part));
      seesMore |= was.isPresent();
    }
    for (LoweringPart part : before.lowerings()) {
      if (same(after, part).isEmpty()) {
        seesMore = true;
        add(word(part), part.id(), after.lowerings().stream().anyMatch(part::within) ? Direction.NEUTRAL : Direction.TIGHTENS, "removed: " + scope(part));
      }
    }
    for (Map.Entry<String, java.time.LocalDate> policy : before.expires().entrySet()) {
      java.time.LocalDate now = after.expires().get(policy.getKey());
      if (now == null || now.isAfter(policy.getValue())) {
        add("expiry", policy.getKey(), Direction.LOOSENS, "after " + policy.getValue() + " everything was RESTRICTED; now "
            + (now == null ? "the policy never ends" : "that is so after " + now));
      } else if (now.isBefore(policy.getValue())) {
        add("expiry", policy.getKey(), Direction.TIGHTENS, "the last day is " + now + ", not " + policy.getValue());
      }
    }
    after.expires().forEach((name, day) -> {
      if (!before.expires().containsKey(name)) {
        add("expiry", name, Direction.TIGHTENS, "the last day is " + day + "; it had none");
      }
    });
  }

  private static Optional<LoweringPart> same(PolicyOutline outline, LoweringPart part) {
    return outline.lowerings().stream().filter(other -> other.kind() == part.kind() && other.id().equals(part.id())).findFirst();
  }

  private static String word(LoweringPart part) {
    return switch (part.kind()) {
      case EXCLUSION, IDENTITY_EXCLUSION -> "exclusion";
      case GRANT -> "grant";
    };
  }

  private static String inside(LoweringPart part) {
    Set<String> names = new TreeSet<>(part.callers());
    part.groups().forEach(group -> names.add("group " + group));
    return names.isEmpty() ? "" : " (" + String.join(", ", names) + ")";
  }

  /** What it covers; values are counted, not shown. */
  private static String scope(LoweringPart part) {
    String who = " for " + String.join(", ", new TreeSet<>(part.tenants())) + inside(part);
    String what = switch (part.kind()) {
      case EXCLUSION -> part.names().size() + (part.names().size() == 1 ? " value of " : " values of ") + part.detector();
      case IDENTITY_EXCLUSION -> String.join(", ", new TreeSet<>(part.names())) + who;
      case GRANT -> "PUBLIC" + who;
    };
    return what + ", until " + part.expires() + ", owner " + part.owner().toLowerCase(Locale.ROOT);
  }

  /** More findings can unmatch a condition that is not proven to rise with them. */
  private void unmatching() {
    for (RulePart rule : after.rules()) {
      if (!rule.shadow() && rule.readsFindings() && !rule.monotone()) {
        add("rule", rule.id(), Direction.LOOSENS, "its condition may stop matching where more is found than before, which the changes above bring about");
      }
    }
  }

  /** Whether an enforced rule may count findings of the type. */
  private static boolean counts(PolicyOutline outline, String type) {
    return outline.rules().stream().anyMatch(rule -> !rule.shadow() && (rule.types().contains(type) || rule.conditional() && rule.readsFindings()));
  }

  private void add(String part, String id, Direction direction, String words) {
    changes.add(new Change(part, id, direction, words));
  }
}
