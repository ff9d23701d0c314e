package io.tidegate.assay;

import io.tidegate.assay.BundleDiff.Change;
import io.tidegate.assay.BundleDiff.Direction;
import io.tidegate.model.Likelihood;
import io.tidegate.policy.PolicyBundle;
import io.tidegate.policy.PolicyOutline;
import io.tidegate.policy.PolicyOutline.Kind;
import io.tidegate.policy.PolicyOutline.RulePart;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Compares the rules of two bundles. A rule of the first is covered if some rule of the second is proven to match whenever it does, and raises as high. */
final class RulesDiff {
  private final PolicyOutline before;
  private final PolicyOutline after;
  private final List<Change> changes;

  RulesDiff(PolicyBundle before, PolicyBundle after, List<Change> changes) {
    this.before = before.outline();
    this.after = after.outline();
    this.changes = changes;
  }

  void run() {
    for (RulePart rule : before.rules()) {
      Optional<RulePart> now = named(after, rule.id());
      if (now.isEmpty()) {
        gone(rule);
      } else if (!now.get().equals(rule)) {
        changed(rule, now.get());
      }
    }
    for (RulePart rule : after.rules()) {
      if (named(before, rule.id()).isEmpty()) {
        boolean raises = !rule.shadow() && coveredBy(before, rule).isEmpty();
        add(rule, raises ? Direction.TIGHTENS : Direction.NEUTRAL, "added: " + words(rule));
      }
    }
  }

  private void gone(RulePart rule) {
    if (rule.shadow()) {
      add(rule, Direction.NEUTRAL, "removed; it only watched");
      return;
    }
    Optional<String> cover = coveredBy(after, rule);
    add(rule, cover.isPresent() ? Direction.NEUTRAL : Direction.LOOSENS, "removed: " + words(rule) + cover.map(by -> "; covered by " + by).orElse(""));
  }

  private void changed(RulePart rule, RulePart now) {
    String what = differences(rule, now);
    if (rule.shadow() && now.shadow()) {
      add(rule, Direction.NEUTRAL, what + "; it only watches");
    } else if (rule.shadow()) {
      add(rule, coveredBy(before, now).isPresent() ? Direction.NEUTRAL : Direction.TIGHTENS, what);
    } else if (coveredBy(after, rule).isEmpty()) {
      boolean unproven = !now.shadow() && now.conditional() && !now.when().equals(rule.when());
      add(rule, Direction.LOOSENS, what + (unproven ? "; not proven to match all that it matched" : ""));
    } else {
      boolean raises = !now.shadow() && coveredBy(before, now).isEmpty();
      add(rule, raises ? Direction.TIGHTENS : Direction.NEUTRAL, what);
    }
  }

  /** What makes sure that a request is raised as {@code rule} raised it; empty if nothing is proven to. */
  private static Optional<String> coveredBy(PolicyOutline outline, RulePart rule) {
    for (RulePart other : outline.rules()) {
      if (!other.shadow() && other.raiseTo().compareTo(rule.raiseTo()) >= 0 && other.matchesWhenever(rule)) {
        return Optional.of("the rule '" + other.id() + "'");
      }
    }
    // A grant may make a request PUBLIC below the floor, unless a rule fires.
    boolean granted = outline.lowerings().stream().anyMatch(part -> part.kind() == Kind.GRANT);
    return outline.floor().compareTo(rule.raiseTo()) >= 0 && !granted ? Optional.of("the floor") : Optional.empty();
  }

  private static Optional<RulePart> named(PolicyOutline outline, String id) {
    return outline.rules().stream().filter(rule -> rule.id().equals(id)).findFirst();
  }

  private void add(RulePart rule, Direction direction, String words) {
    changes.add(new Change("rule", rule.id(), direction, words));
  }

  private static String words(RulePart rule) {
    String what = rule.conditional() ? "when " + rule.when() : String.join(", ", rule.types()) + (rule.count() > 1 ? ", count " + rule.count() : "")
        + (rule.distinct() > 1 ? ", distinct " + rule.distinct() : "") + (rule.likelihood() != Likelihood.LIKELY ? ", " + rule.likelihood() : "");
    return what + " to " + rule.raiseTo() + (rule.shadow() ? ", shadow" : "");
  }

  private static String differences(RulePart rule, RulePart now) {
    List<String> all = new ArrayList<>();
    if (rule.shadow() != now.shadow()) {
      all.add(now.shadow() ? "only watches now" : "is enforced now");
    }
    if (rule.raiseTo() != now.raiseTo()) {
      all.add("raises to " + now.raiseTo() + ", not " + rule.raiseTo());
    }
    if (!rule.when().equals(now.when()) || rule.conditional() != now.conditional()) {
      all.add("matches " + words(now) + ", not " + words(rule));
    } else if (!rule.conditional()) {
      List<String> gone = rule.types().stream().filter(type -> !now.types().contains(type)).toList();
      List<String> come = now.types().stream().filter(type -> !rule.types().contains(type)).toList();
      if (!gone.isEmpty()) {
        all.add("no longer counts " + String.join(", ", gone));
      }
      if (!come.isEmpty()) {
        all.add("counts " + String.join(", ", come) + " too");
      }
      number("count", rule.count(), now.count(), all);
      number("distinct", rule.distinct(), now.distinct(), all);
      if (rule.likelihood() != now.likelihood()) {
        all.add("likelihood " + now.likelihood() + ", not " + rule.likelihood());
      }
    }
    return all.isEmpty() ? "its reason reads differently" : String.join("; ", all);
  }

  private static void number(String name, int was, int is, List<String> all) {
    if (was != is) {
      all.add(name + " " + is + ", not " + was);
    }
  }
}
