package io.tidegate.audit;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * One preallocated, mapped file of records. A record is in the kernel's page cache as soon as {@link #append} returns, so it survives kill -9 of
 * the daemon (decisions 6, level <em>written</em>). One writer, confined to its loop.
 *
 * <p>Form: 8 bytes magic, then records, each 4 bytes length, 4 bytes CRC-32C of the payload, payload, padding to 8. Length 0 ends
 * the segment. The length is stored last, so a record that was cut short is not seen. The whole file is written with zeros beforehand: a full
 * disk shows when the segment is made, not as a fault on a mapped page (hazard H4).
 */
final class Segment {
  static final long MAGIC = 0x5449444547415431L; // "TIDEGAT1"
  static final String SUFFIX = ".tga";
  private static final String UNFINISHED_ENDING = ".new";
  static final String UNFINISHED_SUFFIX = SUFFIX + UNFINISHED_ENDING;
  static final int HEADER = 8;
  static final int RECORD_HEADER = 8;
  private static final VarHandle INT = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private final Path file;
  private final MappedByteBuffer map;
  private final CRC32C crc = new CRC32C();
  private int position = HEADER;

  private Segment(Path file, MappedByteBuffer map) {
    this.file = file;
    this.map = map;
  }

  /**
   * Blocking: never on an event loop. The file gets its name once it is whole, so that a reader never meets half a segment.
   *
   * @throws IOException if there is no room, or the directory cannot be written
   */
  static Segment create(Path file, int bytes) throws IOException {
    Path unfinished = file.resolveSibling(file.getFileName() + UNFINISHED_ENDING);
    try {
      MappedByteBuffer map = preallocate(unfinished, bytes);
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
      return new Segment(file, map);
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(unfinished);
      throw e;
    }
  }

  private static MappedByteBuffer preallocate(Path file, int bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file,
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      ByteBuffer zeros = ByteBuffer.allocate(64 << 10);
      for (long written = 0; written < bytes;) {
        zeros.clear().limit((int) Math.min(zeros.capacity(), bytes - written));
        written += channel.write(zeros);
      }
      MappedByteBuffer map = channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes);
      map.putLong(0, MAGIC);
      return map;
    }
  }

  Path file() {
    return file;
  }

  /**
   * Appends one payload; false if it does not fit in what is left.
   *
   * @throws InternalError if the page cannot be written (a failing disk, a file cut under us): nothing may be appended here again
   */
  boolean append(byte[] payload, int length) {
    int end = position + RECORD_HEADER + length;
    // Four more bytes stay zero behind the last record: the end mark.
    if (end + Integer.BYTES > map.capacity()) {
      return false;
    }
    crc.reset();
    crc.update(payload, 0, length);
    map.put(position + RECORD_HEADER, payload, 0, length);
    map.putInt(position + Integer.BYTES, (int) crc.getValue());
    INT.setRelease((ByteBuffer) map, position, length);
    position = (end + 7) & ~7;
    return true;
  }
}
