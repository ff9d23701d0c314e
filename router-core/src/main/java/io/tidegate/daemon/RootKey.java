package io.tidegate.daemon;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The installation's one root key, and keys for each use derived from it (decisions 14). Never leaves the process. */
final class RootKey {
  private static final int BYTES = 32;

  private final byte[] root;

  private RootKey(byte[] root) {
    this.root = root;
  }

  /**
   * Takes the key from a systemd credential if there is one, else from {@code file}, which is made at the first start with mode 0600. Blocking.
   *
   * @throws IOException if the file is readable by others, has the wrong length, or cannot be made
   */
  static RootKey load(Optional<byte[]> credential, Path file) throws IOException {
    return new RootKey(KeyFile.load(credential, "root-key", file));
  }

  /** A key that an operator gave, of any length. */
  static RootKey of(byte[] given) {
    return new RootKey(given.clone());
  }

  /** A key for one use: HKDF-SHA-256 (RFC 5869) with {@code use} as its info; 32 bytes. */
  byte[] derive(String use) {
    byte[] extracted = hmac(new byte[BYTES], root);
    byte[] info = use.getBytes(StandardCharsets.UTF_8);
    byte[] block = new byte[info.length + 1];
    System.arraycopy(info, 0, block, 0, info.length);
    block[info.length] = 1;
    return hmac(extracted, block);
  }

  private static byte[] hmac(byte[] key, byte[] data) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(data);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  @Override
  public String toString() {
    return "RootKey";
  }
}
