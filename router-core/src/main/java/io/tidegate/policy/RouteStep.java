package io.tidegate.policy;

import io.tidegate.model.Destination;
import io.tidegate.model.Transformation;
import org.jspecify.annotations.Nullable;

/**
 * One step of a route.
 *
 * @param when what must have become of the steps before it; {@link When#ALWAYS} on the first
 * @param after what must be done to the text first; null for nothing. Such a step opens nothing by itself: only the decision on the cleaned text
 *     does (decisions 3)
 */
public record RouteStep(Destination to, When when, @Nullable Transformation after) {
  /** When a later step is used. */
  public enum When {
    /** After any failure that another upstream may mend. */
    ALWAYS,
    /** Only if no endpoint of the steps before could be reached. */
    DOWN,
    /** Only if those were busy, or could not be reached. */
    BUSY
  }

  /** A step without conditions. */
  public static RouteStep to(Destination to) {
    return new RouteStep(to, When.ALWAYS, null);
  }
}
