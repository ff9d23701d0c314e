package io.tidegate.assay;

import io.tidegate.classify.Classifier;
import io.tidegate.decide.Decider;
import io.tidegate.model.Problem;
import io.tidegate.time.Pace;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Something that a compiled bundle must pass before it may be put in force. Pure; it may take some hundred milliseconds. */
@FunctionalInterface
public interface BundleCheck {
  /**
   * A bundle on trial.
   *
   * @param classifier with the bundle's own detectors
   * @param decider its own
   * @param files what it was compiled of
   * @param now civil time, for rules that read it
   */
  record Candidate(Classifier classifier, Decider decider, Map<String, byte[]> files, Instant now) {}

  /**
   * What speaks against the bundle; empty if nothing does. Names rules, kinds and cases, never text (G3).
   *
   * @param pace asked between pieces of a fraction of a millisecond
   */
  List<Problem> problems(Candidate candidate, Pace pace);
}
