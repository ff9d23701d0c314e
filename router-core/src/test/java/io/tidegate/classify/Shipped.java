package io.tidegate.classify;

import io.tidegate.model.Finding;
import io.tidegate.model.Findings;
import io.tidegate.model.Likelihood;
import io.tidegate.model.Sensitivity;
import io.tidegate.policy.PolicyBundle;
import io.tidegate.policy.PolicyCompiler;
import io.tidegate.decide.Decider;
import io.tidegate.model.CacheDirective;
import io.tidegate.model.Caller;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Prompt;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The built-in detectors under the shipped policy: what becomes of a text. */
final class Shipped {
  static final Classifier CLASSIFIER = new Classifier(Classifier.builtIn());
  private static final Decider DECIDER = new Decider(policy(), "");

  private Shipped() {}

  /** @param seen types at LIKELY or above */
  record Said(Sensitivity sensitivity, Set<String> seen, Findings findings) {}

  static Said chat(String text) {
    return body(Texts.chat(text));
  }

  static Said body(String body) {
    ModelRequest request = new ModelRequest("0123456789abcdef01234567", Operation.CHAT, new Prompt(Texts.json(body)), "auto", false, false, true, Caller.DEFAULT, Sensitivity.PUBLIC, null, 0,
        CacheDirective.DEFAULT, 0);
    Classifier.Scan scan = CLASSIFIER.begin(request);
    while (!scan.run(1_000_000)) {
      // goes on
    }
    Findings findings = scan.findings();
    return new Said(DECIDER.decide(request, findings, java.time.Instant.EPOCH).sensitivity(), findings.list().stream().filter(f -> f.likelihood().compareTo(Likelihood.LIKELY) >= 0).map(Finding::type)
        .collect(Collectors.toSet()), findings);
  }

  private static PolicyBundle policy() {
    Map<String, byte[]> texts = new HashMap<>();
    try (Stream<Path> files = Files.list(root().resolve("policies"))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".yaml")).toList()) {
        texts.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return PolicyCompiler.compile(texts, LocalDate.EPOCH).bundle().orElseThrow();
  }

  /** The tree's root, from wherever the tests run. */
  static Path root() {
    Path at = Path.of(System.getProperty("tidegate.root", "")).toAbsolutePath();
    while (at != null && !Files.exists(at.resolve("policies/baseline.yaml"))) {
      at = at.getParent();
    }
    return java.util.Objects.requireNonNull(at, "no policies/ above the working directory");
  }
}
