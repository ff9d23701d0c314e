package io.tidegate.policy.signature;

import io.tidegate.model.Problem;
import io.tidegate.policy.signature.KeyRing.Key;
import io.tidegate.policy.signature.KeyRing.Role;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Whether a bundle's files are what somebody trusted has signed. The order is the point: signatures over the manifest's bytes first, only then is
 * the manifest read, only then are the files compared with it; no policy is parsed before. Pure.
 */
public final class SignatureCheck {
  private SignatureCheck() {}

  /**
   * What was found.
   *
   * @param manifest there only if the bundle is genuine, in time and not older than what was accepted
   * @param signers ids of the keys whose signatures count, sorted
   * @param approved the signatures suffice for a bundle that loosens
   * @param problems every reason against it that can be told
   * @param retryAt when a bundle that is early will be in time; null if time will not mend it
   */
  public record Result(Optional<Manifest> manifest, List<String> signers, boolean approved, List<Problem> problems, @Nullable Instant retryAt) {
    public Result {
      signers = List.copyOf(signers);
      problems = List.copyOf(problems);
    }

    /** To be remembered once the bundle is in force. */
    public Optional<Accepted> accepted() {
      return manifest.map(Accepted::of);
    }
  }

  /**
   * Checks one bundle.
   *
   * @param files name → bytes of every policy file that would be compiled
   * @param manifest the bytes as they were read; null if there is none
   * @param signatures the same
   * @param last null if nothing was accepted here yet
   */
  public static Result check(Map<String, byte[]> files, byte @Nullable [] manifest, byte @Nullable [] signatures, KeyRing ring,
      @Nullable Accepted last, Instant now) {
    if (manifest == null || signatures == null) {
      return refused(problem(manifest == null ? Manifest.FILE : Signatures.FILE, "the bundle is not signed, and policy.signatures is required",
          "run: tidegate policy sign DIR --id ID --key FILE"));
    }
    if (manifest.length > Manifest.MAX_BYTES) {
      return refused(problem(Manifest.FILE, "the manifest is longer than " + Manifest.MAX_BYTES + " bytes", "sign again: tidegate policy sign"));
    }
    Optional<Signatures> read = Signatures.parse(signatures);
    if (read.isEmpty()) {
      return refused(problem(Signatures.FILE, "this is not a list of signatures", "sign again: tidegate policy sign"));
    }
    List<Problem> problems = new ArrayList<>();
    List<Key> good = counted(read.get(), manifest, ring, now, problems);
    if (good.stream().noneMatch(key -> key.roles().contains(Role.SIGN))) {
      problems.add(problem(Signatures.FILE, "no signature counts of a key that may sign", "let somebody of the key ring sign it"));
      return new Result(Optional.empty(), List.of(), false, problems, null);
    }
    // A second signature that does not count is a reason to stop, too: somebody meant it to.
    if (!problems.isEmpty()) {
      return new Result(Optional.empty(), List.of(), false, problems, null);
    }
    Optional<Manifest> signed = Manifest.parse(manifest);
    if (signed.isEmpty()) {
      return refused(problem(Manifest.FILE, "what was signed is not a manifest of this version", "sign again with this version: tidegate policy sign"));
    }
    Instant retryAt = against(signed.get(), files, last, now, problems);
    List<String> ids = List.copyOf(new TreeSet<>(good.stream().map(Key::id).toList()));
    return problems.isEmpty() ? new Result(signed, ids, approved(good), problems, null)
        : new Result(Optional.empty(), List.of(), false, problems, problems.size() == 1 ? retryAt : null);
  }

  private static List<Key> counted(Signatures signatures, byte[] manifest, KeyRing ring, Instant now, List<Problem> problems) {
    LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
    List<Key> good = new ArrayList<>();
    for (Signatures.One one : signatures.list()) {
      Key key = ring.key(one.keyId()).orElse(null);
      if (key == null) {
        problems.add(problem(Signatures.FILE, "the key '" + one.keyId() + "' is not in the key ring", "add it to policy.keyring after review, or sign with another"));
      } else if (key.revoked()) {
        problems.add(problem(Signatures.FILE, "the key '" + key.id() + "' is revoked", "sign with a key that is not"));
      } else if (today.isBefore(key.from()) || today.isAfter(key.until())) {
        problems.add(problem(Signatures.FILE, "the key '" + key.id() + "' holds from " + key.from() + " to " + key.until() + ", not today",
            "sign with a key that holds today"));
      } else if (!verifies(key, manifest, one.bytes())) {
        problems.add(problem(Signatures.FILE, "the signature of the key '" + key.id() + "' does not fit the manifest", "sign what is there: tidegate policy sign"));
      } else {
        good.add(key);
      }
    }
    return good;
  }

  private static boolean verifies(Key key, byte[] manifest, byte[] bytes) {
    try {
      Signature signature = Signature.getInstance("Ed25519");
      signature.initVerify(key.publicKey());
      signature.update(Manifest.message(manifest));
      return signature.verify(bytes);
    } catch (GeneralSecurityException malformed) {
      return false;
    }
  }

  /** When an early bundle will be in time; null if it is not early. */
  private static @Nullable Instant against(Manifest manifest, Map<String, byte[]> files, @Nullable Accepted last, Instant now, List<Problem> problems) {
    if (!manifest.covers(files)) {
      problems.add(problem(Manifest.FILE, "the files are not the ones that were signed" + difference(manifest, files),
          "restore them, or sign them: tidegate policy sign"));
    }
    if (last != null && !last.name().equals(manifest.name())) {
      problems.add(problem(Manifest.FILE, "this is the bundle '" + manifest.name() + "', and '" + last.name() + "' is what this daemon follows",
          "sign it under that name; to follow another bundle, stop the daemon and remove the file 'accepted' of policy.state"));
    } else if (last != null && (manifest.revision() < last.revision()
        || manifest.revision() == last.revision() && !manifest.digest().equals(last.manifestDigest()))) {
      problems.add(problem(Manifest.FILE, "revision " + manifest.revision() + " is not newer than " + last.revision() + ", which was in force here",
          "sign with a higher --revision; to go back, sign the older files anew"));
    }
    Instant end = manifest.notAfter();
    if (end != null && !now.isBefore(end)) {
      problems.add(problem(Manifest.FILE, "the bundle ended at " + end, "sign it anew with a later --not-after"));
    }
    if (now.isBefore(manifest.notBefore())) {
      problems.add(problem(Manifest.FILE, "the bundle begins at " + manifest.notBefore(), "wait, look at this host's clock, or sign it with an earlier --not-before"));
      return manifest.notBefore();
    }
    return null;
  }

  private static String difference(Manifest manifest, Map<String, byte[]> files) {
    TreeSet<String> missing = new TreeSet<>(manifest.files().keySet());
    missing.removeAll(files.keySet());
    TreeSet<String> added = new TreeSet<>(files.keySet());
    added.removeAll(manifest.files().keySet());
    return !missing.isEmpty() ? ": " + missing.first() + " is missing" : !added.isEmpty() ? ": " + (Manifest.isFileName(added.first()) ? added.first()
        : "one more file") + " is not among them" : "";
  }

  /** Two different keys, one of which may sign and the other approve. */
  private static boolean approved(List<Key> good) {
    return good.stream().anyMatch(signer -> signer.roles().contains(Role.SIGN) && good.stream()
        .anyMatch(other -> !other.id().equals(signer.id()) && !other.publicKey().equals(signer.publicKey()) && other.roles().contains(Role.APPROVE)));
  }

  private static Result refused(Problem problem) {
    return new Result(Optional.empty(), List.of(), false, List.of(problem), null);
  }

  private static Problem problem(String file, String message, String fix) {
    return new Problem(file, 0, 0, message, fix);
  }
}
