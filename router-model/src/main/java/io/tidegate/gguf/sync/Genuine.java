package io.tidegate.gguf.sync;

import io.tidegate.policy.signature.KeyRing;
import io.tidegate.policy.signature.KeyRing.Key;
import io.tidegate.policy.signature.KeyRing.Role;
import io.tidegate.policy.signature.Signatures;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.LocalDate;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether a manifest is what somebody trusted has signed: the signature first, only then is it read. Pure. */
public final class Genuine {
  private Genuine() {}

  /**
   * The manifest, if it is genuine.
   *
   * @param last what was taken here before; null if nothing was
   * @throws Refusal if no signature counts, or it is older than what was taken, or of another model
   */
  public static ModelManifest check(byte[] manifest, byte[] signatures, KeyRing ring, @Nullable ModelManifest last, LocalDate today) throws Refusal {
    Signatures read = Signatures.parse(signatures).orElseThrow(() -> new Refusal(ModelManifest.SIGNATURES + " is not a list of signatures"));
    boolean signed = false;
    for (Signatures.One one : read.list()) {
      signed |= counts(ring.key(one.keyId()).orElse(null), manifest, one.bytes(), today);
    }
    if (!signed) {
      throw new Refusal("no signature of " + ModelManifest.FILE + " counts. Fix: let somebody of the key ring sign it with 'tidegate model sign'");
    }
    Optional<ModelManifest> parsed = ModelManifest.parse(manifest);
    ModelManifest now = parsed.orElseThrow(() -> new Refusal("what was signed is not a manifest of a model"));
    if (last != null && !last.name().equals(now.name())) {
      throw new Refusal("this is the model '" + now.name() + "', and this folder follows '" + last.name() + "'");
    }
    if (last != null && (now.revision() < last.revision() || now.revision() == last.revision() && !now.equals(last))) {
      throw new Refusal("revision " + now.revision() + " is not newer than " + last.revision() + ", which was taken here");
    }
    return now;
  }

  private static boolean counts(@Nullable Key key, byte[] manifest, byte[] bytes, LocalDate today) {
    if (key == null || key.revoked() || !key.roles().contains(Role.SIGN) || today.isBefore(key.from()) || today.isAfter(key.until())) {
      return false;
    }
    try {
      Signature signature = Signature.getInstance("Ed25519");
      signature.initVerify(key.publicKey());
      signature.update(ModelManifest.message(manifest));
      return signature.verify(bytes);
    } catch (GeneralSecurityException malformed) {
      return false;
    }
  }
}
