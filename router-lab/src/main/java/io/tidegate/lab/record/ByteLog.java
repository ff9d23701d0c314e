package io.tidegate.lab.record;

import java.util.Arrays;

/** An append-only byte string of one connection or request. Guarded by itself. */
final class ByteLog {
  private byte[] bytes = new byte[256];
  private int length;

  synchronized void append(byte[] more) {
    if (length + more.length > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(length + more.length, bytes.length * 2));
    }
    System.arraycopy(more, 0, bytes, length, more.length);
    length += more.length;
  }

  synchronized int length() {
    return length;
  }

  synchronized byte[] copy() {
    return Arrays.copyOf(bytes, length);
  }
}
