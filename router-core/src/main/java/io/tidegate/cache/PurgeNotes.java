package io.tidegate.cache;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Purges in a file, sealed, for every process of a unit: those that run at once, and those that come later. Replaced in one step, and on the disk before
 * {@link #add} returns. What cannot be read may hold any purge, so it stands for one of everything, at the time of reading. Blocking; thread-safe, and one
 * process writes at a time.
 *
 * <p>{@code magic | salt 16 | sealed}; times are civil.
 */
public final class PurgeNotes {
  private static final byte[] MAGIC = "tidegate-purges-1\n".getBytes(StandardCharsets.US_ASCII);
  private static final int HEAD_BYTES = MAGIC.length + FileSeal.SALT_BYTES;
  /** {@link PurgeList#MAX_KEPT} of the longest that the admin listener takes. */
  private static final long LOCK_NANOS = 20_000_000_000L;
  private static final long LOOK_NANOS = 10_000_000L;
  private static final int MAX_BYTES = 2 << 20;
  private static final FileAttribute<?> OWN = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  /** A process has a file's lock for all its threads. */
  private static final Object WRITING = new Object();

  private final Path file;
  private final byte[] key;
  private final long lockNanos;
  private List<PurgeList.Done> told = List.of();
  /** How the file began: its salt is another each time it is written. */
  private byte @Nullable [] seen;

  /** @param key 32 bytes, for this use only */
  public PurgeNotes(Path file, byte[] key) {
    this(file, key, LOCK_NANOS);
  }

  /** @param lockNanos how long another process may have the file */
  PurgeNotes(Path file, byte[] key, long lockNanos) {
    this.file = file;
    this.key = key.clone();
    this.lockNanos = lockNanos;
  }

  /**
   * What was noted since this was asked last, by whomever else: costs a look at its salt where nothing was.
   *
   * @throws IOException if it cannot be read: then {@link #add} something that stands for all it may hold
   */
  synchronized List<PurgeList.Done> news() throws IOException {
    byte[] now;
    try (InputStream in = Files.newInputStream(file)) {
      now = in.readNBytes(HEAD_BYTES);
    } catch (NoSuchFileException none) {
      return List.of();
    }
    if (Arrays.equals(now, seen)) {
      return List.of();
    }
    // Before it is read: what is changed meanwhile is read once more, and what cannot be read not again until it is another.
    seen = now;
    PurgeList all = read();
    List<PurgeList.Done> news = new ArrayList<>(all.all());
    news.removeAll(told);
    told = all.all();
    return news;
  }

  /** @throws IOException if it is not on the disk, and may be forgotten */
  synchronized void add(Purge purge, long nowMillis) throws IOException {
    PurgeList.Done done = new PurgeList.Done(purge, nowMillis);
    synchronized (WRITING) {
      try (FileChannel channel = FileChannel.open(sibling(".lock"), Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), OWN); FileLock lock = lock(channel)) {
        PurgeList before;
        try {
          before = read();
        } catch (IOException unreadable) {
          before = new PurgeList(List.of(new PurgeList.Done(Purge.ALL, nowMillis)));
        }
        write(before.with(done, nowMillis - PurgeList.KEPT_SECONDS * 1_000));
      }
    }
    List<PurgeList.Done> known = new ArrayList<>(told);
    known.add(done);
    told = List.copyOf(known);
  }

  /** Another process of the unit may stand still while it has it. */
  private FileLock lock(FileChannel channel) throws IOException {
    long deadline = System.nanoTime() + lockNanos;
    for (FileLock lock = channel.tryLock();; lock = channel.tryLock()) {
      if (lock != null) {
        return lock;
      }
      if (System.nanoTime() - deadline > 0 || Thread.currentThread().isInterrupted()) {
        throw new IOException("another process has had the list of purges for too long");
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  private Path sibling(String end) {
    return file.resolveSibling(file.getFileName() + end);
  }

  private PurgeList read() throws IOException {
    byte[] all;
    try (InputStream in = Files.newInputStream(file)) {
      all = in.readNBytes(MAX_BYTES + 1);
    } catch (NoSuchFileException none) {
      return PurgeList.NONE;
    }
    boolean ours = all.length > HEAD_BYTES && all.length <= MAX_BYTES && Arrays.equals(all, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
    byte[] packed = ours ? new FileSeal(key, Arrays.copyOfRange(all, MAGIC.length, HEAD_BYTES), MAGIC).open(0, Arrays.copyOfRange(all, HEAD_BYTES, all.length)) : null;
    if (packed == null) {
      throw new IOException("not a list of purges, damaged, or of another key or version");
    }
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(packed));
    List<PurgeList.Done> done = new ArrayList<>();
    while (in.available() > 0) {
      long at = in.readLong();
      done.add(new PurgeList.Done(new Purge(text(in), text(in), text(in), in.readBoolean() ? in.readLong() : null), at));
    }
    return new PurgeList(done);
  }

  private void write(PurgeList list) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(packed);
    for (PurgeList.Done done : list.all()) {
      Purge purge = done.purge();
      out.writeLong(done.at());
      text(out, purge.tenant());
      text(out, purge.model());
      text(out, purge.policy());
      out.writeBoolean(purge.session() != null);
      if (purge.session() != null) {
        out.writeLong(purge.session());
      }
    }
    byte[] salt = FileSeal.newSalt();
    byte[] sealed = new FileSeal(key, salt, MAGIC).seal(0, packed.toByteArray());
    Path fresh = sibling(".new");
    Files.deleteIfExists(fresh);
    try (FileChannel channel = FileChannel.open(fresh, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OWN)) {
      ByteBuffer all = ByteBuffer.allocate(MAGIC.length + salt.length + sealed.length).put(MAGIC).put(salt).put(sealed).flip();
      if (all.remaining() > MAX_BYTES) {
        throw new IOException("too long");
      }
      while (all.hasRemaining()) {
        channel.write(all);
      }
      channel.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel names = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
      names.force(true);
    }
  }

  private static @Nullable String text(DataInputStream in) throws IOException {
    return in.readBoolean() ? in.readUTF() : null;
  }

  private static void text(DataOutputStream out, @Nullable String text) throws IOException {
    out.writeBoolean(text != null);
    if (text != null) {
      out.writeUTF(text);
    }
  }
}
