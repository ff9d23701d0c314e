package io.tidegate.policy;

import io.tidegate.model.Sensitivity;
import org.jspecify.annotations.Nullable;

/**
 * A compiled rule. Exactly one of {@code ask} and {@code condition} is there.
 *
 * @param shadow observed, never enforced
 */
record Rule(String id, Sensitivity raiseTo, String reason, boolean shadow, FindingRules.@Nullable Ask ask, @Nullable Condition condition) {}
