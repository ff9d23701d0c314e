package io.tidegate.line;

import io.tidegate.decide.Decision;
import io.tidegate.model.Findings;
import org.jspecify.annotations.Nullable;

/** Told of what was decided, for policies that only watch. Called on the request's loop once the request is on its way, or over: never throws, never waits. */
@FunctionalInterface
public interface Shadows {
  /** Nobody watches. */
  Shadows NONE = (rules, decision, findings) -> { };

  /**
   * @param rules the request's own
   * @param decision null if a defect kept it from being made
   */
  void decided(Rules rules, @Nullable Decision decision, Findings findings);
}
