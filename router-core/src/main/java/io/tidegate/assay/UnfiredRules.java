package io.tidegate.assay;

import io.tidegate.classify.Classifier;
import io.tidegate.decide.Decider;
import io.tidegate.model.Findings;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Problem;
import io.tidegate.policy.Facts;
import io.tidegate.policy.PolicyBundle;
import io.tidegate.policy.PolicyCase;
import io.tidegate.policy.PolicyReview;
import io.tidegate.wire.JsonException;
import io.tidegate.yaml.YamlPosition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Rules, shadow rules, rules about urgency and grants that no test of the policy fires: nobody has seen them work. */
final class UnfiredRules {
  private UnfiredRules() {}

  /** @param classifier with the bundle's own detectors, see {@link PolicyDetectors#with} */
  static List<Problem> of(Map<String, byte[]> files, PolicyBundle bundle, Classifier classifier) {
    Map<String, YamlPosition> places = PolicyReview.rulePlaces(files);
    Set<String> silent = new TreeSet<>(places.keySet());
    for (PolicyCase test : bundle.cases()) {
      try {
        ModelRequest request = CaseRequest.of(test);
        Classifier.Scan scan = classifier.begin(request);
        while (!scan.run(Long.MAX_VALUE)) {
          // A scan ends by its own budget.
        }
        Findings findings = scan.findings();
        Decider decider = new Decider(bundle, test.region());
        Facts facts = decider.facts(request, findings, test.now());
        decider.decide(request, findings, test.now()).rules().forEach(silent::remove);
        bundle.shadow(facts).forEach(silent::remove);
        bundle.latencyRules(facts).forEach(silent::remove);
      } catch (JsonException e) {
        // Not strict JSON: the test itself fails, and says so.
        continue;
      }
    }
    List<Problem> found = new ArrayList<>();
    silent.forEach(id -> found.add(java.util.Objects.requireNonNull(places.get(id)).problem("no test fires '" + id + "'",
        "add a test that does, so that a change cannot break it unnoticed")));
    found.sort(Comparator.comparing(Problem::file).thenComparingInt(Problem::line).thenComparingInt(Problem::column));
    return found;
  }
}
