package io.tidegate.gguf.sync;

import io.tidegate.policy.signature.KeyRing;
import io.tidegate.policy.signature.Signatures;
import java.io.IOException;
import java.time.LocalDate;

/** One look at the source. */
public final class Look {
  private final ModelFolder folder;
  private final Source source;

  public Look(ModelFolder folder, Source source) {
    this.folder = folder;
    this.source = source;
  }

  /**
   * What came of it.
   *
   * @param fetched bytes of the model's file that came this time
   * @param swapped whether another model is served from now on
   */
  public record Found(ModelManifest manifest, long fetched, boolean swapped) {}

  /** @param today for the keys' days */
  public Found once(KeyRing ring, LocalDate today) throws IOException, Refusal {
    byte[] manifest = source.small(ModelManifest.FILE, ModelManifest.MAX_BYTES);
    byte[] signatures = source.small(ModelManifest.SIGNATURES, Signatures.MAX_BYTES);
    ModelManifest wanted = Genuine.check(manifest, signatures, ring, folder.accepted().orElse(null), today);
    if (folder.serves(wanted)) {
      return new Found(wanted, 0, false);
    }
    return new Found(wanted, folder.take(wanted, source), true);
  }
}
