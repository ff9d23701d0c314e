package io.tidegate.assay;

import io.tidegate.classify.Classifier;
import io.tidegate.classify.Detector;
import io.tidegate.classify.TextView;
import io.tidegate.model.Problem;
import io.tidegate.policy.Exclusion;
import io.tidegate.policy.PolicyBundle;
import io.tidegate.policy.PolicyPattern;
import io.tidegate.yaml.Suggestion;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What a bundle adds to detection, in the classifier's form: its own patterns as detectors, and its exclusions around the detectors they name.
 */
public final class PolicyDetectors {
  private PolicyDetectors() {}

  /** {@code builtIn} and the bundle's patterns, all with the bundle's exclusions applied: the detectors for the classifier of this bundle. */
  public static List<Detector> with(List<Detector> builtIn, PolicyBundle bundle) {
    List<Detector> all = new ArrayList<>(builtIn);
    for (PolicyPattern pattern : bundle.patterns()) {
      all.add(new PatternDetector(pattern));
    }
    all.replaceAll(detector -> {
      List<Exclusion> own = bundle.exclusions().stream().filter(exclusion -> exclusion.detector().equals(detector.id())).toList();
      return own.isEmpty() ? detector
          : Classifier.excluding(detector, (text, start, end) -> own.stream().noneMatch(exclusion -> exclusion.drops(detector.id(), text, start, end)));
    });
    return List.copyOf(all);
  }

  /** Exclusions that name a detector which is not there, and patterns that take a built-in detector's id: mistakes that need both sides to see. */
  public static List<Problem> mismatches(List<Detector> builtIn, PolicyBundle bundle) {
    Set<String> ids = builtIn.stream().map(Detector::id).collect(Collectors.toCollection(TreeSet::new));
    List<Problem> problems = new ArrayList<>();
    for (PolicyPattern pattern : bundle.patterns()) {
      if (!ids.add(pattern.id())) {
        problems.add(pattern.position().problem("the detector id '" + pattern.id() + "' is taken by a built-in detector", "choose another id"));
      }
    }
    for (Exclusion exclusion : bundle.exclusions()) {
      if (!ids.contains(exclusion.detector())) {
        problems.add(exclusion.position().problem("the exclusion '" + exclusion.id() + "' names a detector that does not exist",
            Suggestion.near(exclusion.detector(), ids).map(word -> "did you mean '" + word + "'?")
                .orElse("detectors are: " + String.join(", ", ids))));
      }
    }
    return problems;
  }

  private record PatternDetector(PolicyPattern pattern) implements Detector {
    @Override
    public String id() {
      return pattern.id();
    }

    @Override
    public void inspect(TextView text, Budget budget, Sink sink) {
      pattern.find(text, budget::spend, (start, end, likelihood) -> sink.found(pattern.type(), start, end, likelihood));
    }
  }
}
