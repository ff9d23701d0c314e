package io.tidegate.policy;

import java.util.Set;

/** A compiled {@code when:} of a rule. The language behind it (CEL today) is nobody else's business. */
interface Condition {
  /**
   * Whether the rule matches.
   *
   * @throws Exception if it cannot be evaluated: the rule then counts as matched (G2)
   */
  boolean holds(ConditionFacts facts) throws Exception;

  /** Its text, for people and for comparing two bundles. */
  String source();

  /** Proven that more findings can only make it match. */
  boolean monotone();

  /** What is proven of it before any request. */
  Truth truth();

  /** Whether a condition can hold. */
  enum Truth { ALWAYS, NEVER, DEPENDS }

  /** Names of the variables that it reads. */
  Set<String> reads();

  /** Proven at load: it reads nothing but findings, and without any it is false. It need not be evaluated then. */
  boolean falseWithoutFindings();
}
