package io.tidegate.assay;

import io.tidegate.assay.BundleDiff.Change;
import io.tidegate.assay.BundleDiff.Direction;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Sensitivity;
import io.tidegate.policy.PolicyBundle;
import io.tidegate.policy.PolicyOutline.RulePart;
import io.tidegate.policy.PolicyOutline.TenantPart;
import io.tidegate.policy.PolicyOutline.UrgencyPart;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BiPredicate;

/**
 * Compares how two bundles find the latency class by rules and by groups. Another class is another column of the table: a request that moves there loosens if any
 * cell there is laxer than the one it left.
 */
final class UrgencyDiff {
  private final PolicyBundle before;
  private final PolicyBundle after;
  private final List<Change> changes;
  private final SortedSet<String> tenants = new TreeSet<>();

  UrgencyDiff(PolicyBundle before, PolicyBundle after, List<Change> changes) {
    this.before = before;
    this.after = after;
    this.changes = changes;
    tenants.add(TermsDiff.ANYBODY);
    tenants.addAll(before.outline().tenants());
    tenants.addAll(after.outline().tenants());
  }

  void run() {
    List<Change> found = new ArrayList<>();
    rules(found);
    groups(found);
    // What more, or less, is found may match a rule about urgency, or no longer.
    boolean otherFindings = changes.stream().anyMatch(change -> change.part().equals("detector") || change.part().equals("exclusion"));
    if (otherFindings) {
      for (UrgencyPart rule : after.outline().urgency()) {
        if (rule.readsFindings() && moves((from, to) -> true)) {
          found.add(new Change("urgency", rule.id(), Direction.LOOSENS, "reads findings, of which more or fewer are reported now"));
        }
      }
    }
    boolean moved = !found.isEmpty() || changes.stream().anyMatch(change -> change.part().equals("latency"));
    changes.addAll(found);
    if (moved) {
      for (RulePart rule : after.outline().rules()) {
        if (!rule.shadow() && rule.reads().contains("latency")) {
          changes.add(new Change("rule", rule.id(), Direction.LOOSENS, "its condition reads the latency class, which is found otherwise now"));
        }
      }
    }
  }

  private void rules(List<Change> found) {
    for (UrgencyPart rule : before.outline().urgency()) {
      Optional<UrgencyPart> now = after.outline().urgency().stream().filter(other -> other.id().equals(rule.id())).findFirst();
      if (now.isEmpty()) {
        add(found, "urgency", rule.id(), moves((from, to) -> from == rule.latencyClass()), "removed: " + rule.latencyClass() + " when " + rule.when());
      } else if (!now.get().equals(rule)) {
        add(found, "urgency", rule.id(), moves((from, to) -> true), "changed: " + now.get().latencyClass() + " when " + now.get().when());
      }
    }
    for (UrgencyPart rule : after.outline().urgency()) {
      if (before.outline().urgency().stream().noneMatch(other -> other.id().equals(rule.id()))) {
        add(found, "urgency", rule.id(), moves((from, to) -> to == rule.latencyClass()), "added: " + rule.latencyClass() + " when " + rule.when());
      }
    }
  }

  private void groups(List<Change> found) {
    SortedSet<String> names = new TreeSet<>(before.outline().groups().keySet());
    names.addAll(after.outline().groups().keySet());
    for (String name : names) {
      TenantPart was = terms(before.outline().groups(), name);
      TenantPart is = terms(after.outline().groups(), name);
      if (was.latency() != is.latency() || was.mostUrgent() != is.mostUrgent()) {
        add(found, "latency", "group " + name, moves((from, to) -> true), "another class or bound");
      }
    }
  }

  private static TenantPart terms(Map<String, TenantPart> parts, String name) {
    return parts.getOrDefault(name, TermsDiff.NOTHING);
  }

  private static void add(List<Change> found, String part, String id, boolean laxer, String words) {
    found.add(new Change(part, id, laxer ? Direction.LOOSENS : Direction.NEUTRAL, words));
  }

  /** Whether some request that moves from one class to another, as {@code how} says, is handled more laxly for it. */
  private boolean moves(BiPredicate<LatencyClass, LatencyClass> how) {
    for (String tenant : tenants) {
      for (Sensitivity sensitivity : Sensitivity.values()) {
        for (LatencyClass from : LatencyClass.values()) {
          for (LatencyClass to : LatencyClass.values()) {
            if (from != to && how.test(from, to)
                && !Treatment.of(before.cell(tenant, sensitivity, from), after.cell(tenant, sensitivity, to)).laxer().isEmpty()) {
              return true;
            }
          }
        }
      }
    }
    return false;
  }
}
