package io.tidegate.daemon;

import io.tidegate.assay.PolicyDetectors;
import io.tidegate.classify.Classifier;
import io.tidegate.classify.Detector;
import io.tidegate.decide.Decider;
import io.tidegate.line.Rules;
import io.tidegate.model.Problem;
import io.tidegate.policy.PolicyBundle;
import io.tidegate.policy.PolicyCompiler;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/** A policy read, compiled and ready for the line. */
record LoadedPolicy(Rules rules, String digest, String version) {
  /**
   * @param region for rules that read it
   * @throws StartFailure with every problem of every file: no usable bundle, no start (G2, decisions 4)
   */
  static LoadedPolicy load(Path directory, String region) throws StartFailure {
    PolicyCompiler.Result compiled = PolicyCompiler.compile(PolicyFiles.read(directory), LocalDate.now(ZoneOffset.UTC));
    PolicyBundle bundle = compiled.bundle().orElseThrow(() -> new StartFailure("policy: no usable bundle in " + directory, compiled.problems()));
    List<Detector> builtIn = Classifier.allDetectors();
    List<Problem> mismatches = PolicyDetectors.mismatches(builtIn, bundle);
    if (!mismatches.isEmpty()) {
      throw new StartFailure("policy: " + directory + " names detectors that are not there", mismatches);
    }
    return new LoadedPolicy(new Rules(new Classifier(PolicyDetectors.with(builtIn, bundle)), new Decider(bundle, region)), bundle.digest(), bundle.version());
  }
}
