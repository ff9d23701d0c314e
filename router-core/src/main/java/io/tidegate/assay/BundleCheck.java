package io.tidegate.assay;

import io.tidegate.classify.Classifier;
import io.tidegate.decide.Decider;
import io.tidegate.model.Problem;
import java.time.Instant;
import java.util.List;

/** Something that a compiled bundle must pass before it may be put in force. Pure; it may take some hundred milliseconds. */
@FunctionalInterface
public interface BundleCheck {
  /**
   * What speaks against the bundle; empty if nothing does. Names rules, kinds and cases, never text (G3).
   *
   * @param classifier with the bundle's own detectors
   * @param now civil time, for rules that read it
   */
  List<Problem> problems(Classifier classifier, Decider decider, Instant now);
}
