package io.tidegate.cache;

import io.tidegate.line.AnswerCache.Key;
import io.tidegate.line.AnswerCache.Stored;
import io.tidegate.model.Operation;
import io.tidegate.model.Sensitivity;
import io.tidegate.time.WallClock;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The process's own cache in a file, from one run to the next. Holds what may leave the process and is not RESTRICTED (decisions 5), each entry sealed by
 * AES-256-GCM under a key of this file alone, and tied to its place in it. Read once. Blocking.
 *
 * <p>Two processes of one unit may leave a file each, and whoever starts takes the one that is there, however old. So what the cache knows to be purged is
 * left out as it is read: see {@link AcrossRuns}, which tells it first.
 *
 * <p>{@code magic | salt 16 | (length 4 | sealed)…}; the nonce is the entry's number, which no key sees twice.
 */
public final class Snapshot {
  private static final byte[] MAGIC = "tidegate-cache-1\n".getBytes(StandardCharsets.US_ASCII);
  private static final int MAX_ENTRY = 1 << 20;

  private final Path file;
  private final byte[] key;
  private final byte[] world;
  private final WallClock clock;

  /**
   * @param key 32 bytes, for this use only
   * @param world what else must be equal for answers to be, see {@link Sealing}
   */
  public Snapshot(Path file, byte[] key, byte[] world, WallClock clock) {
    this.file = file;
    this.key = key.clone();
    this.world = world.clone();
    this.clock = clock;
  }

  /** @return how many entries were written */
  public int write(ExactCache cache) throws IOException {
    byte[] salt = FileSeal.newSalt();
    FileSeal seal = new FileSeal(key, salt, world);
    long nowMillis = clock.now().toEpochMilli();
    int count = 0;
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    try (FileChannel channel = FileChannel.open(fresh, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16))) {
      out.write(MAGIC);
      out.write(salt);
      for (Map.Entry<Key, Stored> entry : cache.all()) {
        Stored stored = entry.getValue();
        if (stored.life().outside() && entry.getKey().sensitivity() != Sensitivity.RESTRICTED) {
          byte[] sealed = seal.seal(count++, packed(entry.getKey(), stored, cache.nanos(), nowMillis));
          out.writeInt(sealed.length);
          out.write(sealed);
        }
      }
      out.flush();
      channel.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    return count;
  }

  /**
   * Puts into {@code cache} what the file holds and this bundle may still give, and removes the file. What is damaged, cut off, of another key or of another
   * place, or was purged, is left out.
   *
   * @return how many entries came back; -1 if there is no file
   */
  public int read(ExactCache cache, String policyDigest) throws IOException {
    int count = 0;
    try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
      byte[] magic = in.readNBytes(MAGIC.length);
      byte[] salt = in.readNBytes(FileSeal.SALT_BYTES);
      if (!Arrays.equals(magic, MAGIC) || salt.length < FileSeal.SALT_BYTES) {
        return 0;
      }
      FileSeal seal = new FileSeal(key, salt, world);
      for (int number = 0; ; number++) {
        byte[] sealed = next(in);
        byte[] packed = sealed == null ? null : seal.open(number, sealed);
        if (packed == null) {
          return count;
        }
        count += restored(packed, cache, policyDigest) ? 1 : 0;
      }
    } catch (NoSuchFileException none) {
      return -1;
    } finally {
      Files.deleteIfExists(file);
    }
  }

  void remove() throws IOException {
    Files.deleteIfExists(file);
  }

  private static byte @Nullable [] next(DataInputStream in) throws IOException {
    byte[] length = in.readNBytes(4);
    if (length.length < 4) {
      return null;
    }
    int bytes = ByteBuffer.wrap(length).getInt();
    byte[] sealed = bytes <= 0 || bytes > MAX_ENTRY ? new byte[0] : in.readNBytes(bytes);
    return sealed.length == bytes ? sealed : null;
  }

  private static byte[] packed(Key key, Stored stored, long nowNanos, long nowMillis) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeUTF(key.sharingGroup());
    out.writeByte(key.sensitivity().ordinal());
    out.writeUTF(key.policyDigest());
    out.writeByte(key.operation().ordinal());
    out.write(key.bodyDigest());
    out.write(Packing.pack(stored, nowNanos - stored.life().bornNanos(), nowMillis));
    return bytes.toByteArray();
  }

  private boolean restored(byte[] packed, ExactCache cache, String policyDigest) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(packed));
    String group = in.readUTF();
    int sensitivity = in.readByte();
    String policy = in.readUTF();
    int operation = in.readByte();
    byte[] digest = in.readNBytes(32);
    Stored stored = Packing.unpack(in.readAllBytes(), cache.nanos(), clock.now().toEpochMilli());
    boolean known = sensitivity >= 0 && sensitivity < Sensitivity.values().length && operation >= 0 && operation < Operation.values().length;
    if (!known || stored == null || sensitivity == Sensitivity.RESTRICTED.ordinal() || !policy.equals(policyDigest)) {
      return false;
    }
    return cache.putIfNewer(new Key(group, Sensitivity.values()[sensitivity], policyDigest, Operation.values()[operation], digest), stored);
  }
}
