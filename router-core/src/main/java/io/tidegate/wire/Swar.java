package io.tidegate.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Looks at eight bytes at once. Each test sets the high bit of the bytes that match; the lowest one set is exact, above it a borrow may have
 * set more, so only {@link #first} may be read off. (Mycroft's zero-byte test, as in Hacker's Delight, section 6-1.)
 */
final class Swar {
  private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;

  private Swar() {}

  static long word(byte[] b, int at) {
    return (long) LONGS.get(b, at);
  }

  /** Bytes that end a plain run inside a JSON string: quote, backslash, control, non-ASCII. */
  static long stringStops(long word) {
    long quote = word ^ ONES * '"';
    long backslash = word ^ ONES * '\\';
    return (quote - ONES & ~quote | backslash - ONES & ~backslash | word - ONES * ' ' & ~word | word) & HIGHS;
  }

  /** CR and LF. */
  static long lineEnds(long word) {
    long lf = word ^ ONES * '\n';
    long cr = word ^ ONES * '\r';
    return (lf - ONES & ~lf | cr - ONES & ~cr) & HIGHS;
  }

  /** Position in its word of the first match; {@code matches} is not 0. */
  static int first(long matches) {
    return Long.numberOfTrailingZeros(matches) >>> 3;
  }
}
