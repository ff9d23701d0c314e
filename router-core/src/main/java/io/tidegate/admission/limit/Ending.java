package io.tidegate.admission.limit;

/** How an attempt ended, as far as limits care. */
public enum Ending {
  ANSWERED,
  /** The target said that it has too much. */
  BUSY,
  /** Says nothing about how much the target can take. */
  OTHER
}
