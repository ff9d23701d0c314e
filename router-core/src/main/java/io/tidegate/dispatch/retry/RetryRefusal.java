package io.tidegate.dispatch.retry;

/** Why no further attempt was made though the failure alone would have allowed one. */
public enum RetryRefusal {
  /** Content had gone out. */
  COMMITTED,
  /** The upstream has borne its share of further attempts. */
  BUDGET,
  /** Less time was left than the upstream takes to begin, or than the wait would take. */
  DEADLINE,
  /** The body was too large to be kept for another attempt. */
  BODY,
  /** The upstream asked for a longer wait than is ever waited. */
  RETRY_AFTER
}
