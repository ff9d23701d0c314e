package io.tidegate.decide;

import io.tidegate.model.Findings;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import io.tidegate.policy.Facts;
import io.tidegate.policy.PolicyBundle;
import io.tidegate.policy.Verdict;
import io.tidegate.wire.SplicedText;
import java.util.Optional;

/** Turns findings and a bundle into a decision, and mints clearances. Pure; thread-safe. */
public final class Decider {
  private final PolicyBundle bundle;

  public Decider(PolicyBundle bundle) {
    this.bundle = bundle;
  }

  /** The bundle that decides here. */
  public PolicyBundle bundle() {
    return bundle;
  }

  /** Decides {@code request} by exactly this decider's bundle (G6). Never throws: what cannot be judged is RESTRICTED (G2). */
  public Decision decide(ModelRequest request, Findings findings) {
    return new Decision(request, judged(request, findings), bundle.digest());
  }

  private Verdict judged(ModelRequest request, Findings findings) {
    try {
      return bundle.judge(new Facts(findings, request.caller(), request.operation(), request.model(), request.stream(), request.sampled(),
          request.declared(), request.latencyWish(), request.timeLeftNanos(), request.prompt().json().length()));
    } catch (VirtualMachineError e) {
      if (e instanceof StackOverflowError) {
        return bundle.unjudged();
      }
      throw e;
    } catch (Throwable e) {
      return bundle.unjudged();
    }
  }

  /**
   * Clears one attempt. Empty if the decision does not open the upstream's zone, if {@code text} was not made from the very text that was
   * decided, or if another bundle decided.
   */
  public Optional<Clearance> clear(Decision decision, Upstream upstream, SplicedText text) {
    boolean open = decision.opens(upstream.zone()) && mayEnter(decision.sensitivity(), upstream.zone());
    boolean sameText = text.source() == decision.request().prompt().json();
    boolean sameBundle = decision.policyDigest().equals(bundle.digest());
    return open && sameText && sameBundle ? Optional.of(new Clearance(decision, upstream.name(), upstream.zone(), text)) : Optional.empty();
  }

  /**
   * The second lock of G1, which knows nothing of routes, policies or tables. CONFIDENTIAL content may be cleared for PUBLIC only once a
   * transformation has cleaned it (decisions 3); no transformation exists yet.
   */
  private static boolean mayEnter(Sensitivity sensitivity, Zone zone) {
    return switch (zone) {
      case PRIVATE -> true;
      case PUBLIC -> sensitivity.compareTo(Sensitivity.INTERNAL) <= 0;
    };
  }
}
