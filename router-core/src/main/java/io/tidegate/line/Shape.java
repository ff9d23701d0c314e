package io.tidegate.line;

import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * How a stream came: the length of each piece as it was passed on, and the pause before it, so that a replay can look like it (hazard C4). Two numbers a
 * piece, seven bits a byte, low first: bytes, then milliseconds. Confined to the loop of what it records.
 */
public final class Shape {
  public static final byte[] NONE = new byte[0];

  /** Pieces past this are one with the last: nobody tells them apart, and the record must not outgrow the answer. */
  private static final int MAX_PIECES = 4_096;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private int pieces;
  private long lastNanos;
  private int bytes;
  private int pauseMillis;

  /** A piece came. */
  void piece(int length, long nowNanos) {
    if (pieces == MAX_PIECES) {
      bytes += length;
      return;
    }
    flush();
    pauseMillis = pieces == 0 ? 0 : (int) Math.min(Integer.MAX_VALUE, (nowNanos - lastNanos) / 1_000_000);
    // What was cut off a pause is part of the next one.
    lastNanos = pieces == 0 ? nowNanos : lastNanos + pauseMillis * 1_000_000L;
    bytes = length;
    pieces++;
  }

  byte[] toBytes() {
    flush();
    bytes = 0;
    return out.toByteArray();
  }

  private void flush() {
    if (bytes > 0) {
      number(out, bytes);
      number(out, pauseMillis);
    }
  }

  private static void number(ByteArrayOutputStream out, int number) {
    int left = number;
    while (left >= 0x80) {
      out.write(left & 0x7f | 0x80);
      left >>>= 7;
    }
    out.write(left);
  }

  /** Reads a shape, piece by piece. */
  static final class Reader {
    private final byte[] shape;
    private int at;
    private int length;
    private int pauseMillis;

    Reader(byte[] shape) {
      this.shape = shape;
    }

    /** Goes to the next piece; false if there is none. */
    boolean next() {
      if (at >= shape.length) {
        return false;
      }
      length = number();
      pauseMillis = number();
      return true;
    }

    int length() {
      return length;
    }

    int pauseMillis() {
      return pauseMillis;
    }

    private int number() {
      int number = 0;
      for (int shift = 0; at < shape.length && shift < 35; shift += 7) {
        byte next = shape[at++];
        number |= (next & 0x7f) << shift;
        if (next >= 0) {
          break;
        }
      }
      return number;
    }
  }

  /** Whether the pieces are exactly a body's: what comes from outside of the process may be anything. */
  public static boolean fits(byte @Nullable [] shape, int bodyBytes) {
    if (shape == null) {
      return false;
    }
    Reader reader = new Reader(shape);
    long sum = 0;
    while (reader.next()) {
      if (reader.length() <= 0 || reader.pauseMillis() < 0) {
        return false;
      }
      sum += reader.length();
    }
    return shape.length == 0 || sum == bodyBytes;
  }
}
