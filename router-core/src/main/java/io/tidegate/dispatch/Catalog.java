package io.tidegate.dispatch;

import io.tidegate.decide.Decision;
import io.tidegate.model.Upstream;
import java.util.List;

/** The configured upstreams and what models they serve. Immutable, pure. */
public final class Catalog {
  public Catalog(List<Upstream> upstreams) {}

  public List<Upstream> upstreams() {
    throw new UnsupportedOperationException("dispatch: in work");
  }

  /** Whether any upstream, in whatever zone, serves {@code model}: else the caller gets 404. */
  public boolean knows(String model) {
    throw new UnsupportedOperationException();
  }

  /**
   * The frozen list for one request (hazards A3, A4): upstreams in the order of the decision's route, only in zones it opens, each with the
   * model name to send. Empty means refusal, never "any".
   */
  public List<Candidate> candidates(Decision decision) {
    throw new UnsupportedOperationException();
  }
}
