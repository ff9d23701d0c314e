package io.tidegate.daemon.policy;

import io.tidegate.assay.BundleCheck;
import io.tidegate.assay.PolicyDetectors;
import io.tidegate.classify.Classifier;
import io.tidegate.classify.Detector;
import io.tidegate.decide.Decider;
import io.tidegate.line.Rules;
import io.tidegate.model.Problem;
import io.tidegate.policy.PolicyBundle;
import io.tidegate.policy.PolicyCompiler;
import io.tidegate.policy.signature.Accepted;
import io.tidegate.policy.signature.KeyRing;
import io.tidegate.policy.signature.SignatureCheck;
import io.tidegate.time.Pace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The way from bytes to rules: signature → parse, schema, compile, revision → tests, canaries, proof → approval. Blocking; some hundred milliseconds. */
final class BundleMaking {
  private static final int MAX_RING_BYTES = 256 << 10;

  private final List<Detector> builtIn;
  private final List<BundleCheck> checks;
  private final Loosening loosening;
  private final @Nullable Path keyring;
  private final String region;
  private final DutyCycle duty;

  /**
   * @param keyring of those whose signatures are required; null if none are
   * @param region for rules that read it
   * @param duty of a reload in a running daemon; a start does not rest
   */
  BundleMaking(List<Detector> builtIn, List<BundleCheck> checks, Loosening loosening, @Nullable Path keyring, String region,
      DutyCycle duty) {
    this.builtIn = List.copyOf(builtIn);
    this.checks = List.copyOf(checks);
    this.loosening = loosening;
    this.keyring = keyring;
    this.region = region;
    this.duty = duty;
  }

  boolean signaturesRequired() {
    return keyring != null;
  }

  /**
   * Takes every step but the swap, while another bundle is in force.
   *
   * @param running what is in force: what changed must count its revision up
   * @param accepted the newest signed bundle that was in force here; null if none was
   */
  InForce next(PolicyTexts texts, InForce running, @Nullable Accepted accepted, Instant now) throws Refused {
    return make(texts, running, () -> Optional.of(running), accepted, now);
  }

  /**
   * Takes every step for a start, which is an operator's own act.
   *
   * @param before what was in force when the daemon last ran; empty if nothing is known. Asked only where it decides
   * @param accepted the newest signed bundle that was in force here; null if none was
   */
  InForce first(PolicyTexts texts, Supplier<Optional<InForce>> before, @Nullable Accepted accepted, Instant now) throws Refused {
    return make(texts, null, before, accepted, now);
  }

  private InForce make(PolicyTexts texts, @Nullable InForce running, Supplier<Optional<InForce>> before, @Nullable Accepted accepted, Instant now) throws Refused {
    duty.begin();
    Pace pace = running == null ? Pace.FULL : duty;
    SignatureCheck.Result signed = keyring == null ? null : signed(texts, keyring, accepted, now);
    LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    PolicyCompiler.Result compiled = running == null ? PolicyCompiler.compile(texts.shown(), today, pace)
        : PolicyCompiler.compileAfter(running.bundle(), texts.shown(), today, pace);
    PolicyBundle bundle = compiled.bundle().orElseThrow(() -> new Refused(Stage.COMPILE, compiled.problems()));
    pace.step();
    Rules rules = rules(bundle);
    pace.step();
    check(texts, rules, !compiled.notices().isEmpty(), now, pace);
    if (signed == null) {
      return new InForce(rules, texts, now, List.of(), null);
    }
    Accepted next = signed.accepted().orElseThrow();
    approval(bundle, before, next.equals(accepted), signed);
    return new InForce(rules, texts, now, signed.signers(), next);
  }

  /** The same texts on a later day: what has expired falls away, and nothing else can change. */
  InForce again(InForce old, Instant now) throws Refused {
    PolicyCompiler.Result compiled = PolicyCompiler.compile(old.texts().shown(), LocalDate.ofInstant(now, ZoneOffset.UTC));
    PolicyBundle bundle = compiled.bundle().orElseThrow(() -> new Refused(Stage.COMPILE, compiled.problems()));
    return new InForce(rules(bundle), old.texts(), old.since(), old.signers(), old.signed());
  }

  /** Compiled only: for a bundle that watches and decides nothing. */
  Rules shadow(PolicyTexts texts, Instant now) throws Refused {
    PolicyCompiler.Result compiled = PolicyCompiler.compile(texts.shown(), LocalDate.ofInstant(now, ZoneOffset.UTC));
    return rules(compiled.bundle().orElseThrow(() -> new Refused(Stage.COMPILE, compiled.problems())));
  }

  private SignatureCheck.Result signed(PolicyTexts texts, Path ringFile, @Nullable Accepted accepted, Instant now) throws Refused {
    List<Problem> problems = new ArrayList<>();
    Optional<KeyRing> ring;
    try {
      byte[] bytes = Files.size(ringFile) > MAX_RING_BYTES ? new byte[0] : Files.readAllBytes(ringFile);
      ring = KeyRing.parse(ringFile.toString(), bytes, problems);
    } catch (IOException e) {
      throw new Refused(Stage.SIGNATURE, ringFile.toString(), "the key ring cannot be read (" + e.getClass().getSimpleName() + ")",
          "name a readable file in policy.keyring");
    }
    if (ring.isEmpty()) {
      throw new Refused(Stage.SIGNATURE, problems);
    }
    SignatureCheck.Result result = SignatureCheck.check(texts.files(), texts.manifest(), texts.signatures(), ring.get(), accepted, now);
    if (result.manifest().isEmpty()) {
      throw new Refused(Stage.SIGNATURE, result.problems(), result.retryAt());
    }
    return result;
  }

  private Rules rules(PolicyBundle bundle) throws Refused {
    List<Problem> mismatches = PolicyDetectors.mismatches(builtIn, bundle);
    if (!mismatches.isEmpty()) {
      throw new Refused(Stage.COMPILE, mismatches);
    }
    return new Rules(new Classifier(PolicyDetectors.with(builtIn, bundle)), new Decider(bundle, region));
  }

  private void check(PolicyTexts texts, Rules rules, boolean partlyExpired, Instant now, Pace pace) throws Refused {
    Rules tried = rules;
    if (partlyExpired) {
      // Its tests speak of the policy as it was written; that a part of it has run out since is no mistake in it.
      PolicyCompiler.Result whole = PolicyCompiler.compile(texts.shown(), LocalDate.EPOCH, pace);
      tried = rules(whole.bundle().orElseThrow(() -> new Refused(Stage.COMPILE, whole.problems())));
    }
    List<Problem> problems = new ArrayList<>();
    BundleCheck.Candidate candidate = new BundleCheck.Candidate(tried.classifier(), tried.decider(), texts.shown(), now);
    for (BundleCheck check : checks) {
      problems.addAll(check.problems(candidate, pace));
    }
    if (!problems.isEmpty()) {
      throw new Refused(Stage.CHECKS, problems);
    }
  }

  /** What is unknown counts as loosening, the first bundle included: whoever removes the state must not get by with one key. */
  private void approval(PolicyBundle bundle, Supplier<Optional<InForce>> earlier, boolean alreadyAccepted, SignatureCheck.Result signed) throws Refused {
    if (signed.approved() || alreadyAccepted) {
      return;
    }
    Optional<InForce> before = earlier.get();
    if (before.isPresent() && !loosening.loosens(before.get().bundle(), bundle)) {
      return;
    }
    throw new Refused(Stage.APPROVAL, "bundle.sig", before.isEmpty() ? "the first bundle here needs two signatures, and " + signed.signers() + " alone signed"
        : "the bundle lets more out than the one in force, and " + signed.signers() + " alone signed",
        "let a second person of the key ring sign it: tidegate policy sign");
  }
}
