package io.tidegate.dispatch;

import io.tidegate.model.Transformation;
import io.tidegate.model.Upstream;
import io.tidegate.policy.RouteStep.When;
import org.jspecify.annotations.Nullable;

/**
 * An upstream that may serve a request.
 *
 * @param model the name to send there
 * @param step which step of the route it belongs to; candidates of one step follow each other
 * @param when what must have become of the steps before: {@link RouteProgress} tells whether it has
 * @param after what must be done to the text first; then only the decision on the cleaned text can open it (decisions 3). Null for nothing
 * @param place all of the upstream, or the one region of it whose endpoints may be used
 */
public record Candidate(Upstream upstream, String model, int step, When when, @Nullable Transformation after, String place) {
  /** One wherever the upstream stands. */
  public Candidate(Upstream upstream, String model, int step, When when, @Nullable Transformation after) {
    this(upstream, model, step, when, after, upstream.name());
  }

  /** One for the text as it stands. */
  public Candidate(Upstream upstream, String model, int step, When when) {
    this(upstream, model, step, when, null);
  }

  /** One of a route without conditions. */
  public Candidate(Upstream upstream, String model) {
    this(upstream, model, 0, When.ALWAYS, null);
  }
}
