package io.tidegate.assay;

import io.tidegate.assay.proof.Proof;
import io.tidegate.assay.proof.Proofs;
import io.tidegate.assay.world.RehearsalPorts;
import io.tidegate.classify.Detector;
import io.tidegate.policy.PolicyBundle;
import io.tidegate.time.Pace;
import io.tidegate.time.Ticker;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Proves that no state of the world lets content out that must not leave, or gives counter-examples. On the caller's thread; the daemon calls
 * {@link #quick} off its loops.
 */
public final class Prove {
  private Prove() {}

  /**
   * Every decision, and every state of the world for each kind of decision.
   *
   * @param files as they were compiled, for the lines that an example names
   * @param detectors the daemon's, without the policy's own
   * @param accepted what the policy's owner stands by: {@link Proof#ACCEPTABLE}, and {@code exclusion:ID}
   */
  public static Proof whole(PolicyBundle bundle, Map<String, byte[]> files, List<Detector> detectors, RehearsalPorts ports, Set<String> accepted) {
    return whole(bundle, files, detectors, ports, accepted, Pace.FULL);
  }

  /** @param pace told each step, such as to show how far it is */
  public static Proof whole(PolicyBundle bundle, Map<String, byte[]> files, List<Detector> detectors, RehearsalPorts ports, Set<String> accepted, Pace pace) {
    return Proofs.of(bundle, files, detectors, ports, pace).prove(accepted, true, () -> true);
  }

  /**
   * What can be looked at in {@code budgetNanos}: every decision first, then walks. What the language lets a policy's owner choose is accepted here; it
   * is in what {@link #whole} says that a reviewer sees it.
   *
   * @return {@link Proof#whole} is false where the time was not enough; what was seen is true all the same
   */
  public static Proof quick(PolicyBundle bundle, Map<String, byte[]> files, List<Detector> detectors, RehearsalPorts ports, Ticker ticker, long budgetNanos,
      Pace pace) {
    long begun = ticker.nanos();
    return Proofs.of(bundle, files, detectors, ports, pace).quick(() -> ticker.nanos() - begun < budgetNanos);
  }
}
