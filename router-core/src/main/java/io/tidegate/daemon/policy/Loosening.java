package io.tidegate.daemon.policy;

import io.tidegate.policy.PolicyBundle;

/** Whether a change lets more out than before. */
@FunctionalInterface
interface Loosening {
  /** Nobody has compared them: what is unknown counts as loosening. */
  Loosening UNKNOWN = (before, after) -> true;

  boolean loosens(PolicyBundle before, PolicyBundle after);
}
