package io.tidegate.assay.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.assay.Prove;
import io.tidegate.classify.Classifier;
import io.tidegate.daemon.RehearsalPlugs;
import io.tidegate.policy.PolicyBundle;
import io.tidegate.policy.PolicyCompiler;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A proof of the shipped policy, and what it says of bad ones. */
class ProveTest {
  private static final LocalDate TODAY = LocalDate.of(2026, 11, 25);

  private static Map<String, byte[]> shipped() throws IOException {
    return Map.of("policies/baseline.yaml", Files.readAllBytes(Path.of("../policies/baseline.yaml")));
  }

  @Test
  @DisplayName("G1 the shipped policy: more than 100,000 states, no leak")
  void shippedPolicyLeaksNowhere() throws IOException {
    PolicyBundle bundle = PolicyCompiler.compile(shipped(), TODAY).bundle().orElseThrow();
    long begun = System.nanoTime();
    Proof proof = Prove.whole(bundle, shipped(), Classifier.allDetectors(), new RehearsalPlugs(), Set.of());
    System.out.println((System.nanoTime() - begun) / 1_000_000 + " ms");
    ProofText.print(proof, new PrintWriter(System.out, true));
    assertThat(proof.examples()).isEmpty();
    assertThat(proof.states()).isGreaterThan(100_000);
  }
}
