package io.tidegate.policy;

import io.tidegate.model.Caller;
import io.tidegate.model.Destination;
import io.tidegate.model.Finding;
import io.tidegate.model.Findings;
import io.tidegate.model.Findings.Trouble;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.LinkRule;
import io.tidegate.model.Sensitivity;
import io.tidegate.policy.Verdict.CacheRights;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/** The compiled, immutable policy: what it says depends on its texts and the facts only. Made by {@link PolicyCompiler}. Thread-safe. */
public final class PolicyBundle {
  private final Contents contents;
  private final RuleSet enforced;
  private final RuleSet shadow;
  private final Tenants tenants;
  private final GroupTerms groups;
  private final LatencyRules latencyRules;
  private final Verdict restricted;

  /**
   * What the compiler found in the files, merged and checked.
   *
   * @param reads names of the variables that some condition reads
   * @param nextExpiry first day on which some part will have expired; null if none does
   */
  record Contents(String digest, String version, List<PolicyMark> policies, List<Rule> rules, Sensitivity floor, Troubles troubles, LatencyTerms latency,
      Egress egress, List<PolicyPattern> patterns, List<Exclusion> exclusions, List<PolicyCase> cases, Set<String> reads, @Nullable LocalDate nextExpiry,
      PolicyOutline outline) {}

  PolicyBundle(Contents contents, Tenants tenants, GroupTerms groups, LatencyRules latencyRules) {
    this.contents = contents;
    this.enforced = new RuleSet(contents.rules().stream().filter(rule -> !rule.shadow()).toList());
    this.shadow = new RuleSet(contents.rules().stream().filter(Rule::shadow).toList());
    this.tenants = tenants;
    this.groups = groups;
    this.latencyRules = latencyRules;
    List<Destination> home = contents.egress().allows(Destination.PRIVATE, Sensitivity.RESTRICTED) ? List.of(Destination.PRIVATE) : List.of();
    // What cannot be judged might be any tenant's: only what is permitted to all will do.
    this.restricted = new Verdict(Sensitivity.RESTRICTED, LatencyClass.STANDARD, home.stream().map(RouteStep::to).toList(),
        new CacheRights(false, false, false, "nobody", 0), List.of("internal-error"), false, LinkRule.OFF, tenants.residencyOfAll());
  }

  /** SHA-256 over the policy texts, lower-case hex; names the bundle in answers and records (G6). */
  public String digest() {
    return contents.digest();
  }

  /** The policies in it, by name. */
  public List<PolicyMark> policies() {
    return contents.policies();
  }

  /** Names and revisions of the policies in it, sorted, e.g. {@code corp-baseline@41, radiology@3}. */
  public String version() {
    return contents.version();
  }

  /** Judges one request. Never throws: a rule that errs counts as matched, and what cannot be judged is RESTRICTED (G2). */
  public Verdict judge(Facts facts) {
    try {
      return judgement(facts);
    } catch (VirtualMachineError e) {
      if (e instanceof StackOverflowError) {
        return restricted;
      }
      throw e;
    } catch (Throwable e) {
      return restricted;
    }
  }

  /** The verdict on what cannot be judged: RESTRICTED, at home or nowhere, rule {@code internal-error}. */
  public Verdict unjudged() {
    return restricted;
  }

  /** Ids of the shadow rules that would have fired, sorted. Off the data path; an unreadable request fires none. */
  public List<String> shadow(Facts facts) {
    TenantTerms terms = tenants.of(facts.caller().tenant());
    List<Finding> counted = counted(terms, facts.caller(), facts.findings().list());
    List<String> ids = new ArrayList<>();
    TenantTerms.Draft draft = groups.of(terms.draft, facts.caller().groups());
    shadow.names(shadow.fire(new ConditionFacts(facts, counted, latencyClass(draft, facts, counted))), ids);
    return List.copyOf(ids);
  }

  /** How {@link #judge} comes to its verdict. Off the data path. */
  public PolicyTrace trace(Facts facts) {
    TenantTerms terms = tenants.of(facts.caller().tenant());
    TenantTerms.Draft draft = groups.of(terms.draft, facts.caller().groups());
    List<Finding> counted = counted(terms, facts.caller(), facts.findings().list());
    return new Tracing(contents).trace(facts, terms, draft, latencyClass(draft, facts, counted), latencyRules(facts), counted,
        judge(facts));
  }

  /** Ids of the rules about urgency that match, sorted. Off the data path. */
  public List<String> latencyRules(Facts facts) {
    TenantTerms terms = tenants.of(facts.caller().tenant());
    TenantTerms.Draft draft = groups.of(terms.draft, facts.caller().groups());
    return latencyRules.matching(new ConditionFacts(facts, counted(terms, facts.caller(), facts.findings().list()), askedClass(draft, facts)));
  }

  /** Why the rule {@code id} is there, in its author's words; empty if the bundle has no such rule. */
  public Optional<String> reason(String id) {
    return contents.rules().stream().filter(rule -> rule.id().equals(id)).map(Rule::reason).findFirst();
  }

  /** The policies' own detectors, to be run beside the built-in ones. */
  public List<PolicyPattern> patterns() {
    return contents.patterns();
  }

  /** Values that detectors must not report, to be applied while the text is there. */
  public List<Exclusion> exclusions() {
    return contents.exclusions();
  }

  /** What each shadow rule would raise to, by its id. */
  public Map<String, Sensitivity> shadowRules() {
    return shadow.rules().stream().collect(java.util.stream.Collectors.toUnmodifiableMap(Rule::id, Rule::raiseTo));
  }

  /** What each enforced rule raises to, by its id. */
  public Map<String, Sensitivity> enforcedRules() {
    return enforced.rules().stream().collect(java.util.stream.Collectors.toUnmodifiableMap(Rule::id, Rule::raiseTo));
  }

  /** The rules, by id. */
  List<Rule> rules() {
    return contents.rules();
  }

  /** The rules about urgency, by id. */
  List<LatencyRule> urgencyRules() {
    return latencyRules.all();
  }

  /** The tests written in the policy files. */
  public List<PolicyCase> cases() {
    return contents.cases();
  }

  /** What the files say, part by part: to compare bundles and to explain. */
  public PolicyOutline outline() {
    return contents.outline();
  }

  /** The verdict for a tenant's requests of one sensitivity and latency class when no rule fired: one cell of the table. */
  public Verdict cell(String tenant, Sensitivity sensitivity, LatencyClass latencyClass) {
    return tenants.of(tenant).plain(sensitivity, latencyClass);
  }

  /** The regions that it names, in whatever part; empty if it binds nothing to a region. */
  public SortedSet<String> regions() {
    return tenants.regions();
  }

  /** The first day on which a part of it has expired: the files must then be compiled anew. Empty if nothing expires. */
  public Optional<LocalDate> nextExpiry() {
    return Optional.ofNullable(contents.nextExpiry());
  }

  /** Whether a rule, a shadow rule included, reads the labels that callers write in {@code metadata}. */
  public boolean readsLabels() {
    return contents.reads().contains("labels");
  }

  /** Whether a rule reads the number of messages. */
  public boolean readsMessages() {
    return contents.reads().contains("messages");
  }

  /** Whether no enforced rule need be looked at for a request without findings. */
  boolean judgesCleanRequestsAtOnce() {
    return enforced.idleWithoutFindings();
  }

  private Verdict judgement(Facts facts) {
    Caller caller = facts.caller();
    TenantTerms terms = tenants.of(caller.tenant());
    TenantTerms.Draft draft = groups.of(terms.draft, caller.groups());
    Sensitivity label = facts.sessionLabel();
    boolean labelled = label != Sensitivity.PUBLIC;
    Sensitivity claimed = facts.declared().join(draft.floor()).join(label);
    Findings findings = facts.findings();
    List<Finding> counted = counted(terms, caller, findings.list());
    LatencyClass latencyClass = latencyClass(draft, facts, counted);
    if (findings.clean() && !labelled && enforced.idleWithoutFindings()) {
      return unfired(terms, caller, claimed, latencyClass);
    }
    boolean[] fired = enforced.fire(new ConditionFacts(facts, counted, latencyClass));
    List<String> ids = new ArrayList<>();
    enforced.names(fired, ids);
    for (Trouble trouble : findings.troubles()) {
      ids.add(Troubles.idOf(trouble));
    }
    if (labelled) {
      ids.add(Troubles.SESSION);
    }
    if (ids.isEmpty()) {
      return unfired(terms, caller, claimed, latencyClass);
    }
    ids.sort(null);
    Sensitivity joined = contents.troubles().join(enforced.join(claimed.join(contents.floor()), fired), findings);
    return terms.fired(joined, latencyClass, ids);
  }

  private Verdict unfired(TenantTerms terms, Caller caller, Sensitivity claimed, LatencyClass latencyClass) {
    if (claimed == Sensitivity.PUBLIC) {
      Verdict granted = terms.granted(caller, latencyClass);
      if (granted != null) {
        return granted;
      }
    }
    return terms.plain(contents.floor().join(claimed), latencyClass);
  }

  /** What the request states, its deadline, its identity or the policy says, in this order. */
  private LatencyClass askedClass(TenantTerms.Draft draft, Facts facts) {
    return contents.latency().classOf(facts.latencyWish(), facts.timeLeftNanos(), draft.latencyDefault(), draft.latencyCap());
  }

  private LatencyClass latencyClass(TenantTerms.Draft draft, Facts facts, List<Finding> counted) {
    LatencyClass asked = askedClass(draft, facts);
    if (latencyRules.isEmpty()) {
      return asked;
    }
    LatencyClass given = latencyRules.classOf(new ConditionFacts(facts, counted, asked));
    return given == null ? asked : contents.latency().capped(given, draft.latencyCap());
  }

  private static List<Finding> counted(TenantTerms terms, Caller caller, List<Finding> findings) {
    if (terms.waivers.isEmpty() || findings.isEmpty()) {
      return findings;
    }
    List<Finding> left = new ArrayList<>(findings);
    for (Waiver waiver : terms.waivers) {
      if (waiver.covers(caller)) {
        left.removeIf(finding -> waiver.types().contains(finding.type()));
      }
    }
    return left;
  }
}
