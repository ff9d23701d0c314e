package io.tidegate.audit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Walks the records of one segment's bytes, as they were found. */
final class Frames {
  private static final int LEAST = Encoder.PAYLOAD - Encoder.HEAD + 1 + 8 + 8 + 4;

  /**
   * One record whose checksum holds.
   *
   * @param at first byte in the file
   * @param bytes the whole record
   */
  record Frame(int at, ByteBuffer bytes) {
    byte kind() {
      return bytes.get(Encoder.PAYLOAD);
    }

    long sequence() {
      return bytes.getLong(Encoder.SEQUENCE_AT);
    }

    long epochMicros() {
      return bytes.getLong(Encoder.TIME_AT);
    }

    int lostBefore() {
      return bytes.getInt(Encoder.TIME_AT + 8);
    }

    byte[] previous() {
      byte[] hash = new byte[Encoder.HASH];
      bytes.get(Encoder.HEAD, hash);
      return hash;
    }

    byte[] hash() {
      return Encoder.hashOf(bytes.duplicate());
    }

    /** Its payload behind the common head. */
    ByteBuffer body() {
      return bytes.duplicate().position(Encoder.TIME_AT + 12);
    }
  }

  private Frames() {}

  static boolean isSegment(ByteBuffer file) {
    return file.limit() >= Segment.HEADER && file.getLong(0) == Segment.MAGIC;
  }

  /** Made ahead of time and never written to, or not even marked as a segment yet. */
  static boolean isUnused(ByteBuffer file) {
    int used = lastUsed(file, 0);
    return used == 0 || isSegment(file) && used <= Segment.HEADER;
  }

  /** The record at {@code at}; null if there is none whose length and checksum hold. */
  static @Nullable Frame at(ByteBuffer file, int at) {
    int length = lengthAt(file, at);
    if (length < LEAST || length > file.limit() - at - Encoder.HEAD) {
      return null;
    }
    CRC32C crc = new CRC32C();
    crc.update(file.slice(at + Encoder.HEAD, length));
    return (int) crc.getValue() == file.getInt(at + Integer.BYTES) ? new Frame(at, file.slice(at, Encoder.HEAD + length)) : null;
  }

  /** 0 where there is no room for a length. */
  static int lengthAt(ByteBuffer file, int at) {
    return at + Integer.BYTES > file.limit() ? 0 : file.getInt(at);
  }

  /** Index behind the last byte from {@code from} on that is not zero; {@code from} if all are. */
  static int lastUsed(ByteBuffer file, int from) {
    int end = file.limit();
    // Megabytes of zeros stand behind a boot that was cut off, and a start looks at them before anything is compiled.
    while (end - Long.BYTES >= from && file.getLong(end - Long.BYTES) == 0) {
      end -= Long.BYTES;
    }
    while (end > from && file.get(end - 1) == 0) {
      end--;
    }
    return end;
  }

  static String string(ByteBuffer in) {
    byte[] utf8 = new byte[in.get() & 0xff];
    in.get(utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }
}
