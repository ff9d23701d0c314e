package io.tidegate.audit;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One preallocated, mapped file of records. A record is in the kernel's page cache as soon as {@link #append} returns, so it survives kill -9 of
 * the daemon (decisions 6, level <em>written</em>). Appended to by its chain's owner only; followed by the syncing thread through
 * {@link #lengthAt}.
 *
 * <p>Form: 8 bytes magic, then records as {@link Encoder} makes them, each padded to 8 with zeros. Length 0 ends the segment. The length is
 * stored last, so a record that was cut short is not seen.
 */
final class Segment {
  static final long MAGIC = 0x5449444547415433L; // "TIDEGAT3"
  static final String PREFIX = "audit-";
  static final String SUFFIX = ".tga";
  static final int HEADER = 8;
  private static final VarHandle INT = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private final SegmentFile file;
  private final ByteBuffer map;
  private int position = HEADER;
  /** Nothing is appended any more; set by the owner after its last record. */
  private volatile boolean sealed;

  Segment(SegmentFile file) {
    this.file = file;
    this.map = file.bytes();
    map.putLong(0, MAGIC);
  }

  SegmentFile file() {
    return file;
  }

  /** Whether a record of {@code length} bytes fits; four more stay zero behind the last one: the end mark. */
  boolean fits(int length) {
    return position + length + Integer.BYTES <= map.capacity();
  }

  /**
   * Appends a sealed record that {@link #fits}.
   *
   * @return false if the page did not take it
   * @throws InternalError if the page cannot be written (a failing disk, a file cut under us): nothing may be appended here again
   */
  boolean append(byte[] record, int length) {
    map.put(position + Integer.BYTES, record, Integer.BYTES, length - Integer.BYTES);
    // A store in full order: the syncing thread either sees the record, or is seen to be idle and is woken.
    int first = length - Encoder.HEAD;
    INT.setVolatile(map, position, first);
    // A fault on a mapped page may be told late; what cannot be read back was not written.
    if (map.getInt(position) != first || map.get(position + length - 1) != record[length - 1]) {
      return false;
    }
    position = next(position, first);
    return true;
  }

  /** After a failed {@link #append}: what of it is visible must not be taken for a record. */
  void retract() {
    try {
      INT.setVolatile(map, position, 0);
    } catch (InternalError fault) {
      // The page holds what it held.
    }
  }

  void seal() {
    sealed = true;
  }

  boolean sealed() {
    return sealed;
  }

  /** Length field of the record at {@code at}, as another thread may read it; 0 where there is none. */
  int lengthAt(int at) {
    return at + Integer.BYTES > map.capacity() ? 0 : (int) INT.getAcquire(map, at);
  }

  long longAt(int at) {
    return map.getLong(at);
  }

  /** The whole record at {@code at}. */
  ByteBuffer record(int at) {
    return map.slice(at, Encoder.HEAD + lengthAt(at));
  }

  /** Where the record after the one at {@code at} begins. */
  static int next(int at, int lengthField) {
    return (at + Encoder.HEAD + lengthField + 7) & ~7;
  }
}
