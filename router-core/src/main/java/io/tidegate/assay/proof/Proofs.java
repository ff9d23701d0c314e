package io.tidegate.assay.proof;

import io.tidegate.assay.PolicyDetectors;
import io.tidegate.assay.world.Rehearsal;
import io.tidegate.assay.world.RehearsalPorts;
import io.tidegate.classify.Classifier;
import io.tidegate.classify.Detector;
import io.tidegate.decide.Decider;
import io.tidegate.line.Rules;
import io.tidegate.policy.PolicyBundle;
import io.tidegate.time.Pace;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** A bundle on the stage, ready to be proven once. */
public final class Proofs {
  private final Decider decider;
  private final Classifier classifier;
  private final ScriptedDetector script;
  private final RehearsalPorts ports;
  private final PolicySources sources;
  private final Pace pace;

  private Proofs(PolicyBundle bundle, Map<String, byte[]> files, List<Detector> detectors, RehearsalPorts ports, Pace pace) {
    this.script = new ScriptedDetector();
    List<Detector> all = new ArrayList<>(PolicyDetectors.with(detectors, bundle));
    all.add(script);
    this.classifier = new Classifier(all, ScriptedDetector.BOUNDS);
    this.decider = new Decider(bundle);
    this.ports = ports;
    this.pace = pace;
    pace.step();
    this.sources = new PolicySources(files, pace);
  }

  /** @param pace asked between pieces of a fraction of a millisecond */
  public static Proofs of(PolicyBundle bundle, Map<String, byte[]> files, List<Detector> detectors, RehearsalPorts ports, Pace pace) {
    return new Proofs(bundle, files, detectors, ports, pace);
  }

  public Proof prove(Set<String> accepted, boolean everyWorld, BooleanSupplier timeLeft) {
    return prover(accepted).prove(everyWorld, timeLeft);
  }

  private Prover prover(Set<String> accepted) {
    Rehearsal rehearsal = Rehearsal.toTheEnd(new Rules(classifier, decider), ports);
    return new Prover(decider, classifier, script, rehearsal, sources, accepted, pace);
  }

  /** Accepts what the language lets an owner choose. */
  public Proof quick(BooleanSupplier timeLeft) {
    Set<String> accepted = new HashSet<>(Proof.ACCEPTABLE);
    sources.exclusions().forEach(exclusion -> accepted.add("exclusion:" + exclusion.id()));
    return prover(accepted).sample(timeLeft);
  }
}
