package io.tidegate.jobs;

import java.io.IOException;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The form of a journal: one record a line, behind the CRC-32C of what follows as eight hex digits and a space. A line feed ends a record, so no record
 * holds one. Whatever is not whole is not there.
 */
final class Frames {
  /** Longest record. */
  static final int MAX_BYTES = 96 << 20;
  private static final int HEAD = 9;
  private static final int STEP = 64 << 10;
  private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};

  private Frames() {}

  /** Takes the records of a journal, one after the other. */
  interface Reader {
    /** The record is {@code bytes[from, to)}; valid during the call only. */
    void record(byte[] bytes, int from, int to) throws IOException;
  }

  /** {@code record} as it stands in a journal. Line feeds between JSON's tokens become spaces; inside of strings there are none. */
  static byte[] frame(byte[] record) {
    byte[] out = new byte[HEAD + record.length + 1];
    for (int i = 0; i < record.length; i++) {
      byte b = record[i];
      out[HEAD + i] = b == '\n' || b == '\r' ? (byte) ' ' : b;
    }
    int sum = sum(out, HEAD, HEAD + record.length);
    for (int i = 0; i < 8; i++) {
      out[i] = HEX[sum >>> 28 - 4 * i & 15];
    }
    out[8] = ' ';
    out[out.length - 1] = '\n';
    return out;
  }

  /**
   * Reads up to the first record that is not whole.
   *
   * @return length of the part that is whole
   */
  static long read(Disk.Input in, Reader reader) throws IOException {
    byte[] buffer = new byte[STEP];
    long good = 0;
    int filled = 0;
    int scanned = 0;
    while (true) {
      if (filled == buffer.length) {
        if (buffer.length >= MAX_BYTES) {
          return good;
        }
        buffer = Arrays.copyOf(buffer, Math.min(MAX_BYTES, buffer.length * 2));
      }
      int count = in.read(good + filled, buffer, filled, buffer.length - filled);
      if (count < 0) {
        return good;
      }
      filled += count;
      int start = 0;
      for (int i = scanned; i < filled; i++) {
        if (buffer[i] == '\n') {
          if (!whole(buffer, start, i)) {
            return good;
          }
          reader.record(buffer, start + HEAD, i);
          good += i + 1 - start;
          start = i + 1;
        }
      }
      System.arraycopy(buffer, start, buffer, 0, filled - start);
      filled -= start;
      scanned = filled;
    }
  }

  private static boolean whole(byte[] bytes, int start, int end) {
    if (end - start <= HEAD || bytes[start + 8] != ' ') {
      return false;
    }
    int sum = sum(bytes, start + HEAD, end);
    for (int i = 0; i < 8; i++) {
      if (bytes[start + i] != HEX[sum >>> 28 - 4 * i & 15]) {
        return false;
      }
    }
    return true;
  }

  private static int sum(byte[] bytes, int from, int to) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, to - from);
    return (int) crc.getValue();
  }
}
