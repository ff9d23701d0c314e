package io.tidegate.audit;

import io.tidegate.dispatch.Catalog;
import io.tidegate.dispatch.HealthBoard;
import io.tidegate.dispatch.HealthBoard.Standing;
import io.tidegate.model.Residency;
import io.tidegate.model.Upstream;
import java.util.List;

/** The upstreams as they stand at a decision: what a record says about the world. */
public interface World {
  /** A world without upstreams. */
  World NONE = of(new Catalog(List.of()), name -> new Standing(0, 0, false));

  List<Upstream> upstreams();

  /** Whether a configured upstream names {@code model}, so that the name is ours and not a caller's text (G3). */
  boolean lists(String model);

  Standing standing(String upstream);

  /** Whether {@code upstream} stands in a region that {@code residency} permits. */
  boolean permits(Upstream upstream, Residency residency);

  /** How each upstream stands. */
  @FunctionalInterface
  interface Standings {
    Standing of(String upstream);
  }

  static World of(Catalog catalog, HealthBoard health) {
    return of(catalog, health::standing);
  }

  static World of(Catalog catalog, Standings standings) {
    return new World() {
      @Override
      public List<Upstream> upstreams() {
        return catalog.upstreams();
      }

      @Override
      public boolean lists(String model) {
        return catalog.lists(model);
      }

      @Override
      public Standing standing(String upstream) {
        return standings.of(upstream);
      }

      @Override
      public boolean permits(Upstream upstream, Residency residency) {
        return catalog.standsIn(upstream, residency);
      }
    };
  }
}
