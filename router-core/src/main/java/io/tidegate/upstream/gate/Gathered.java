package io.tidegate.upstream.gate;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** Bytes of a body, put together, up to a bound. */
final class Gathered {
  private static final int FIRST_BYTES = 2048;

  private final int maxBytes;
  private byte[] bytes;
  private int length;

  /** @param expectedBytes what the head announced, at most {@code maxBytes}; negative if it said nothing */
  Gathered(long expectedBytes, int maxBytes) {
    this.maxBytes = maxBytes;
    this.bytes = new byte[(int) Math.min(maxBytes, expectedBytes < 0 ? FIRST_BYTES : expectedBytes)];
  }

  /** Adds {@code piece}; false, and the rest is dropped, if the bound is reached. */
  boolean add(ByteBuf piece) {
    int more = piece.readableBytes();
    int fits = Math.min(more, maxBytes - length);
    if (length + fits > bytes.length) {
      bytes = Arrays.copyOf(bytes, (int) Math.min(maxBytes, Math.max(length + fits, bytes.length * 2L)));
    }
    piece.getBytes(piece.readerIndex(), bytes, length, fits);
    length += fits;
    return fits == more;
  }

  int length() {
    return length;
  }

  /** The bytes in an array of their own length; not to be used together with further {@link #add}. */
  byte[] whole() {
    return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
  }
}
