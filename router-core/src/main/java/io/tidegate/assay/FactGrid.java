package io.tidegate.assay;

import io.tidegate.model.Caller;
import io.tidegate.model.Finding;
import io.tidegate.model.Findings;
import io.tidegate.model.Findings.Trouble;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Likelihood;
import io.tidegate.model.Operation;
import io.tidegate.model.Sensitivity;
import io.tidegate.policy.Facts;
import io.tidegate.policy.PolicyOutline;
import io.tidegate.policy.PolicyOutline.RulePart;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Facts about requests, enumerated around everything that some policies name: their types at every likelihood and around every count, their identities, numbers
 * and words. A sample to show what a change does, not a proof: words in a condition that this class does not understand are no problem, but what
 * they decide may be missing.
 */
final class FactGrid {
  private static final Pattern WORD = Pattern.compile("'([^'\\\\]{1,80})'|\"([^\"\\\\]{1,80})\"");
  private static final Pattern NUMBER = Pattern.compile("(?<![\\w.])(\\d{1,9})(?![\\w.])");
  private static final int MOST_WORDS = 24;
  private static final int MOST_IDENTITIES = 16;
  private static final int MOST_FINDINGS = 200;

  /** Size of a body unless a rule asks for others. */
  static final int USUAL_BYTES = 1_000;

  /** Where it is no matter, a Monday at noon. */
  private static final Instant NOON = Instant.parse("2026-01-05T12:00:00Z");

  private final List<RulePart> rules = new ArrayList<>();
  private final SortedSet<String> types = new TreeSet<>(Set.of("NOT_NAMED"));
  private final SortedSet<Integer> counts = new TreeSet<>(Set.of(1));
  private final SortedSet<String> words = new TreeSet<>();
  private final SortedSet<Integer> numbers = new TreeSet<>(Set.of(USUAL_BYTES));
  private final Set<Caller> identities = new LinkedHashSet<>(List.of(Caller.DEFAULT));

  FactGrid(Collection<PolicyOutline> outlines) {
    SortedSet<String> tenants = new TreeSet<>();
    SortedSet<String> callers = new TreeSet<>(Set.of(Caller.DEFAULT.name()));
    SortedSet<String> groups = new TreeSet<>();
    for (PolicyOutline outline : outlines) {
      outline.rules().forEach(this::rule);
      outline.detectors().forEach(detector -> types.add(detector.type()));
      types.addAll(outline.types());
      tenants.addAll(outline.tenants());
      callers.addAll(outline.callers());
      groups.addAll(outline.groups().keySet());
      outline.lowerings().forEach(part -> groups.addAll(part.groups()));
      outline.urgency().forEach(rule -> words(rule.when()));
    }
    groups.forEach(group -> identities.add(new Caller(Caller.DEFAULT.tenant(), Caller.DEFAULT.name(), Set.of(group))));
    tenants.forEach(tenant -> groups.forEach(group -> identities.add(new Caller(tenant, Caller.DEFAULT.name(), Set.of(group)))));
    for (String caller : callers) {
      identities.add(new Caller(Caller.DEFAULT.tenant(), caller));
    }
    for (String tenant : tenants) {
      callers.forEach(caller -> identities.add(new Caller(tenant, caller)));
    }
  }

  private void rule(RulePart rule) {
    rules.add(rule);
    types.addAll(rule.types());
    if (rule.count() <= MOST_FINDINGS) {
      counts.add(rule.count());
      counts.add(Math.max(1, rule.count() - 1));
    }
    words(rule.when());
  }

  private void words(String condition) {
    Matcher word = WORD.matcher(condition);
    while (word.find() && words.size() < MOST_WORDS) {
      String text = word.group(1) != null ? word.group(1) : word.group(2);
      (text.matches("[A-Z][A-Z0-9_]*") ? types : words).add(text);
    }
    Matcher number = NUMBER.matcher(condition);
    while (number.find() && numbers.size() < MOST_WORDS) {
      int value = Integer.parseInt(number.group(1));
      numbers.addAll(List.of(Math.max(0, value - 1), value, value + 1));
    }
  }

  /** Shows every combination to {@code to}. */
  void each(Consumer<Facts> to) {
    List<Findings> telling = telling();
    List<Caller> who = identities.stream().limit(MOST_IDENTITIES).toList();
    for (Findings findings : telling) {
      for (Caller caller : who) {
        for (Sensitivity declared : Sensitivity.values()) {
          to.accept(facts(findings, caller, declared, null, 0));
          to.accept(facts(findings, caller, declared, null, 1_000_000_000L));
          for (LatencyClass wish : LatencyClass.values()) {
            to.accept(facts(findings, caller, declared, wish, 0));
          }
        }
      }
    }
    for (Findings findings : single()) {
      who.forEach(caller -> to.accept(facts(findings, caller, Sensitivity.PUBLIC, null, 0)));
    }
    // Identities past the bound above still meet the rules at their plainest.
    identities.stream().skip(MOST_IDENTITIES).forEach(caller -> to.accept(facts(Findings.NONE, caller, Sensitivity.PUBLIC, null, 0)));
    for (Findings findings : telling.subList(0, Math.min(2, telling.size()))) {
      scalars(findings, to);
    }
  }

  private void scalars(Findings findings, Consumer<Facts> to) {
    for (Operation operation : Operation.values()) {
      for (int number : numbers) {
        for (int bits = 0; bits < 4; bits++) {
          to.accept(new Facts(findings, Caller.DEFAULT, operation, "auto", (bits & 1) != 0, (bits & 2) != 0, Sensitivity.PUBLIC, null,
              number * 1_000_000L, number, number, Map.of(), "", NOON));
        }
      }
    }
    for (String word : words) {
      for (Caller caller : List.of(Caller.DEFAULT, new Caller(word, word), new Caller(Caller.DEFAULT.tenant(), word, Set.of(word)))) {
        to.accept(new Facts(findings, caller, Operation.CHAT, word, false, false, Sensitivity.PUBLIC, null, 0, USUAL_BYTES, 1, Map.of(word, word), word, NOON));
        to.accept(new Facts(findings, caller, Operation.CHAT, "auto", false, false, Sensitivity.PUBLIC, null, 0, USUAL_BYTES, 1, Map.of(), "", NOON));
      }
    }
    for (int hour = 0; hour < 7 * 24; hour += 3) {
      to.accept(new Facts(findings, Caller.DEFAULT, Operation.CHAT, "auto", false, false, Sensitivity.PUBLIC, null, 0, USUAL_BYTES, 1, Map.of(), "",
          NOON.plusSeconds(3_600L * hour)));
    }
  }

  /** Nothing, all that can be found, each trouble, and for each rule what just makes it match and what just does not. */
  private List<Findings> telling() {
    List<Findings> telling = new ArrayList<>();
    telling.add(Findings.NONE);
    telling.add(new Findings(types.stream().map(type -> finding(type, Likelihood.VERY_LIKELY)).toList(), Set.of()));
    for (Trouble trouble : Trouble.values()) {
      telling.add(new Findings(List.of(), EnumSet.of(trouble)));
    }
    Set<List<Finding>> seen = new LinkedHashSet<>();
    for (RulePart rule : rules) {
      if (!rule.types().isEmpty() && rule.count() <= MOST_FINDINGS) {
        int needed = Math.max(rule.count(), rule.distinct());
        seen.add(some(rule, needed, rule.likelihood()));
        if (needed > 1) {
          seen.add(some(rule, needed - 1, rule.likelihood()));
        }
        if (rule.likelihood() != Likelihood.VERY_UNLIKELY) {
          seen.add(some(rule, needed, Likelihood.values()[rule.likelihood().ordinal() - 1]));
        }
      }
    }
    seen.forEach(list -> telling.add(new Findings(list, Set.of())));
    return telling;
  }

  private static List<Finding> some(RulePart rule, int count, Likelihood likelihood) {
    List<String> names = List.copyOf(rule.types());
    List<Finding> list = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      list.add(finding(names.get(Math.min(i % rule.distinct(), names.size() - 1)), likelihood));
    }
    return list;
  }

  /** Each type by itself at each likelihood, as often as some rule asks for. */
  private List<Findings> single() {
    List<Findings> single = new ArrayList<>();
    for (String type : types) {
      for (Likelihood likelihood : Likelihood.values()) {
        for (int count : counts) {
          single.add(new Findings(java.util.Collections.nCopies(count, finding(type, likelihood)), Set.of()));
        }
      }
    }
    return single;
  }

  private static Finding finding(String type, Likelihood likelihood) {
    return new Finding(type, -1, -1, -1, likelihood, "grid");
  }

  private static Facts facts(Findings findings, Caller caller, Sensitivity declared, @Nullable LatencyClass wish, long timeLeftNanos) {
    return new Facts(findings, caller, Operation.CHAT, "auto", false, false, declared, wish, timeLeftNanos, USUAL_BYTES, 1, Map.of(), "", NOON);
  }
}
