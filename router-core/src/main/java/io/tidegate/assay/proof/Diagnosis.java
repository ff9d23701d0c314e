package io.tidegate.assay.proof;

import io.tidegate.assay.proof.PolicySources.ExclusionText;
import io.tidegate.assay.proof.PolicySources.RuleText;
import io.tidegate.decide.Decision;
import io.tidegate.model.Findings.Trouble;
import io.tidegate.model.Likelihood;
import io.tidegate.model.Sensitivity;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Finds the line of the policy that lets something through, and says what to change. A guess for people: the leak is proven without it. */
final class Diagnosis {
  private final PolicySources sources;

  Diagnosis(PolicySources sources) {
    this.sources = sources;
  }

  /** A cause and what to do about it. */
  record Finding(String cause, String fix) {}

  Finding of(Violation violation, Ask ask, Decision decision) {
    return switch (violation) {
      case WIDENED -> new Finding("'floor' is public" + at("floor"), "write 'floor: internal', and a grant for each identity whose requests are PUBLIC; or run "
          + "with --accept floor-public");
      case OTHER_TENANT -> new Finding("the cache partition of " + decision.sensitivity() + " is shared (" + decision.cacheRights().sharingGroup() + ")"
          + at("cache"), "share PUBLIC answers only, between tenants of one group");
      case CACHED -> decision.sensitivity() == Sensitivity.RESTRICTED
          ? new Finding("answers to RESTRICTED requests may be stored" + at("cache"), "remove 'store: true' from 'cache.restricted'")
          : tooLow(ask, decision);
      case UNRECORDED -> new Finding("the line sent before the record was written", "this is a defect of the router: report it");
      case OTHER_REGION -> decision.sensitivity().compareTo(ask.content().least()) >= 0
          ? new Finding("the line sent to a region that is not permitted", "this is a defect of the router: report it") : tooLow(ask, decision);
      case DEFECT, NOT_ONE_ANSWER -> new Finding("the line did not end the request as it must", "this is a defect of the router: report it");
      case HELD_BACK, RESTRICTED_LEFT, CONFIDENTIAL_LEFT ->
          decision.sensitivity().compareTo(ask.content().least()) >= 0 ? openRoute(decision) : tooLow(ask, decision);
    };
  }

  /** It was rightly judged, and the route lets it out all the same. */
  private Finding openRoute(Decision decision) {
    String sensitivity = word(decision.sensitivity());
    String cell = "routes." + sensitivity + "." + word(decision.latencyClass());
    if (decision.opens(io.tidegate.model.Zone.PUBLIC)) {
      return new Finding("the route for " + sensitivity + ", " + word(decision.latencyClass()) + at(cell) + " names 'public', and the egress list of public"
          + at("egress.public") + " allows " + sensitivity, "take 'public' out of " + cell + " and '" + sensitivity + "' out of egress.public");
    }
    return new Finding("the decision opens no PUBLIC zone; something after it did", "this is a defect of the router: report it");
  }

  /** The bundle thinks too little of the content. */
  private Finding tooLow(Ask ask, Decision decision) {
    ContentKind content = ask.content();
    Trouble trouble = content.trouble();
    if (trouble == Trouble.UNSCANNABLE || trouble == Trouble.OPAQUE) {
      String key = word(trouble);
      return new Finding("'" + key + "' means " + word(decision.sensitivity()) + " here" + at(key), "write '" + key + ": restricted'"
          + (trouble == Trouble.UNSCANNABLE ? ", or run with --accept unscannable" : ""));
    }
    String type = content.type();
    if (type == null) {
      return new Finding("the decision is " + decision.sensitivity() + " though the content is " + content.least(), "this is a defect of the router: report it");
    }
    Optional<ExclusionText> exclusion = sources.exclusions().stream().filter(each -> each.covers(ask.caller()) && each.types().contains(type)).findFirst();
    if (exclusion.isPresent()) {
      return new Finding("the exclusion '" + exclusion.get().id() + "' (" + exclusion.get().place() + ") drops such findings of this identity",
          "take " + type + " and what else is restricted out of it; or, if that is meant, run with --accept exclusion:" + exclusion.get().id());
    }
    return byRules(type, content, decision);
  }

  private Finding byRules(String type, ContentKind content, Decision decision) {
    List<String> causes = new ArrayList<>();
    String fix = "add 'types: [" + type + "], raiseTo: restricted' as a rule";
    for (RuleText rule : sources.rules()) {
      String when = rule.when();
      boolean about = rule.types().contains(type) || when != null && when.contains("'" + type + "'");
      if (!about) {
        continue;
      }
      String name = "rule '" + rule.id() + "' (" + rule.place() + ") ";
      if (rule.shadow()) {
        causes.add(name + "is in shadow and raises nothing");
        fix = "remove 'mode: shadow' from '" + rule.id() + "'";
      } else if (decision.rules().contains(rule.id())) {
        causes.add(name + "fires, and raises to " + rule.raiseTo() + " only");
        fix = "write 'raiseTo: restricted' in '" + rule.id() + "'";
      } else if (when != null) {
        causes.add(name + "does not hold here: " + when);
        fix = "let the condition of '" + rule.id() + "' hold for every request with " + type + ", or name the type in a rule without condition";
      } else if (content.found().isEmpty() && rule.count() == 1 && rule.distinct() == 1 && rule.likelihood() == Likelihood.LIKELY) {
        causes.add(name + "would fire, but no detector reports the value");
        fix = "look at the exclusions of values, and at the detectors that are there";
      } else {
        causes.add(name + "asks for more: " + demands(rule));
        fix = "let '" + rule.id() + "' ask for one finding at 'likelihood: likely'";
      }
    }
    String cause = causes.isEmpty() ? "no rule names " + type : String.join("; ", causes);
    return new Finding(cause, fix);
  }

  private static String demands(RuleText rule) {
    List<String> demands = new ArrayList<>();
    demands.add("likelihood " + word(rule.likelihood()));
    if (rule.count() > 1) {
      demands.add("at least " + rule.count() + " findings");
    }
    if (rule.distinct() > 1) {
      demands.add("at least " + rule.distinct() + " different types");
    }
    return String.join(", ", demands);
  }

  private String at(String part) {
    return sources.place(part).map(place -> " (" + place + ")").orElse("");
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
