package io.tidegate.assay;

import io.tidegate.assay.BundleDiff.Change;
import io.tidegate.assay.BundleDiff.Direction;
import io.tidegate.model.Caller;
import io.tidegate.model.Findings;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Operation;
import io.tidegate.model.Sensitivity;
import io.tidegate.policy.Facts;
import io.tidegate.policy.PolicyBundle;
import io.tidegate.policy.PolicyOutline;
import io.tidegate.policy.PolicyOutline.TenantPart;
import io.tidegate.policy.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Compares what two bundles say of whole classes of request: floors, troubles, and every cell of the table of routes, cache rights and audit duty, for each tenant
 * that either names and for one that neither does. Complete: a table is finite.
 */
final class TermsDiff {
  /** A tenant that no file names: the name cannot be written in one. */
  static final String ANYBODY = "*";

  static final TenantPart NOTHING = new TenantPart(Sensitivity.PUBLIC, null, LatencyClass.INTERACTIVE);

  private final PolicyBundle before;
  private final PolicyBundle after;
  private final List<Change> changes;
  private final SortedSet<String> tenants = new TreeSet<>();

  TermsDiff(PolicyBundle before, PolicyBundle after, List<Change> changes) {
    this.before = before;
    this.after = after;
    this.changes = changes;
    tenants.add(ANYBODY);
    tenants.addAll(before.outline().tenants());
    tenants.addAll(after.outline().tenants());
  }

  void run() {
    PolicyOutline was = before.outline();
    PolicyOutline is = after.outline();
    level("floor", "", was.floor(), is.floor());
    level("unscannable", "", was.unscannable(), is.unscannable());
    level("opaque", "", was.opaque(), is.opaque());
    for (String tenant : tenants) {
      level("tenant floor", tenant, was.terms().getOrDefault(tenant, NOTHING).floor(), is.terms().getOrDefault(tenant, NOTHING).floor());
    }
    TreeSet<String> groups = new TreeSet<>(was.groups().keySet());
    groups.addAll(is.groups().keySet());
    for (String group : groups) {
      level("group floor", group, was.groups().getOrDefault(group, NOTHING).floor(), is.groups().getOrDefault(group, NOTHING).floor());
    }
    cells();
    latency();
  }

  private void level(String part, String id, Sensitivity was, Sensitivity is) {
    if (was != is) {
      changes.add(new Change(part, id, is.compareTo(was) < 0 ? Direction.LOOSENS : Direction.TIGHTENS, "is " + is + ", was " + was));
    }
  }

  private void cells() {
    for (Sensitivity sensitivity : Sensitivity.values()) {
      Map<String, List<LatencyClass>> general = differences(ANYBODY, sensitivity);
      report(ANYBODY, sensitivity, general);
      for (String tenant : tenants) {
        Map<String, List<LatencyClass>> own = differences(tenant, sensitivity);
        if (!tenant.equals(ANYBODY) && !own.equals(general)) {
          report(tenant, sensitivity, own);
        }
      }
    }
  }

  /** What changed ("-" laxer, "+" stricter, "=" neither) → in which latency classes. */
  private Map<String, List<LatencyClass>> differences(String tenant, Sensitivity sensitivity) {
    Map<String, List<LatencyClass>> found = new LinkedHashMap<>();
    for (LatencyClass latencyClass : LatencyClass.values()) {
      Verdict was = before.cell(tenant, sensitivity, latencyClass);
      Verdict is = after.cell(tenant, sensitivity, latencyClass);
      Treatment treatment = Treatment.of(was, is);
      treatment.laxer().forEach(words -> found.computeIfAbsent("-" + words, key -> new ArrayList<>()).add(latencyClass));
      treatment.stricter().forEach(words -> found.computeIfAbsent("+" + words, key -> new ArrayList<>()).add(latencyClass));
      if (treatment.same() && !was.steps().equals(is.steps())) {
        found.computeIfAbsent("=the order of the route changed to " + is.route(), key -> new ArrayList<>()).add(latencyClass);
      }
    }
    return found;
  }

  private void report(String tenant, Sensitivity sensitivity, Map<String, List<LatencyClass>> found) {
    found.forEach((what, classes) -> {
      Direction direction = what.startsWith("-") ? Direction.LOOSENS : what.startsWith("+") ? Direction.TIGHTENS : Direction.NEUTRAL;
      String where = classes.size() == LatencyClass.values().length ? "" : " (" + String.join(", ", classes.stream().map(Enum::name).toList()) + ")";
      changes.add(new Change("cell", sensitivity + (tenant.equals(ANYBODY) ? "" : " of tenant " + tenant), direction, what.substring(1) + where));
    });
  }

  /** A latency class found otherwise is a change of column. */
  private void latency() {
    TreeSet<Long> deadlines = new TreeSet<>(List.of(0L));
    for (PolicyOutline outline : List.of(before.outline(), after.outline())) {
      deadlines.add(outline.interactiveDeadlineNanos());
      deadlines.add(outline.interactiveDeadlineNanos() + 1);
    }
    for (String tenant : tenants) {
      latency(tenant, deadlines);
    }
  }

  private void latency(String tenant, TreeSet<Long> deadlines) {
    List<@Nullable LatencyClass> wishes = new ArrayList<>(List.of(LatencyClass.values()));
    wishes.add(null);
    Map<String, Direction> found = new LinkedHashMap<>();
    for (LatencyClass wish : wishes) {
      for (long deadline : deadlines) {
        Facts facts = new Facts(Findings.NONE, new Caller(tenant, "anybody"), Operation.CHAT, "auto", false, false, Sensitivity.PUBLIC, wish, deadline,
            FactGrid.USUAL_BYTES);
        LatencyClass was = before.judge(facts).latencyClass();
        LatencyClass is = after.judge(facts).latencyClass();
        if (was != is) {
          String what = (wish == null ? deadline == 0 ? "a request that states nothing" : "a deadline of " + deadline / 1_000_000 + " ms"
              : "a request that states " + wish) + " is " + is + ", was " + was;
          found.merge(what, laxerColumn(tenant, was, is) ? Direction.LOOSENS : Direction.NEUTRAL, (a, b) -> a);
        }
      }
    }
    found.forEach((what, direction) -> changes.add(new Change("latency", tenant.equals(ANYBODY) ? "" : tenant, direction, what)));
  }

  private boolean laxerColumn(String tenant, LatencyClass was, LatencyClass is) {
    for (Sensitivity sensitivity : Sensitivity.values()) {
      if (!Treatment.of(before.cell(tenant, sensitivity, was), after.cell(tenant, sensitivity, is)).laxer().isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /**
   * "Raised" means "treated no more laxly" only if the table is in order: each sensitivity handled at least as strictly as the one below. Where it is not,
   * whatever raises may loosen, and nothing here can tell.
   */
  void order() {
    Sensitivity[] levels = Sensitivity.values();
    for (String tenant : tenants) {
      for (LatencyClass latencyClass : LatencyClass.values()) {
        for (int i = 1; i < levels.length; i++) {
          List<String> laxer = Treatment.ofHandling(after.cell(tenant, levels[i - 1], latencyClass), after.cell(tenant, levels[i], latencyClass)).laxer();
          if (!laxer.isEmpty()) {
            changes.add(new Change("cell", levels[i] + (tenant.equals(ANYBODY) ? "" : " of tenant " + tenant), Direction.LOOSENS,
                "is handled more laxly than " + levels[i - 1] + " (" + latencyClass + "): " + String.join("; ", laxer) + "; what a change raises may fare better for it"));
          }
        }
      }
    }
  }
}
