package io.tidegate.policy;

import io.tidegate.model.LatencyClass;
import io.tidegate.model.Likelihood;
import io.tidegate.model.Sensitivity;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * What a bundle's files say, part by part, in a form in which two bundles can be compared: for {@code diff}, {@code explain} and {@code replay}. What a
 * request meets in the end (routes, cache rights, floors) is asked of the bundle itself, see {@link PolicyBundle#cell}. Immutable.
 *
 * @param rules enforced and shadow rules, by id
 * @param detectors the policies' own, by id
 * @param lowerings exclusions and grants in force, by kind and id
 * @param expires name of a policy → its last day, for those that have one
 * @param types entity types that plug-ins report
 * @param tenants tenants that anything in the files names
 * @param callers callers that anything in the files names
 * @param terms tenant → what holds for it; floors among them
 * @param groups the same for groups of callers
 * @param urgency rules about the latency class, by id
 * @param unscannable what cannot be read means
 * @param opaque what resists decoding means
 */
public record PolicyOutline(List<RulePart> rules, List<DetectorPart> detectors, List<LoweringPart> lowerings, Map<String, LocalDate> expires,
    SortedSet<String> types, SortedSet<String> tenants, SortedSet<String> callers, Map<String, TenantPart> terms,
    Map<String, TenantPart> groups, List<UrgencyPart> urgency, Sensitivity floor,
    Sensitivity unscannable, Sensitivity opaque, long interactiveDeadlineNanos) {

  /** What the files say of one tenant or group. */
  public record TenantPart(Sensitivity floor, @Nullable LatencyClass latency, LatencyClass mostUrgent) {}

  /**
   * One rule.
   *
   * @param types what it counts, sorted; empty for a rule with a condition
   * @param when its condition; empty for a rule with types
   * @param reads facts that the condition reads, sorted; {@code findings} among them
   * @param monotone more findings can only make it match: true for a rule with types; for a condition only where that is proven
   */
  public record RulePart(String id, Sensitivity raiseTo, String reason, boolean shadow, SortedSet<String> types, Likelihood likelihood, int count,
      int distinct, String when, SortedSet<String> reads, boolean monotone) {
    public boolean conditional() {
      return !when.isEmpty();
    }

    /** Whether findings have a say in it. */
    public boolean readsFindings() {
      return !conditional() || when.contains("findings");
    }

    /** Proven to match whenever {@code other} does. */
    public boolean matchesWhenever(RulePart other) {
      if (conditional() || other.conditional()) {
        return when.equals(other.when);
      }
      return types.containsAll(other.types) && likelihood.compareTo(other.likelihood) <= 0 && count <= other.count && distinct <= other.distinct;
    }
  }

  /**
   * One detector of the policy's own.
   *
   * @param regex empty for a list
   * @param terms empty for a pattern
   */
  public record DetectorPart(String id, String type, String regex, Set<String> terms, String match, Set<String> context, int window,
      Likelihood likelihood, @Nullable Likelihood withoutContext) {
    /** Proven to report whatever {@code other} reports: the same in all, or a list with more words. */
    public boolean reportsWhatever(DetectorPart other) {
      return type.equals(other.type) && regex.equals(other.regex) && terms.containsAll(other.terms) && match.equals(other.match)
          && context.equals(other.context) && window == other.window && likelihood == other.likelihood && withoutContext == other.withoutContext;
    }
  }

  /** A rule about urgency. */
  public record UrgencyPart(String id, String when, LatencyClass latencyClass, SortedSet<String> reads) {
    public boolean readsFindings() {
      return when.contains("findings");
    }
  }

  /** What lowers: an exclusion of values, an exclusion of types for an identity, a grant. */
  public enum Kind { EXCLUSION, IDENTITY_EXCLUSION, GRANT }

  /**
   * One of them. Not printed: values look like what detectors look for.
   *
   * @param detector of an exclusion of values, else empty
   * @param names values of the first kind, entity types of the second
   * @param tenants of the other two kinds
   * @param callers inside the tenants
   * @param groups inside the tenants; with no callers and no groups, everybody there
   */
  public record LoweringPart(Kind kind, String id, String detector, Set<String> names, Set<String> tenants, Set<String> callers, Set<String> groups,
      String owner, LocalDate expires) {
    /** Proven to lower nothing that {@code other} does not, and no longer. */
    public boolean within(LoweringPart other) {
      return kind == other.kind && detector.equals(other.detector) && other.names.containsAll(names) && other.tenants.containsAll(tenants)
          && (other.everybody() || !everybody() && other.callers.containsAll(callers) && other.groups.containsAll(groups))
          && !expires.isAfter(other.expires);
    }

    private boolean everybody() {
      return callers.isEmpty() && groups.isEmpty();
    }

    @Override
    public String toString() {
      return "LoweringPart[" + kind + ", " + id + "]";
    }
  }
}
