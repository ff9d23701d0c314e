package io.tidegate.dispatch;

/** Why an endpoint was left out, for counting. */
public enum EjectionCause {
  /** Could not be reached, or may not be. */
  UNREACHABLE,
  /** Failures in a row. */
  CONSECUTIVE,
  /** Far fewer good answers than the others. */
  SUCCESS_RATE,
  /** Active probes in a row. */
  PROBES,
  /** The request that should show that it is well again did not. */
  STILL_FAILING,
  /** Not ejected, though it would have been: too many are out for their answers already. */
  WITHHELD;

  static final EjectionCause[] ALL = values();
}
