package io.tidegate.policy;

import io.tidegate.model.Finding;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Likelihood;
import io.tidegate.model.Sensitivity;
import io.tidegate.policy.PolicyTrace.Join;
import io.tidegate.policy.PolicyTrace.Reading;
import io.tidegate.policy.PolicyTrace.RuleLook;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Goes the way of a judgement again and writes down what it sees. Off the data path, so nothing here is made to be fast. */
final class Tracing {
  private static final Set<String> CALLERS_TEXT = Set.of("model", "labels");

  private final PolicyBundle.Contents contents;
  private final List<Join> joins = new ArrayList<>();
  private Sensitivity joined = Sensitivity.PUBLIC;

  Tracing(PolicyBundle.Contents contents) {
    this.contents = contents;
  }

  /** @param verdict what the bundle really said: the steps are told, not trusted */
  PolicyTrace trace(Facts facts, TenantTerms terms, TenantTerms.Draft draft, LatencyClass latencyClass, List<String> urgency,
      List<Finding> counted, Verdict verdict) {
    join("floor", contents.floor());
    if (facts.declared() != Sensitivity.PUBLIC) {
      join("declared by the caller", facts.declared());
    }
    if (draft.floor() != Sensitivity.PUBLIC) {
      join("floor of the tenant or its groups", draft.floor());
    }
    if (facts.sessionLabel() != Sensitivity.PUBLIC) {
      join("label of the session", facts.sessionLabel());
    }
    ConditionFacts view = new ConditionFacts(facts, counted, latencyClass);
    List<RuleLook> looks = new ArrayList<>();
    for (Rule rule : contents.rules().stream().sorted(Comparator.comparing(Rule::id)).toList()) {
      RuleLook look = look(rule, view);
      looks.add(look);
      if (look.matched() && !look.shadow()) {
        join("rule " + look.id(), look.raiseTo());
      }
    }
    facts.findings().troubles().stream().sorted().forEach(trouble -> join("trouble " + trouble, contents.troubles().of(trouble)));
    if (verdict.sensitivity() == Sensitivity.PUBLIC && joined != Sensitivity.PUBLIC) {
      joined = Sensitivity.PUBLIC;
      joins.add(new Join("grant " + String.join(", ", verdict.rules()), Sensitivity.PUBLIC, Sensitivity.PUBLIC));
    } else if (verdict.sensitivity() != joined) {
      // judge() answers RESTRICTED where it cannot go on; nothing else may differ.
      joins.add(new Join("what could not be judged", verdict.sensitivity(), verdict.sensitivity()));
    }
    return new PolicyTrace(verdict, joins, looks, waived(facts, terms), latency(facts, draft, urgency, verdict.latencyClass()));
  }

  private void join(String by, Sensitivity says) {
    joined = joined.join(says);
    joins.add(new Join(by, says, joined));
  }

  private static RuleLook look(Rule rule, ConditionFacts view) {
    FindingRules.Ask ask = rule.ask();
    Condition condition = rule.condition();
    return ask != null ? counted(rule, ask, view.findings) : evaluated(rule, java.util.Objects.requireNonNull(condition), view);
  }

  private static RuleLook counted(Rule rule, FindingRules.Ask ask, List<Finding> findings) {
    Map<String, Integer> seen = new TreeMap<>();
    Set<String> types = new TreeSet<>();
    int count = 0;
    for (Finding finding : findings) {
      if (ask.types().contains(finding.type())) {
        seen.merge(finding.type() + " " + finding.likelihood(), 1, Integer::sum);
        if (finding.likelihood().compareTo(ask.minLikelihood()) >= 0) {
          count++;
          types.add(finding.type());
        }
      }
    }
    boolean matched = count >= ask.minCount() && types.size() >= ask.minDistinct();
    String needs = (ask.minCount() == 1 ? "one" : ask.minCount()) + " of " + String.join(", ", ask.types()) + " at " + ask.minLikelihood()
        + (ask.minLikelihood() == Likelihood.VERY_LIKELY ? "" : " or above") + (ask.minDistinct() > 1 ? ", " + ask.minDistinct() + " different types" : "");
    List<Reading> readings = new ArrayList<>();
    seen.forEach((what, many) -> readings.add(new Reading(what, Integer.toString(many), false)));
    readings.add(new Reading("counted", count + (ask.minDistinct() > 1 ? " of " + types.size() + " types" : ""), false));
    return new RuleLook(rule.id(), rule.reason(), rule.shadow(), rule.raiseTo(), matched, false, !matched && !seen.isEmpty(), needs, readings);
  }

  private static RuleLook evaluated(Rule rule, Condition condition, ConditionFacts view) {
    boolean matched;
    boolean erred = false;
    try {
      matched = condition.holds(view);
    } catch (Exception | StackOverflowError | LinkageError | AssertionError e) {
      matched = true;
      erred = true;
    }
    List<Reading> readings = new ArrayList<>();
    boolean findings = condition.source().contains(CelVocabulary.FINDINGS);
    if (findings) {
      Map<String, Integer> seen = new TreeMap<>();
      view.findings.forEach(finding -> seen.merge(finding.type() + " " + finding.likelihood() + " by " + finding.detector(), 1, Integer::sum));
      readings.add(new Reading(CelVocabulary.FINDINGS, seen.isEmpty() ? "none" : String.join("; ", seen.entrySet().stream()
          .map(entry -> entry.getValue() + " × " + entry.getKey()).toList()), false));
    }
    for (String name : new TreeSet<>(condition.reads())) {
      readings.add(new Reading(name, value(name, view), CALLERS_TEXT.contains(name)));
    }
    boolean near = !matched && (findings ? !view.findings.isEmpty() : true);
    return new RuleLook(rule.id(), rule.reason(), rule.shadow(), rule.raiseTo(), matched, erred, near, condition.source(), readings);
  }

  /** Numbers that stand for words are shown as the words. */
  private static String value(String name, ConditionFacts view) {
    return switch (name) {
      case "declared" -> view.facts.declared().name();
      case "latency" -> view.latencyClass.name();
      default -> String.valueOf(CelVocabulary.value(name, view));
    };
  }

  private static List<String> waived(Facts facts, TenantTerms terms) {
    List<String> waived = new ArrayList<>();
    List<Finding> left = new ArrayList<>(facts.findings().list());
    for (Waiver waiver : terms.waivers) {
      if (waiver.covers(facts.caller())) {
        Map<String, Integer> gone = new TreeMap<>();
        left.stream().filter(finding -> waiver.types().contains(finding.type())).forEach(finding -> gone.merge(finding.type(), 1, Integer::sum));
        left.removeIf(finding -> waiver.types().contains(finding.type()));
        gone.forEach((type, many) -> waived.add(waiver.id() + ": " + type + ", " + many));
      }
    }
    return waived;
  }

  private String latency(Facts facts, TenantTerms.Draft draft, List<String> urgency, LatencyClass found) {
    LatencyTerms latency = contents.latency();
    LatencyClass tenantDefault = draft.latencyDefault();
    if (!urgency.isEmpty()) {
      return found + ": by rule " + String.join(", ", urgency);
    }
    LatencyClass wanted;
    String why;
    if (facts.latencyWish() != null) {
      wanted = facts.latencyWish();
      why = "stated by the caller";
    } else if (facts.timeLeftNanos() > 0 && facts.timeLeftNanos() <= latency.interactiveDeadlineNanos()) {
      wanted = LatencyClass.INTERACTIVE;
      why = "a deadline of " + facts.timeLeftNanos() / 1_000_000 + " ms, at most " + latency.interactiveDeadlineNanos() / 1_000_000 + " ms";
    } else if (tenantDefault != null) {
      wanted = tenantDefault;
      why = "that of the tenant or its groups";
    } else {
      wanted = latency.ifNothingSays();
      why = "the default";
    }
    return found + ": " + (found == wanted ? why : why + " (" + wanted + "), held back: the most urgent is " + latency.mostUrgent()
        + (draft.latencyCap() != LatencyClass.INTERACTIVE ? ", for this tenant or its groups " + draft.latencyCap() : ""));
  }
}
