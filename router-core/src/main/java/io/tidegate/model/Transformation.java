package io.tidegate.model;

/** What can be done to the findings in a text before it is decided again (decisions 3). */
public enum Transformation {
  /** Taken out; nothing can bring it back. */
  REDACT,
  /** Shown in part, as {@code 138****5678}. */
  MASK,
  /** Replaced by a placeholder that the answer's text gives back. */
  PSEUDONYMISE
}
