package io.tidegate.daemon;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Secrets of 32 bytes that the installation makes for itself at its first start, unless systemd hands them in. */
final class KeyFile {
  private static final int BYTES = 32;
  private static final Set<PosixFilePermission> OWNER_ONLY = EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private KeyFile() {}

  /**
   * The credential if there is one, else the content of {@code file}, which is made with mode 0600 if it is not there. Blocking.
   *
   * @param name of the credential, for messages
   * @throws IOException if the file is readable by others, has the wrong length, or cannot be made
   */
  static byte[] load(Optional<byte[]> credential, String name, Path file) throws IOException {
    if (credential.isPresent()) {
      return checked(credential.get(), "credential " + name);
    }
    if (!Files.exists(file)) {
      make(file);
    }
    if (!OWNER_ONLY.containsAll(Files.getPosixFilePermissions(file))) {
      throw new IOException(file + " can be read by others. Fix: chmod 600 " + file);
    }
    return checked(Files.readAllBytes(file), file.toString());
  }

  /** Under another name first: who is killed in between, or reads in between, must never see a part of a key. */
  private static void make(Path file) throws IOException {
    byte[] fresh = new byte[BYTES];
    SecureRandom random = new SecureRandom();
    random.nextBytes(fresh);
    Path directory = file.toAbsolutePath().getParent();
    Files.createDirectories(directory);
    Path unfinished = directory.resolve(file.getFileName() + "." + Long.toHexString(random.nextLong()) + ".new");
    try {
      Files.createFile(unfinished, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
      Files.write(unfinished, fresh, StandardOpenOption.WRITE, StandardOpenOption.SYNC);
      // A link, not a move: where another start of the daemon was faster, its key counts.
      Files.createLink(file, unfinished);
    } catch (FileAlreadyExistsException raced) {
      return;
    } finally {
      Files.deleteIfExists(unfinished);
    }
    try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
      names.force(true);
    }
  }

  private static byte[] checked(byte[] key, String where) throws IOException {
    if (key.length != BYTES) {
      throw new IOException(where + " must hold exactly " + BYTES + " bytes, and holds " + key.length + ". Fix: put in 32 bytes by chance, as 'head -c 32 /dev/urandom' makes them");
    }
    return key;
  }
}
