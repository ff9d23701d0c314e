package io.tidegate.daemon.policy;

import io.tidegate.policy.signature.Accepted;
import io.tidegate.policy.signature.Manifest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the daemon remembers of policies from one run to the next: the last good bundle, whole and with its digest, and the newest signed revision.
 * Each is one file, replaced in one step and synced. Blocking; one thread at a time.
 */
class StateDirectory {
  private static final String LAST_GOOD = "last-good";
  private static final String ACCEPTED = "accepted";
  private static final String MAGIC = "tidegate last good policy v1";
  private static final int MAX_BYTES = 20 << 20;
  private static final int DIGEST_BYTES = 32;
  private static final Set<PosixFilePermission> OTHERS = Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

  private static final String UNFINISHED = ".new";
  private static final Duration LEFT_OVER = Duration.ofHours(1);

  private final Path directory;
  private final String own = Long.toHexString(new SecureRandom().nextLong());

  StateDirectory(Path directory) {
    this.directory = directory;
  }

  Path path() {
    return directory;
  }

  /** The last good bundle from {@code place}; empty if there is none, from elsewhere, or not as it was written. */
  Optional<PolicyTexts> lastGood(String place) {
    try {
      Optional<byte[]> bytes = read(LAST_GOOD, MAX_BYTES);
      if (bytes.isEmpty() || bytes.get().length <= DIGEST_BYTES) {
        return Optional.empty();
      }
      byte[] all = bytes.get();
      byte[] content = Arrays.copyOf(all, all.length - DIGEST_BYTES);
      byte[] digest = Arrays.copyOfRange(all, all.length - DIGEST_BYTES, all.length);
      if (!MessageDigest.isEqual(digest, HexFormat.of().parseHex(Manifest.sha256(content)))) {
        return Optional.empty();
      }
      DataInputStream in = new DataInputStream(new ByteArrayInputStream(content));
      if (!in.readUTF().equals(MAGIC) || !in.readUTF().equals(place)) {
        return Optional.empty();
      }
      SortedMap<String, byte[]> files = new TreeMap<>();
      for (int count = in.readInt(); count > 0; count--) {
        files.put(in.readUTF(), part(in));
      }
      return Optional.of(new PolicyTexts(place, files, in.readBoolean() ? part(in) : null, in.readBoolean() ? part(in) : null));
    } catch (IOException unusable) {
      return Optional.empty();
    }
  }

  private static byte[] part(DataInputStream in) throws IOException {
    int length = in.readInt();
    byte[] bytes = in.readNBytes(Math.max(0, length));
    if (bytes.length != length) {
      throw new IOException("it ends too early");
    }
    return bytes;
  }

  /** @param wanted asked once all is written and before it counts: false where nobody waits for it any more */
  void keep(PolicyTexts texts, BooleanSupplier wanted) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeUTF(MAGIC);
    out.writeUTF(texts.place());
    out.writeInt(texts.files().size());
    for (var file : texts.files().entrySet()) {
      out.writeUTF(file.getKey());
      out.writeInt(file.getValue().length);
      out.write(file.getValue());
    }
    optional(out, texts.manifest());
    optional(out, texts.signatures());
    byte[] content = bytes.toByteArray();
    byte[] all = Arrays.copyOf(content, content.length + DIGEST_BYTES);
    System.arraycopy(HexFormat.of().parseHex(Manifest.sha256(content)), 0, all, content.length, DIGEST_BYTES);
    write(LAST_GOOD, all, wanted);
  }

  private static void optional(DataOutputStream out, byte @Nullable [] bytes) throws IOException {
    out.writeBoolean(bytes != null);
    if (bytes != null) {
      out.writeInt(bytes.length);
      out.write(bytes);
    }
  }

  /**
   * The newest signed bundle that was in force; null if none was.
   *
   * @throws IOException if there is a record that cannot be read: the caller must not take it for none
   */
  @Nullable Accepted accepted() throws IOException {
    Optional<byte[]> bytes = read(ACCEPTED, 1_024);
    if (bytes.isEmpty()) {
      return null;
    }
    String[] words = new String(bytes.get(), StandardCharsets.US_ASCII).strip().split(" ");
    try {
      // A later version may say more behind these.
      if (words.length >= 3 && Manifest.isName(words[0]) && words[2].length() == 2 * DIGEST_BYTES) {
        return new Accepted(words[0], Integer.parseInt(words[1]), words[2]);
      }
    } catch (NumberFormatException garbled) {
      // Said below.
    }
    throw new IOException(directory.resolve(ACCEPTED) + " is garbled, or in another version's form");
  }

  /** @param wanted as for {@link #keep}: what was refused because this took too long must not count as accepted later */
  void accept(Accepted accepted, BooleanSupplier wanted) throws IOException {
    write(ACCEPTED, (accepted.name() + " " + accepted.revision() + " " + accepted.manifestDigest() + "\n").getBytes(StandardCharsets.US_ASCII), wanted);
  }

  private Optional<byte[]> read(String name, int maxBytes) throws IOException {
    Path file = directory.resolve(name);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    for (Path path : new Path[] {directory, file}) {
      if (Files.getPosixFilePermissions(path).stream().anyMatch(OTHERS::contains)) {
        throw new IOException(path + " can be written by others");
      }
    }
    try (var in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(maxBytes + 1);
      if (bytes.length > maxBytes) {
        throw new IOException(file + " is too long");
      }
      return Optional.of(bytes);
    }
  }

  private void sweep(String name) throws IOException {
    Instant old = Instant.now().minus(LEFT_OVER);
    try (DirectoryStream<Path> left = Files.newDirectoryStream(directory, name + ".*" + UNFINISHED)) {
      for (Path each : left) {
        if (Files.getLastModifiedTime(each).toInstant().isBefore(old)) {
          Files.deleteIfExists(each);
        }
      }
    }
  }

  private void write(String name, byte[] bytes, BooleanSupplier wanted) throws IOException {
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    // A name of our own: during a hand-over two processes may write. What was left by one that was killed goes.
    sweep(name);
    Path fresh = directory.resolve(name + "." + own + UNFINISHED);
    Files.deleteIfExists(fresh);
    try (FileChannel channel = FileChannel.open(fresh, Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      ByteBuffer left = ByteBuffer.wrap(bytes);
      while (left.hasRemaining()) {
        channel.write(left);
      }
      channel.force(true);
    }
    if (!wanted.getAsBoolean()) {
      Files.deleteIfExists(fresh);
      throw new IOException("nobody waits for it any more");
    }
    Files.move(fresh, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel folder = FileChannel.open(directory, StandardOpenOption.READ)) {
      folder.force(true);
    }
  }
}
