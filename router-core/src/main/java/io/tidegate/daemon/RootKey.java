package io.tidegate.daemon;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The installation's one root key, and keys for each use derived from it (decisions 14). Never leaves the process. */
final class RootKey {
  private static final int BYTES = 32;
  private static final Set<PosixFilePermission> OWNER_ONLY = EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

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
    if (credential.isPresent()) {
      return checked(credential.get(), "credential root-key");
    }
    if (!Files.exists(file)) {
      byte[] fresh = new byte[BYTES];
      new SecureRandom().nextBytes(fresh);
      Files.createDirectories(file.toAbsolutePath().getParent());
      try {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        Files.write(file, fresh, StandardOpenOption.WRITE, StandardOpenOption.SYNC);
      } catch (FileAlreadyExistsException raced) {
        // Another start of the daemon made it in between: that one counts.
      }
    }
    if (!OWNER_ONLY.containsAll(Files.getPosixFilePermissions(file))) {
      throw new IOException(file + " can be read by others. Fix: chmod 600 " + file);
    }
    return checked(Files.readAllBytes(file), file.toString());
  }

  private static RootKey checked(byte[] key, String where) throws IOException {
    if (key.length != BYTES) {
      throw new IOException(where + " must hold exactly " + BYTES + " bytes, and holds " + key.length);
    }
    return new RootKey(key);
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
