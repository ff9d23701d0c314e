package io.tidegate.assay;

import io.tidegate.assay.world.RehearsalPorts;
import io.tidegate.classify.Classifier;
import io.tidegate.decide.Decider;
import io.tidegate.decide.Decision;
import io.tidegate.line.Rules;
import io.tidegate.model.Finding;
import io.tidegate.model.Findings;
import io.tidegate.model.ModelRequest;
import io.tidegate.policy.PolicyBundle;
import io.tidegate.policy.PolicyCase;
import io.tidegate.time.Pace;
import io.tidegate.wire.JsonException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Runs the tests that stand in policy files, through the daemon's own classifier and decider. */
public final class PolicyTests {
  private PolicyTests() {}

  /**
   * How one test went.
   *
   * @param failures in words; empty if it passed. They name rules, types and detectors, never text (G3)
   * @param fired rules, shadow rules and grants that fired
   */
  public record Outcome(PolicyCase test, List<String> failures, Set<String> fired) {
    public Outcome {
      failures = List.copyOf(failures);
      fired = Set.copyOf(fired);
    }

    public boolean passed() {
      return failures.isEmpty();
    }
  }

  /**
   * Runs every test of {@code bundle}.
   *
   * @param classifier with the bundle's own detectors, see {@link PolicyDetectors#with}
   * @param ports for the tests that walk a request to its end
   * @param pace asked before each test
   */
  public static List<Outcome> run(PolicyBundle bundle, Classifier classifier, RehearsalPorts ports, Pace pace) {
    List<Outcome> outcomes = new ArrayList<>();
    for (PolicyCase test : bundle.cases()) {
      pace.step();
      Set<String> fired = new TreeSet<>();
      List<String> failures = failures(test, bundle, classifier, ports, fired);
      outcomes.add(new Outcome(test, failures, fired));
    }
    return outcomes;
  }

  private static List<String> failures(PolicyCase test, PolicyBundle bundle, Classifier classifier, RehearsalPorts ports, Set<String> fired) {
    ModelRequest request;
    try {
      request = CaseRequest.of(test);
    } catch (JsonException e) {
      return List.of("its body is not strict JSON: " + e.getMessage());
    }
    Classifier.Scan scan = classifier.begin(request);
    while (!scan.run(Long.MAX_VALUE)) {
      // A scan ends by its own budget.
    }
    Findings findings = scan.findings();
    Decider decider = new Decider(bundle, test.region());
    Decision decision = decider.decide(request, findings, test.now());
    List<String> failures = new ArrayList<>();
    PolicyCase.Expected expected = test.expected();
    compare("sensitivity", expected.sensitivity(), decision.sensitivity(), failures);
    compareSets("rules", expected.rules(), decision.rules(), failures);
    List<String> shadow = bundle.shadow(decider.facts(request, findings, test.now()));
    compareSets("shadow rules", expected.shadow(), shadow, failures);
    fired.addAll(decision.rules());
    fired.addAll(shadow);
    compare("latency class", expected.latencyClass(), decision.latencyClass(), failures);
    if (expected.route() != null && !expected.route().equals(decision.route())) {
      failures.add("route is " + words(decision.route()) + ", expected " + words(expected.route()));
    }
    if (test.walks()) {
      failures.addAll(CaseWalk.failures(test, request, new Rules(classifier, decider), ports));
    }
    if (!failures.isEmpty()) {
      failures.add("seen: " + seen(findings));
    }
    return failures;
  }

  private static void compare(String what, @Nullable Enum<?> expected, Enum<?> actual, List<String> failures) {
    if (expected != null && expected != actual) {
      failures.add(what + " is " + word(actual) + ", expected " + word(expected));
    }
  }

  private static void compareSets(String what, @Nullable List<String> expected, List<String> actual, List<String> failures) {
    if (expected == null) {
      return;
    }
    List<String> missing = expected.stream().filter(id -> !actual.contains(id)).sorted().distinct().toList();
    List<String> surplus = actual.stream().filter(id -> !expected.contains(id)).toList();
    if (!missing.isEmpty()) {
      failures.add(what + " that did not fire: " + String.join(", ", missing));
    }
    if (!surplus.isEmpty()) {
      failures.add(what + " that should not have fired: " + String.join(", ", surplus));
    }
  }

  private static String seen(Findings findings) {
    String list = findings.list().stream().limit(20).map(PolicyTests::seen).collect(Collectors.joining("; "));
    String troubles = findings.troubles().stream().map(PolicyTests::word).sorted().collect(Collectors.joining(", "));
    return (list.isEmpty() ? "no findings" : list) + (troubles.isEmpty() ? "" : "; troubles: " + troubles);
  }

  private static String seen(Finding finding) {
    return finding.type() + " " + word(finding.likelihood()) + " by " + finding.detector();
  }

  private static String words(Collection<? extends Enum<?>> constants) {
    return constants.isEmpty() ? "nowhere" : constants.stream().map(PolicyTests::word).collect(Collectors.joining(", "));
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
