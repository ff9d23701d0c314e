package io.tidegate.session;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * {@link LabelBits} in a mapped file: what is stored is the kernel's, so that a kill of the process loses none. Its head (magic, number of bits,
 * probes, a check of the key, CRC-32C of these) says whose it is. One daemon at a time has it.
 */
final class LabelFile implements AutoCloseable {
  private static final long MAGIC = 0x3153_5345_5345_4454L;
  private static final int BITS_AT = 8;
  private static final int PROBES_AT = 16;
  private static final int KEY_AT = 24;
  private static final int SUM_AT = 32;
  private static final VarHandle LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final FileChannel channel;
  private final MappedByteBuffer map;
  private final LabelBits bits;

  private LabelFile(FileChannel channel, long bytes) throws IOException, LostBits {
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
    }, bytes);
  }

  /**
   * Opens the file, or makes it, with all its room taken so that no later store can fail for want of it. Blocking.
   *
   * @param bytes of bits; a multiple of {@link LabelBits#PAGE}
   * @param keyCheck tells the key that hashes names; bits of another key say nothing
   * @throws IOException if it cannot be made or opened, another process has it, or it was made with another size
   * @throws LostBits if it was damaged
   */
  static LabelFile open(Path path, long bytes, long keyCheck) throws IOException, LostBits {
    FileAttribute<?> ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    FileChannel channel = FileChannel.open(path, Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE), ownerOnly);
    try {
      lock(channel);
      if (unmade(channel)) {
        make(channel, bytes, keyCheck);
      }
      check(channel, bytes, keyCheck);
      return new LabelFile(channel, bytes);
    } catch (IOException | LostBits | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Held until the channel closes. */
  private static void lock(FileChannel channel) throws IOException {
    try {
      if (channel.tryLock() != null) {
        return;
      }
    } catch (OverlappingFileLockException thisProcess) {
      // Said below.
    }
    throw new IOException("another daemon has this file");
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
