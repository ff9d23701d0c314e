package io.tidegate.policy.signature;

/**
 * The newest signed bundle that was ever put in force here. No older one is taken after it.
 *
 * @param manifestDigest see {@link Manifest#digest}
 */
public record Accepted(String name, int revision, String manifestDigest) {
  static Accepted of(Manifest manifest) {
    return new Accepted(manifest.name(), manifest.revision(), manifest.digest());
  }
}
