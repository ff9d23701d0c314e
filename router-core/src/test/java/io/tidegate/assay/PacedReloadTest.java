package io.tidegate.assay;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.classify.Classifier;
import io.tidegate.classify.Detector;
import io.tidegate.daemon.RehearsalPlugs;
import io.tidegate.decide.Decider;
import io.tidegate.policy.PolicyBundle;
import io.tidegate.policy.PolicyCompiler;
import io.tidegate.time.Pace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Who asks for a rest while a bundle is made and judged beside live traffic. */
class PacedReloadTest {
  private static final LocalDate TODAY = LocalDate.of(2026, 11, 25);

  private final Map<String, Integer> asked = new TreeMap<>();
  private final Pace pace = () -> {
    String by = StackWalker.getInstance().walk(frames -> frames.skip(1).findFirst().orElseThrow().getClassName());
    asked.merge(by.substring(by.lastIndexOf('.') + 1), 1, Integer::sum);
  };

  @Test
  @DisplayName("Every step of a reload asks for rests, as often as it has parts: keys, rules, tests, canaries, worlds")
  void everyStep() throws IOException {
    Map<String, byte[]> files = Map.of("policies/baseline.yaml", Files.readAllBytes(Path.of("../policies/baseline.yaml")));
    PolicyBundle bundle = PolicyCompiler.compile(files, TODAY, pace).bundle().orElseThrow();
    int rules = bundle.outline().rules().size();
    assertThat(asked).hasEntrySatisfying("YamlDocument", steps -> assertThat(steps).isGreaterThan(20 * rules))
        .hasEntrySatisfying("PolicyLinker", steps -> assertThat(steps).isGreaterThan(rules))
        .hasEntrySatisfying("CaseReader", steps -> assertThat(steps).isEqualTo(bundle.cases().size()));
    List<Detector> detectors = Classifier.allDetectors();
    BundleCheck.Candidate candidate = new BundleCheck.Candidate(new Classifier(PolicyDetectors.with(detectors, bundle)), new Decider(bundle), files, Instant.EPOCH);
    for (BundleCheck check : List.of(new InlineTests(new RehearsalPlugs()), new Canaries(7), new ProofCheck(detectors, new RehearsalPlugs(), () -> 0, 1))) {
      assertThat(check.problems(candidate, pace)).isEmpty();
    }
    assertThat(asked).hasEntrySatisfying("PolicyTests", steps -> assertThat(steps).isEqualTo(bundle.cases().size()))
        .hasEntrySatisfying("Canaries", steps -> assertThat(steps).isGreaterThan(10)).hasEntrySatisfying("Prover", steps -> assertThat(steps).isGreaterThan(300));
  }
}
