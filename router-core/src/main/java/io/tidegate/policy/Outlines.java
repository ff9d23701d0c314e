package io.tidegate.policy;

import io.tidegate.model.Likelihood;
import io.tidegate.model.Sensitivity;
import io.tidegate.policy.PolicyFile.DetectorDraft;
import io.tidegate.policy.PolicyFile.Setting;
import io.tidegate.policy.PolicyFile.Terms;
import io.tidegate.policy.PolicyOutline.DetectorPart;
import io.tidegate.policy.PolicyOutline.Kind;
import io.tidegate.policy.PolicyOutline.LoweringPart;
import io.tidegate.policy.PolicyOutline.RulePart;
import io.tidegate.policy.PolicyOutline.TenantPart;
import io.tidegate.policy.PolicyOutline.UrgencyPart;
import io.tidegate.yaml.YamlText;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Draws a bundle's outline while its files are at hand: judging keeps only what it needs of them. */
final class Outlines {
  private static final Terms NO_TERMS = new Terms(List.of(), TermIndex.Match.WORD);

  private final List<PolicyFile> files;
  private final Map<String, Setting<Terms>> lists;

  Outlines(List<PolicyFile> files, Map<String, Setting<Terms>> lists) {
    this.files = files;
    this.lists = lists;
  }

  PolicyOutline outline(List<Rule> rules, List<LatencyRule> urgency, List<Exclusion> exclusions, List<Waiver> waivers, List<Grant> grants, Sensitivity floor, Troubles troubles,
      LatencyTerms latency) {
    List<LoweringPart> lowerings = lowerings(exclusions, waivers, grants);
    SortedSet<String> tenants = new TreeSet<>();
    SortedSet<String> callers = new TreeSet<>();
    lowerings.forEach(part -> {
      tenants.addAll(part.tenants());
      callers.addAll(part.callers());
    });
    Map<String, LocalDate> expires = new TreeMap<>();
    Map<String, TenantPart> terms = new TreeMap<>();
    Map<String, TenantPart> groups = new TreeMap<>();
    SortedSet<String> types = new TreeSet<>();
    List<DetectorPart> detectors = new ArrayList<>();
    for (PolicyFile file : files) {
      LocalDate lastDay = file.expires;
      if (lastDay != null) {
        expires.put(file.name, lastDay);
      }
      file.types.forEach(type -> types.add(type.text()));
      file.detectors.forEach(draft -> detectors.add(detector(draft)));
      file.tenants.forEach((name, draft) -> terms.put(name, terms(draft.value())));
      file.groups.forEach((name, draft) -> groups.put(name, terms(draft.value())));
      if (file.cache != null) {
        tenants.addAll(file.cache.value().groupOf().keySet());
      }
    }
    tenants.addAll(terms.keySet());
    detectors.sort(Comparator.comparing(DetectorPart::id));
    return new PolicyOutline(rules.stream().map(Outlines::rule).sorted(Comparator.comparing(RulePart::id)).toList(), List.copyOf(detectors), lowerings,
        Map.copyOf(expires), sorted(types), sorted(tenants), sorted(callers), Collections.unmodifiableMap(terms), Collections.unmodifiableMap(groups),
        urgency.stream().map(rule -> new UrgencyPart(rule.id(), rule.condition().source(), rule.latencyClass(), sorted(rule.condition().reads())))
            .sorted(Comparator.comparing(UrgencyPart::id)).toList(), floor, troubles.unscannable(),
        troubles.opaque(), latency.interactiveDeadlineNanos());
  }

  private static TenantPart terms(TenantTerms.Draft draft) {
    return new TenantPart(draft.floor(), draft.latencyDefault(), draft.latencyCap());
  }

  private static List<LoweringPart> lowerings(List<Exclusion> exclusions, List<Waiver> waivers, List<Grant> grants) {
    List<LoweringPart> parts = new ArrayList<>();
    exclusions.forEach(part -> parts.add(new LoweringPart(Kind.EXCLUSION, part.id(), part.detector(), part.values(), Set.of(), Set.of(), Set.of(), part.owner(),
        part.expires())));
    waivers.forEach(part -> parts.add(new LoweringPart(Kind.IDENTITY_EXCLUSION, part.id(), "", part.types(), part.tenants(), part.callers(), part.groups(), part.owner(),
        part.expires())));
    grants.forEach(part -> parts.add(new LoweringPart(Kind.GRANT, part.id(), "", Set.of(), part.tenants(), part.callers(), part.groups(), part.owner(),
        part.expires())));
    parts.sort(Comparator.comparing(LoweringPart::kind).thenComparing(LoweringPart::id));
    return List.copyOf(parts);
  }

  private DetectorPart detector(DetectorDraft draft) {
    YamlText regex = draft.regex();
    YamlText list = draft.list();
    Setting<Terms> found = list == null ? null : lists.get(list.text());
    Terms terms = found == null ? NO_TERMS : found.value();
    return new DetectorPart(draft.id(), draft.type(), regex == null ? "" : regex.text(), Set.copyOf(terms.terms()), terms.match().name().toLowerCase(Locale.ROOT),
        Set.copyOf(draft.context()), draft.window(), draft.likelihood(), draft.withoutContext());
  }

  private static RulePart rule(Rule rule) {
    FindingRules.Ask ask = rule.ask();
    Condition condition = rule.condition();
    if (ask != null) {
      return new RulePart(rule.id(), rule.raiseTo(), rule.reason(), rule.shadow(), sorted(ask.types()), ask.minLikelihood(), ask.minCount(),
          ask.minDistinct(), "", sorted(Set.of()), true);
    }
    if (condition == null) {
      throw new IllegalStateException("a rule without types and condition");
    }
    return new RulePart(rule.id(), rule.raiseTo(), rule.reason(), rule.shadow(), sorted(Set.of()), Likelihood.LIKELY, 1, 1, condition.source(),
        sorted(condition.reads()), condition.monotone());
  }

  private static SortedSet<String> sorted(Collection<String> names) {
    return Collections.unmodifiableSortedSet(new TreeSet<>(names));
  }
}
