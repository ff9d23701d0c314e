package io.tidegate.line;

import io.tidegate.classify.Classifier;
import io.tidegate.decide.Decider;

/**
 * The policy in force, as one immutable thing: a request takes it once and keeps it to its end (G6, hazard K5).
 *
 * @param classifier with the bundle's own patterns beside the built-in detectors
 * @param shadows what watches beside it
 */
public record Rules(Classifier classifier, Decider decider, Shadows shadows) {
  /** Rules that nothing watches beside. */
  public Rules(Classifier classifier, Decider decider) {
    this(classifier, decider, Shadows.NONE);
  }
}
