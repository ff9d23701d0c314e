package io.tidegate.assay;

import io.tidegate.assay.proof.Proof;
import io.tidegate.assay.world.RehearsalPorts;
import io.tidegate.classify.Detector;
import io.tidegate.model.Problem;
import io.tidegate.time.Pace;
import io.tidegate.time.Ticker;
import java.util.List;

/** The proof at load: as many states as fit into a budget, every decision first. A counter-example stops the bundle. */
public final class ProofCheck implements BundleCheck {
  private final List<Detector> detectors;
  private final RehearsalPorts ports;
  private final Ticker ticker;
  private final long budgetNanos;

  /** @param detectors the daemon's, without the policy's own */
  public ProofCheck(List<Detector> detectors, RehearsalPorts ports, Ticker ticker, long budgetNanos) {
    this.detectors = List.copyOf(detectors);
    this.ports = ports;
    this.ticker = ticker;
    this.budgetNanos = budgetNanos;
  }

  @Override
  public List<Problem> problems(Candidate candidate, Pace pace) {
    Proof proof = Prove.quick(candidate.decider().bundle(), candidate.files(), detectors, ports, ticker, budgetNanos, pace);
    return proof.holds() ? List.of() : proof.examples().stream().map(example -> new Problem("(bundle)", 0, 0,
        example.violation() + ", because of " + example.cause() + " (run 'tidegate policy prove' for the whole story)", example.fix())).toList();
  }
}
