package io.tidegate.dispatch;

import io.tidegate.decide.Decision;
import io.tidegate.dispatch.region.RegionOrders;
import io.tidegate.model.Destination;
import io.tidegate.model.Endpoint;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Residency;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Upstream;
import io.tidegate.policy.RouteStep;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The configured upstreams and what models they serve. Immutable, pure. */
public final class Catalog {
  /** The name that lets the router choose. */
  public static final String AUTO = "auto";

  private static final String ANY = "*";

  private final List<Upstream> upstreams;
  private final Set<String> names = new HashSet<>();
  private final boolean anyName;
  private final RegionOrders regions;

  /** One whose upstreams stand in no region. */
  public Catalog(List<Upstream> upstreams) {
    this(upstreams, RegionOrders.NONE);
  }

  /** @param regions in which order an upstream's regions are tried */
  public Catalog(List<Upstream> upstreams, RegionOrders regions) {
    this.regions = regions;
    this.upstreams = List.copyOf(upstreams);
    boolean any = false;
    for (Upstream upstream : this.upstreams) {
      any |= upstream.models().contains(ANY);
      names.addAll(upstream.models());
      names.addAll(upstream.aliases().keySet());
    }
    names.remove(ANY);
    names.add(AUTO);
    this.anyName = any;
  }

  public List<Upstream> upstreams() {
    return upstreams;
  }

  /** Whether any upstream, in whatever zone, serves {@code model}: else the caller gets 404. */
  public boolean knows(String model) {
    return anyName || names.contains(model);
  }

  /** Whether the configuration names {@code model}: then the name is ours, and may stand in a record (G3). */
  public boolean lists(String model) {
    return names.contains(model);
  }

  /**
   * The frozen list for one request (hazards A3, A4): upstreams in the order of the decision's route, only in zones it opens, each with the
   * model name to send and the condition of its step. Within a zone the order is the configuration's. Empty means refusal, never "any".
   *
   * <p>An upstream that stands in regions is a candidate in each one that the decision permits, in the order in which they are tried for the caller's
   * home; where the decision names regions, an upstream of which nobody said where it stands is none (R3.3).
   *
   * <p>A step that asks for a transformation has its candidates here too, fixed by this decision; whether they open is the second decision's to
   * say. Not for embeddings: the vector of a placeholder is none of the text's. Never for RESTRICTED content, whatever the route says (G1).
   */
  public List<Candidate> candidates(Decision decision) {
    ModelRequest request = decision.request();
    List<Candidate> candidates = new ArrayList<>(upstreams.size());
    List<RouteStep> steps = decision.steps();
    for (int i = 0; i < steps.size(); i++) {
      RouteStep step = steps.get(i);
      boolean stands = step.after() == null;
      for (Upstream upstream : upstreams) {
        boolean mayOpen = stands ? decision.opens(upstream.zone())
            : request.operation() != Operation.EMBEDDING && decision.sensitivity() != Sensitivity.RESTRICTED;
        if (Destination.of(upstream.zone()) == step.to() && mayOpen) {
          String model = modelAt(upstream, request.model(), request.operation());
          if (model != null) {
            add(candidates, decision, upstream, model, i, step);
          }
        }
      }
    }
    return List.copyOf(candidates);
  }

  private void add(List<Candidate> to, Decision decision, Upstream upstream, String model, int step, RouteStep as) {
    List<String> order = regions == RegionOrders.NONE ? List.of() : regions.of(upstream.name(), decision.request().region());
    if (order.isEmpty()) {
      if (decision.residency().anywhere()) {
        to.add(new Candidate(upstream, model, step, as.when(), as.after()));
      }
      return;
    }
    for (String region : order) {
      if (decision.residency().permits(region)) {
        to.add(new Candidate(upstream, model, step, as.when(), as.after(), Endpoint.place(upstream.name(), region)));
      }
    }
  }

  /** Whether some upstream may stand in regions, so that candidates are to be {@linkplain Balancer#arranged arranged}. */
  public boolean regional() {
    return regions != RegionOrders.NONE;
  }

  /** Whether {@code upstream} has a place in a region that {@code residency} permits. */
  public boolean standsIn(Upstream upstream, Residency residency) {
    if (residency.anywhere()) {
      return true;
    }
    for (String region : regions.of(upstream.name(), "")) {
      if (residency.permits(region)) {
        return true;
      }
    }
    return false;
  }

  /** The regions of an upstream, in the order for a caller of whom nothing is known; empty for one without. */
  public List<String> regions(Upstream upstream) {
    return regions.of(upstream.name(), "");
  }

  /** What to call {@code asked} at {@code upstream}; null if it cannot serve it. */
  private @Nullable String modelAt(Upstream upstream, String asked, Operation operation) {
    if (operation == Operation.EMBEDDING && !upstream.embeddings()) {
      return null;
    }
    String alias = upstream.aliases().get(asked);
    if (alias != null) {
      return alias;
    }
    if (asked.equals(AUTO)) {
      return upstream.defaultModel();
    }
    if (upstream.models().contains(asked) || upstream.models().contains(ANY)) {
      return asked;
    }
    // Vectors of two models cannot be compared, so an embedding is never answered by a stand-in.
    return operation != Operation.EMBEDDING && upstream.substitute() && knows(asked) ? upstream.defaultModel() : null;
  }
}
