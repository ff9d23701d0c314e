package io.tidegate.assay.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.assay.Prove;
import io.tidegate.classify.Classifier;
import io.tidegate.daemon.RehearsalPlugs;
import io.tidegate.policy.PolicyBundle;
import io.tidegate.policy.PolicyCompiler;
import io.tidegate.policy.Unrefused;
import io.tidegate.time.Pace;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A proof of good policies, and what it says of bad ones. To write the golden texts anew: {@code -Dtidegate.golden=write}. */
@Tag("once")
class ProveTest {
  private static final LocalDate TODAY = LocalDate.of(2026, 11, 25);
  private static final Path HERE = Path.of("src/test/resources/io/tidegate/assay/proof");

  private static Proof prove(PolicyBundle bundle, Map<String, byte[]> files, Set<String> accepted, BooleanSupplier timeLeft) {
    return Proofs.of(bundle, files, Classifier.allDetectors(), new RehearsalPlugs(), Pace.FULL).prove(accepted, false, timeLeft);
  }

  private static Map<String, byte[]> shipped() throws IOException {
    return Map.of("policies/baseline.yaml", Files.readAllBytes(Path.of("../policies/baseline.yaml")));
  }

  private static PolicyBundle compiled(Map<String, byte[]> files) {
    PolicyCompiler.Result result = PolicyCompiler.compile(files, TODAY);
    return result.bundle().orElseThrow(() -> new AssertionError(result.problems().toString()));
  }

  @Test
  @DisplayName("G1 the shipped policy: at least 100,000 states, 0 leaks, each way to end is among them")
  void shippedPolicyLeaksNowhere() throws IOException {
    Proof proof = Prove.whole(compiled(shipped()), shipped(), Classifier.allDetectors(), new RehearsalPlugs(), Set.of());
    assertThat(proof.examples()).isEmpty();
    assertThat(proof.leaks()).isZero();
    assertThat(proof.whole()).isTrue();
    assertThat(proof.states()).isGreaterThanOrEqualTo(100_000);
    assertThat(proof.outcomes()).containsKeys("answered by private", "answered by public", "answered by edge-cache", "broken off", "refused no_permitted_upstream",
        "refused audit_unavailable", "refused busy", "refused rate_limited", "refused first_token_timeout", "refused upstream_failed");
    assertThat(proof.outcomes().keySet()).as("G5").doesNotContain("no answer", "refused internal");
    assertThat(proof.outcomes().values().stream().mapToLong(Long::longValue).sum()).isEqualTo(proof.states());
  }

  @Test
  @DisplayName("G1 the hospital's policy beside the shipped one leaks nowhere; its own identities are told apart")
  void hospitalLeaksNowhere() throws IOException {
    Map<String, byte[]> files = Map.of("policies/baseline.yaml", Files.readAllBytes(Path.of("../policies/baseline.yaml")), "policies/examples/hospital.yaml",
        Files.readAllBytes(Path.of("../policies/examples/hospital.yaml")));
    Proof proof = prove(compiled(files), files, Set.of(), () -> true);
    assertThat(proof.examples()).isEmpty();
    assertThat(proof.identities()).isGreaterThanOrEqualTo(5);
    assertThat(proof.notes()).anyMatch(note -> note.contains("EMAIL") && note.contains("reminders"));
  }

  @Test
  @DisplayName("G1 decisions 3: a route that opens PUBLIC for cleaned text lets out nothing that is not cleaned")
  void transformations() throws IOException {
    String text = Files.readString(Path.of("../policies/baseline.yaml"));
    String changed = text.replace("    confidential: {interactive: [private], standard: [private], batch: [private]}",
        "    confidential: {interactive: [private, {to: public, after: pseudonymise}], standard: [{to: public, after: redact}], batch: [{to: public, after: mask}]}");
    assertThat(changed).isNotEqualTo(text);
    Map<String, byte[]> files = Map.of("p.yaml", changed.getBytes(StandardCharsets.UTF_8));
    Proof proof = prove(compiled(files), files, Set.of(), () -> true);
    Proof before = prove(compiled(shipped()), shipped(), Set.of(), () -> true);
    assertThat(proof.examples()).isEmpty();
    assertThat(proof.outcomes().getOrDefault("answered by public", 0L)).as("cleaned text goes out").isGreaterThan(before.outcomes().getOrDefault("answered by public", 0L));
  }

  static Stream<String> bad() throws IOException {
    try (Stream<Path> files = Files.list(HERE.resolve("bad"))) {
      return files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".yaml")).map(name -> name.replace(".yaml", "")).sorted().toList()
          .stream();
    }
  }

  @Test
  @DisplayName("the bad policies are bad by one thing: without it there is no leak")
  void goodOneIsGood() throws IOException {
    String text = Files.readString(HERE.resolve("good.yaml"));
    Proof proof = prove(compiled(Map.of("good.yaml", text.getBytes(StandardCharsets.UTF_8))), Map.of("good.yaml", text.getBytes(StandardCharsets.UTF_8)), Set.of(),
        () -> true);
    assertThat(proof.examples()).isEmpty();
    assertThat(bad().count()).isGreaterThanOrEqualTo(15);
  }

  @ParameterizedTest(name = "G1 {0}: a counter-example that a person can follow")
  @MethodSource("bad")
  void badPolicyIsSeenThrough(String name) throws IOException {
    String text = Files.readString(HERE.resolve("bad/" + name + ".yaml"));
    Map<String, byte[]> files = Map.of(name + ".yaml", text.getBytes(StandardCharsets.UTF_8));
    // No time for walks beyond those that show an example.
    Proof proof = prove(Unrefused.bundle(name + ".yaml", text, TODAY), files, Set.of(), () -> false);
    StringWriter out = new StringWriter();
    ProofText.print(proof.examples(), new PrintWriter(out));
    Path golden = HERE.resolve("bad/" + name + ".proof");
    if ("write".equals(System.getProperty("tidegate.golden"))) {
      Files.writeString(golden, out.toString());
    }
    assertThat(proof.holds()).isFalse();
    assertThat(out.toString()).isEqualTo(Files.readString(golden));
  }
}
