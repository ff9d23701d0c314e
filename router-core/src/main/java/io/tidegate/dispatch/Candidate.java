package io.tidegate.dispatch;

import io.tidegate.model.Upstream;
import io.tidegate.policy.RouteStep.When;

/**
 * An upstream that may serve a request.
 *
 * @param model the name to send there
 * @param step which step of the route it belongs to; candidates of one step follow each other
 * @param when what must have become of the steps before: {@link RouteProgress} tells whether it has
 */
public record Candidate(Upstream upstream, String model, int step, When when) {
  /** One of a route without conditions. */
  public Candidate(Upstream upstream, String model) {
    this(upstream, model, 0, When.ALWAYS);
  }
}
