package io.tidegate.dispatch;

import io.tidegate.model.Endpoint;
import java.util.Optional;
import java.util.Set;

/** Picks endpoints by smooth weighted round robin over the healthy ones. One instance per event loop; confined to it. */
public final class Balancer {
  public Balancer(HealthBoard board) {}

  /**
   * An endpoint of {@code upstream} that may be tried now, not one of {@code tried} (endpoint ids). An ejected endpoint whose time is over
   * is given to exactly one caller as a probe. Empty if none.
   */
  public Optional<Endpoint> pick(String upstream, Set<String> tried) {
    throw new UnsupportedOperationException("dispatch: in work");
  }
}
