package io.tidegate.daemon.policy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tidegate.assay.BundleCheck;
import io.tidegate.assay.BundleDiff;
import io.tidegate.assay.Canaries;
import io.tidegate.assay.InlineTests;
import io.tidegate.classify.Classifier;
import io.tidegate.daemon.StartFailure;
import io.tidegate.decide.Decision;
import io.tidegate.decide.DecisionFixture;
import io.tidegate.line.Rules;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Sensitivity;
import io.tidegate.policy.signature.Manifest;
import io.tidegate.policy.signature.Signatures;
import io.tidegate.policy.signature.Signed;
import io.tidegate.wire.JsonWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** A policy's life over a directory of its own, with a clock that moves when told, stepped by the test. */
final class LifeRig implements AutoCloseable {
  final Path directory;
  final Path state;
  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  final List<BundleCheck> checks = new ArrayList<>(List.of(new InlineTests(new io.tidegate.daemon.RehearsalPlugs()), new Canaries(1)));
  volatile Instant now = Signed.NOW;
  Function<Path, StateDirectory> stateAt = StateDirectory::new;
  @Nullable Path keyring;
  @Nullable Path shadow;
  private @Nullable PolicyLife life;

  LifeRig(Path folder) throws IOException {
    // Ten thousands of refusals are not for reading.
    ((Logger) LoggerFactory.getLogger(PolicyLife.class)).setLevel(Level.OFF);
    directory = Files.createDirectory(folder.resolve("policies"));
    state = folder.resolve("state");
    write("base.yaml", base(1));
  }

  /** The shipped policy, as revision {@code revision}. */
  static String base(int revision) throws IOException {
    return Files.readString(Path.of(System.getProperty("tidegate.root", ".."), "policies", "baseline.yaml")).replace("  revision: 1\n", "  revision: " + revision + "\n");
  }

  /** A policy beside it that raises what names a project. */
  static String projects(int revision, String spec) {
    return """
        apiVersion: tidegate/v1
        kind: SensitivityPolicy
        metadata: {name: projects, revision: %d, owner: research}
        spec:
        %s
        ...
        """.formatted(revision, spec.indent(2).stripTrailing());
  }

  void write(String name, String text) throws IOException {
    Path fresh = directory.resolve("." + name + ".new");
    Files.writeString(fresh, text);
    Files.move(fresh, directory.resolve(name), java.nio.file.StandardCopyOption.ATOMIC_MOVE, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }

  void require(String ring) throws IOException {
    keyring = Files.writeString(directory.resolveSibling("ring.yaml"), ring);
  }

  void sign(int revision, Map<String, KeyPair> signers) throws PolicyCarrier.Unreadable, IOException {
    Manifest manifest = Manifest.of("corp", revision, Instant.parse("2026-01-01T00:00:00Z"), null, new PolicyDirectory(directory).read().files());
    Files.write(directory.resolve(Manifest.FILE), manifest.canonical());
    Files.write(directory.resolve(Signatures.FILE), Signed.by(manifest, signers));
  }

  PolicyLife start() throws StartFailure {
    BundleMaking making = new BundleMaking(Classifier.allDetectors(), checks, (before, after) -> BundleDiff.of(before, after).loosens(), keyring, "",
        new DutyCycle(System::nanoTime, 1));
    Path watching = shadow;
    life = PolicyLife.start(new PolicyDirectory(directory), watching == null ? null : new PolicyDirectory(watching), making, stateAt.apply(state), () -> now,
        new PolicyMeters(registry));
    return life;
  }

  PolicyLife life() {
    PolicyLife started = life;
    if (started == null) {
      throw new IllegalStateException("not started");
    }
    return started;
  }

  double count(String name, String... tags) {
    return registry.find(name).tags(tags).counters().stream().mapToDouble(io.micrometer.core.instrument.Counter::count).sum();
  }

  static Decision decide(Rules rules, String text) {
    ModelRequest request = DecisionFixture.request("r1", Operation.CHAT, "auto", false,
        "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":" + JsonWriter.quote(text) + "}]}");
    Classifier.Scan scan = rules.classifier().begin(request);
    while (!scan.run(Long.MAX_VALUE)) {
      // A scan ends by its own budget.
    }
    Decision decision = rules.decider().decide(request, scan.findings(), Signed.NOW);
    rules.shadows().decided(rules, decision, scan.findings());
    return decision;
  }

  Sensitivity judged(String text) {
    return decide(life().rules(), text).sensitivity();
  }

  @Override
  public void close() {
    PolicyLife started = life;
    if (started != null) {
      started.close();
    }
  }
}
