package io.tidegate.decide;

import io.tidegate.model.Findings;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Upstream;
import io.tidegate.policy.PolicyBundle;
import io.tidegate.wire.SplicedText;
import java.util.Optional;

/** Turns findings and a bundle into a decision, and mints clearances. Pure; thread-safe. */
public final class Decider {
  private final PolicyBundle bundle;

  public Decider(PolicyBundle bundle) {
    this.bundle = bundle;
  }

  /** Decides {@code request} by exactly this decider's bundle (G6). Never throws: what cannot be judged is RESTRICTED (G2). */
  public Decision decide(ModelRequest request, Findings findings) {
    throw new UnsupportedOperationException("decide: in work");
  }

  /**
   * Clears one attempt. Empty if the decision does not open the upstream's zone, or if {@code text} was not made from the very
   * text that was decided.
   */
  public Optional<Clearance> clear(Decision decision, Upstream upstream, SplicedText text) {
    throw new UnsupportedOperationException();
  }
}
