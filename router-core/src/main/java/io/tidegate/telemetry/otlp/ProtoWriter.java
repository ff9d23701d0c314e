package io.tidegate.telemetry.otlp;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/** Protocol Buffers' wire format, as far as OTLP's few messages need it. Not thread-safe. */
final class ProtoWriter {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  private byte[] bytes = new byte[256];
  private int length;

  ProtoWriter varint(int field, long value) {
    tag(field, VARINT);
    raw(value);
    return this;
  }

  ProtoWriter fixed64(int field, long value) {
    tag(field, FIXED64);
    little(value, 8);
    return this;
  }

  ProtoWriter number(int field, double value) {
    return fixed64(field, Double.doubleToRawLongBits(value));
  }

  ProtoWriter fixed32(int field, int value) {
    tag(field, FIXED32);
    little(value, 4);
    return this;
  }

  ProtoWriter text(int field, String value) {
    return bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  ProtoWriter bytes(int field, byte[] value) {
    return bytes(field, value, value.length);
  }

  /** Big-endian, as ids of traces and spans are. */
  ProtoWriter id(int field, long... halves) {
    tag(field, BYTES);
    raw(8L * halves.length);
    for (long half : halves) {
      little(Long.reverseBytes(half), 8);
    }
    return this;
  }

  ProtoWriter message(int field, Consumer<ProtoWriter> content) {
    ProtoWriter inner = new ProtoWriter();
    content.accept(inner);
    return bytes(field, inner.bytes, inner.length);
  }

  byte[] toBytes() {
    return Arrays.copyOf(bytes, length);
  }

  private ProtoWriter bytes(int field, byte[] from, int count) {
    tag(field, BYTES);
    raw(count);
    room(count);
    System.arraycopy(from, 0, bytes, length, count);
    length += count;
    return this;
  }

  private void tag(int field, int type) {
    raw((long) field << 3 | type);
  }

  private void raw(long value) {
    room(10);
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      bytes[length++] = (byte) (rest & 0x7f | 0x80);
      rest >>>= 7;
    }
    bytes[length++] = (byte) rest;
  }

  private void little(long value, int count) {
    room(count);
    for (int i = 0; i < count; i++) {
      bytes[length++] = (byte) (value >>> 8 * i);
    }
  }

  private void room(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }
}
