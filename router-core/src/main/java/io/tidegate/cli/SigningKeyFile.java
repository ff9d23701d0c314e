package io.tidegate.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;

/** A private Ed25519 key as PEM (PKCS #8) in a file that only its owner can read. No message holds anything of it. */
final class SigningKeyFile {
  private static final Set<PosixFilePermission> OWNER_ONLY = EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
  private static final int MAX_BYTES = 4_096;
  // Put together, so that no scanner takes this file for a key.
  private static final String BEGIN = "-----BEGIN " + "PRIVATE KEY-----\n";
  private static final String END = "-----END " + "PRIVATE KEY-----\n";

  private SigningKeyFile() {}

  /** Writes a new file with mode 0600; an existing one is never overwritten. */
  static void write(Path file, PrivateKey key) throws IOException {
    String pem = BEGIN + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded()) + "\n" + END;
    Files.createFile(file, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    Files.writeString(file, pem, StandardCharsets.US_ASCII, StandardOpenOption.WRITE);
  }

  /** @throws IOException with what is wrong and the fix */
  static PrivateKey read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException(file + ": there is no such file. Fix: name the file that 'tidegate policy keygen' wrote");
    }
    if (!OWNER_ONLY.containsAll(Files.getPosixFilePermissions(file))) {
      throw new IOException(file + ": others may read this private key, so it may be known to them. Fix: make a new one; at least run: chmod 600 " + file);
    }
    try {
      String pem = Files.size(file) > MAX_BYTES ? "" : Files.readString(file, StandardCharsets.US_ASCII);
      if (pem.startsWith(BEGIN) && pem.endsWith(END)) {
        byte[] der = Base64.getMimeDecoder().decode(pem.substring(BEGIN.length(), pem.length() - END.length()));
        return KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(der));
      }
    } catch (GeneralSecurityException | IllegalArgumentException | java.nio.charset.CharacterCodingException notAKey) {
      // Said below.
    }
    throw new IOException(file + ": this is no Ed25519 private key. Fix: name the file that 'tidegate policy keygen' wrote");
  }
}
