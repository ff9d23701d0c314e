package io.tidegate.session;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * {@link LabelBits} in a mapped file: what is stored is the kernel's, so that a kill of the process loses none. Its head (magic, number of bits,
 * probes, a check of the key, CRC-32C of these) says whose it is.
 * Two processes may have it at once: a daemon, and the one that takes over from it.
 */
final class LabelFile implements AutoCloseable {
  /** Its last byte in the file, the highest here, is the digit of the form. */
  private static final long MAGIC = 0x3153_5345_5345_4454L;
  private static final int FORM_SHIFT = 56;
  private static final int BITS_AT = 8;
  private static final int PROBES_AT = 16;
  private static final int KEY_AT = 24;
  private static final int SUM_AT = 32;
  /** Reading a file of a gigabyte takes less. */
  private static final long OPENING_NANOS = 5_000_000_000L;
  private static final VarHandle LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final FileChannel channel;
  private final MappedByteBuffer map;
  private final LabelBits bits;

  private LabelFile(FileChannel channel, long bytes, int slot, boolean alone) throws IOException, LostBits {
    this.channel = channel;
    MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, LabelBits.length(bytes));
    this.map = mapped;
    this.bits = new LabelBits(new LabelBits.Stores() {
      @Override
      public long get(int at) {
        return (long) LONGS.getAcquire(mapped, at);
      }

      @Override
      public void put(int at, long value) {
        LONGS.setRelease(mapped, at, value);
      }

      @Override
      public long or(int at, long more) {
        return (long) LONGS.getAndBitwiseOr(mapped, at, more);
      }

      @Override
      public long plus(int at, long amount) {
        return (long) LONGS.getAndAdd(mapped, at, amount);
      }
    }, bytes, slot, alone);
  }

  /**
   * Opens the file, or makes it, with all its room taken so that no later store can fail for want of it. Blocking.
   *
   * @param bytes of bits; a multiple of {@link LabelBits#PAGE}
   * @param keyCheck tells the key that hashes names; bits of another key say nothing
   * @throws IOException if it cannot be made or opened, two processes have it, or it was made with another size or in another version's form
   * @throws LostBits if it was damaged
   */
  static LabelFile open(Path path, long bytes, long keyCheck) throws IOException, LostBits {
    FileAttribute<?> ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    FileChannel channel = FileChannel.open(path, Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE), ownerOnly);
    try {
      FileLock opening = opening(channel);
      int slot = 0;
      FileLock mine = tryLock(channel, 0);
      if (mine == null) {
        slot = 1;
        mine = tryLock(channel, 1);
      }
      if (mine == null) {
        throw new IOException("two other daemons have this file");
      }
      FileLock other = tryLock(channel, 1 - slot);
      boolean alone = other != null;
      if (other != null) {
        other.release();
      }
      if (alone && unmade(channel)) {
        make(channel, bytes, keyCheck);
      }
      check(channel, bytes, keyCheck);
      LabelFile open = new LabelFile(channel, bytes, slot, alone);
      opening.release();
      return open;
    } catch (IOException | LostBits | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /**
   * Locks are of single bytes: 0 and 1 are held by the two that have the file, until their channels close; 2 by the one that is opening it. A daemon of
   * before this had the whole file locked, and so keeps out everybody.
   */
  private static FileLock opening(FileChannel channel) throws IOException {
    long until = System.nanoTime() + OPENING_NANOS;
    for (;;) {
      FileLock lock = tryLock(channel, 2);
      if (lock != null) {
        return lock;
      }
      if (System.nanoTime() - until > 0) {
        throw new IOException("another daemon has this file");
      }
      LockSupport.parkNanos(10_000_000);
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel, long at) throws IOException {
    try {
      return channel.tryLock(at, 1, false);
    } catch (OverlappingFileLockException thisProcess) {
      return null;
    }
  }

  /** Empty, or zeros from end to end: its making was interrupted before the head was written, so nothing was ever noted in it. */
  private static boolean unmade(FileChannel channel) throws IOException {
    ByteBuffer part = ByteBuffer.allocate(1 << 16);
    for (long at = 0;;) {
      part.clear();
      int read = channel.read(part, at);
      if (read < 0) {
        return true;
      }
      for (int i = 0; i < read; i++) {
        if (part.get(i) != 0) {
          return false;
        }
      }
      at += read;
    }
  }

  /** The head last, once the rest is on the disk. */
  private static void make(FileChannel channel, long bytes, long keyCheck) throws IOException {
    ByteBuffer zeros = ByteBuffer.allocate(1 << 16);
    long length = LabelBits.length(bytes);
    channel.truncate(length);
    for (long at = 0; at < length;) {
      zeros.clear().limit((int) Math.min(zeros.capacity(), length - at));
      at += channel.write(zeros, at);
    }
    channel.force(true);
    ByteBuffer head = head();
    head.putLong(0, MAGIC).putLong(BITS_AT, bytes * 8).putLong(PROBES_AT, LabelBits.PROBES).putLong(KEY_AT, keyCheck);
    head.putLong(SUM_AT, sum(head));
    while (head.hasRemaining()) {
      channel.write(head, head.position());
    }
    channel.force(true);
  }

  private static ByteBuffer head() {
    return ByteBuffer.allocate(SUM_AT + 8).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void check(FileChannel channel, long bytes, long keyCheck) throws IOException, LostBits {
    ByteBuffer head = head();
    while (head.hasRemaining() && channel.read(head, head.position()) >= 0) {
      // Until it is full, or the file ends.
    }
    long form = head.getLong(0) >>> FORM_SHIFT;
    if (head.getLong(0) << Byte.SIZE == MAGIC << Byte.SIZE && form != MAGIC >>> FORM_SHIFT && form > '0' && form <= '9') {
      throw new IOException("another version wrote it, in form " + (char) form + ", and this one reads form " + (char) (MAGIC >>> FORM_SHIFT));
    }
    if (head.getLong(0) != MAGIC || head.getLong(SUM_AT) != sum(head)) {
      throw new LostBits("its head is damaged, or it is no file of labels");
    }
    if (head.getLong(BITS_AT) != bytes * 8) {
      throw new IOException("it was made for " + head.getLong(BITS_AT) / 8 + " bytes of labels, and " + bytes + " are configured");
    }
    if (head.getLong(PROBES_AT) != LabelBits.PROBES || head.getLong(KEY_AT) != keyCheck) {
      throw new LostBits("it was written with another root key, so its labels cannot be read");
    }
    if (channel.size() != LabelBits.length(bytes)) {
      throw new LostBits("it was cut, or has grown");
    }
  }

  private static long sum(ByteBuffer head) {
    CRC32C crc = new CRC32C();
    crc.update(head.array(), 0, SUM_AT);
    return crc.getValue();
  }

  LabelBits bits() {
    return bits;
  }

  /** Writes what the kernel holds to the disk. Blocking. */
  void sync() {
    map.force();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
