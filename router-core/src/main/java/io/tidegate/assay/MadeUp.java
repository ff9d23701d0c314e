package io.tidegate.assay;

import java.util.SplittableRandom;

/** Made-up values by themselves, the same each time. */
public final class MadeUp {
  private MadeUp() {}

  /** A value of a kind of {@link Placeholders#kinds}. */
  public static String value(String kind) {
    return Placeholders.expand("{{" + kind + "}}", new SplittableRandom(kind.hashCode()));
  }

  /** {@code length} characters in the alphabet of base64 that decode to nothing readable. */
  public static String noise(int length) {
    return MadeUpSecrets.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", new SplittableRandom(length), length);
  }
}
