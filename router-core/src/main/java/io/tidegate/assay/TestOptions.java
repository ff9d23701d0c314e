package io.tidegate.assay;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How {@code tidegate policy test} reports, and what it asks for.
 *
 * @param junit where to write JUnit's XML; null for nowhere
 * @param minRulePercent of the rules that tests must fire
 * @param minStatePercent of the failure states in which tests must say how a request ends
 * @param json one JSON object instead of lines
 */
public record TestOptions(@Nullable Path junit, int minRulePercent, int minStatePercent, boolean json) {
  public static final TestOptions NONE = new TestOptions(null, 0, 0, false);
}
