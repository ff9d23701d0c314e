package io.tidegate.policy;

import io.tidegate.model.Destination;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.LinkRule;
import io.tidegate.model.Residency;
import io.tidegate.model.Sensitivity;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a bundle says about one request. Immutable; compared by value. */
public final class Verdict {
  private final Sensitivity sensitivity;
  private final LatencyClass latencyClass;
  private final List<RouteStep> steps;
  private final List<Destination> route;
  private final CacheRights cacheRights;
  private final List<String> rules;
  private final boolean auditDurable;
  private final LinkRule links;
  private final Residency residency;

  /**
   * @param steps in order of preference, already cut to what the egress lists allow for {@code sensitivity}
   * @param rules ids of the enforced rules that fired, sorted
   * @param auditDurable the record must be on disk before a PUBLIC send (decisions 6)
   * @param links what becomes of links in the answer
   * @param residency in which regions it may be worked on
   */
  public Verdict(Sensitivity sensitivity, LatencyClass latencyClass, List<RouteStep> steps, CacheRights cacheRights, List<String> rules,
      boolean auditDurable, LinkRule links, Residency residency) {
    this(sensitivity, latencyClass, List.copyOf(steps), asItStands(steps), cacheRights, List.copyOf(rules), auditDurable, links, residency);
  }

  /** One that may be worked on anywhere. */
  public Verdict(Sensitivity sensitivity, LatencyClass latencyClass, List<RouteStep> steps, CacheRights cacheRights, List<String> rules,
      boolean auditDurable, LinkRule links) {
    this(sensitivity, latencyClass, steps, cacheRights, rules, auditDurable, links, Residency.ANYWHERE);
  }

  /** One whose answers keep their links. */
  public Verdict(Sensitivity sensitivity, LatencyClass latencyClass, List<RouteStep> steps, CacheRights cacheRights, List<String> rules,
      boolean auditDurable) {
    this(sensitivity, latencyClass, steps, cacheRights, rules, auditDurable, LinkRule.OFF);
  }

  private Verdict(Sensitivity sensitivity, LatencyClass latencyClass, List<RouteStep> steps, List<Destination> route, CacheRights cacheRights,
      List<String> rules, boolean auditDurable, LinkRule links, Residency residency) {
    this.sensitivity = sensitivity;
    this.latencyClass = latencyClass;
    this.steps = steps;
    this.route = route;
    this.cacheRights = cacheRights;
    this.rules = rules;
    this.auditDurable = auditDurable;
    this.links = links;
    this.residency = residency;
  }

  /** A verdict whose route has no conditions. */
  public static Verdict of(Sensitivity sensitivity, LatencyClass latencyClass, List<Destination> route, CacheRights cacheRights, List<String> rules,
      boolean auditDurable) {
    return new Verdict(sensitivity, latencyClass, route.stream().map(RouteStep::to).toList(), cacheRights, rules, auditDurable);
  }

  private static List<Destination> asItStands(List<RouteStep> steps) {
    List<Destination> route = new ArrayList<>(steps.size());
    for (RouteStep step : steps) {
      if (step.after() == null) {
        route.add(step.to());
      }
    }
    return List.copyOf(route);
  }

  /** The same with other rules; shares the rest. */
  Verdict withRules(List<String> others) {
    return new Verdict(sensitivity, latencyClass, steps, route, cacheRights, List.copyOf(others), auditDurable, links, residency);
  }

  public Sensitivity sensitivity() {
    return sensitivity;
  }

  public LatencyClass latencyClass() {
    return latencyClass;
  }

  /** The whole route, steps that ask for a transformation included. */
  public List<RouteStep> steps() {
    return steps;
  }

  /** The destinations that are open for the text as it stands, in order of preference. */
  public List<Destination> route() {
    return route;
  }

  public CacheRights cacheRights() {
    return cacheRights;
  }

  /** Ids of the enforced rules that fired, sorted. */
  public List<String> rules() {
    return rules;
  }

  /** Whether the record must be on disk before a PUBLIC send (decisions 6). */
  public boolean auditDurable() {
    return auditDurable;
  }

  /** What becomes of links in the answer that may carry data (hazard A17). */
  public LinkRule links() {
    return links;
  }

  /** In which regions it may be worked on. */
  public Residency residency() {
    return residency;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Verdict that && sensitivity == that.sensitivity && latencyClass == that.latencyClass && steps.equals(that.steps)
        && cacheRights.equals(that.cacheRights) && rules.equals(that.rules) && auditDurable == that.auditDurable && links == that.links
        && residency.equals(that.residency);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * sensitivity.hashCode() + latencyClass.hashCode()) + rules.hashCode();
  }

  @Override
  public String toString() {
    return "Verdict[" + sensitivity + ", " + latencyClass + ", " + steps + ", " + cacheRights + ", " + rules + ", durable " + auditDurable + ", links " + links + ", " + residency + "]";
  }

  /**
   * @param read answers may come from the edge cache
   * @param store answers may be put there
   * @param sampled requests with temperature above 0 may use it too
   * @param sharingGroup partition of the cache: the tenant itself unless the policy names a group (G4, decisions 5)
   * @param ttlSeconds how long a stored answer is fresh
   * @param staleSeconds how long after that it is still given, while a newer one is asked for
   * @param errorSeconds how long after its freshness it is given where the origin fails
   * @param outside it may be kept outside of the process, sealed: in the shared layer and in a snapshot. Never RESTRICTED (decisions 5)
   * @param replay when a stored answer goes out
   * @param semantic whether the answer to another question may do, if that asks the same in other words; null for no
   */
  public record CacheRights(boolean read, boolean store, boolean sampled, String sharingGroup, int ttlSeconds, int staleSeconds, int errorSeconds,
      boolean outside, Replay replay, @Nullable Semantic semantic) {
    /** Answers that are given while fresh, at once, and kept in the process. */
    public CacheRights(boolean read, boolean store, boolean sampled, String sharingGroup, int ttlSeconds) {
      this(read, store, sampled, sharingGroup, ttlSeconds, 0, 0, false, Replay.AT_ONCE, null);
    }

    /** To equal requests only. */
    public CacheRights(boolean read, boolean store, boolean sampled, String sharingGroup, int ttlSeconds, int staleSeconds, int errorSeconds, boolean outside,
        Replay replay) {
      this(read, store, sampled, sharingGroup, ttlSeconds, staleSeconds, errorSeconds, outside, replay, null);
    }

    /** The same in another partition. */
    public CacheRights inside(String group) {
      return new CacheRights(read, store, sampled, group, ttlSeconds, staleSeconds, errorSeconds, outside, replay, semantic);
    }

    /** Those of a request of {@code latencyClass}. */
    CacheRights of(LatencyClass latencyClass) {
      Semantic likeness = semantic;
      return likeness == null || likeness.classes().contains(latencyClass) ? this
          : new CacheRights(read, store, sampled, sharingGroup, ttlSeconds, staleSeconds, errorSeconds, outside, replay, null);
    }
  }

  /**
   * Answers to questions in other words.
   *
   * @param threshold least cosine of the two questions' vectors; what they must have in common besides is not for a policy to say
   * @param classes requests of these
   */
  public record Semantic(Mode mode, float threshold, Set<LatencyClass> classes) {
    /** {@code SHADOW} asks the origin all the same, and tells what would have been served. */
    public enum Mode { SHADOW, SERVE }

    public Semantic {
      classes = Set.copyOf(classes);
    }
  }

  /** When a stored answer goes out. */
  public enum Replay {
    /** As fast as it can be sent. */
    AT_ONCE,
    /** A stream with the pauses it had. */
    PACED,
    /** Not before its origin would have answered, with the pauses it had, and to others than its owner without a word that it was stored (hazard C4). */
    AS_ORIGIN
  }
}
