package io.tidegate.audit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Builds one record after another in the same array, and links each to the one before. One owner at a time.
 *
 * <p>Form: 4 bytes length of all that follows the checksum, 4 bytes CRC-32C of that, 32 bytes SHA-256 of the whole record before (zeros for a
 * chain's first), payload. A payload begins with kind, sequence, micro-seconds since 1970, and how many records were lost before it.
 */
final class Encoder {
  static final int HASH = 32;
  /** Length and checksum. */
  static final int HEAD = 8;
  static final int PAYLOAD = HEAD + HASH;
  static final int SEQUENCE_AT = PAYLOAD + 1;
  static final int TIME_AT = SEQUENCE_AT + 8;
  /** Strings are cut at this many bytes of UTF-8: a record has a bound whatever a request holds (G8). */
  static final int MAX_STRING = 200;

  final byte[] bytes;
  private final CRC32C crc = new CRC32C();
  private final MessageDigest sha = sha();
  private int length;

  Encoder(int most) {
    this.bytes = new byte[most];
  }

  static MessageDigest sha() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  void begin(byte kind, long epochMicros) {
    length = PAYLOAD;
    octet(kind);
    int64(0);
    int64(epochMicros);
    int32(0);
  }

  /** Bytes of the record so far. */
  int length() {
    return length;
  }

  /** Places the record in its chain. */
  void link(long sequence, int lost, byte[] previous) {
    int end = length;
    length = SEQUENCE_AT;
    int64(sequence);
    length = TIME_AT + 8;
    int32(lost);
    length = end;
    System.arraycopy(previous, 0, bytes, HEAD, HASH);
  }

  /** Writes length and checksum. */
  void seal() {
    int end = length;
    length = 0;
    int32(end - HEAD);
    crc.reset();
    crc.update(bytes, HEAD, end - HEAD);
    int32((int) crc.getValue());
    length = end;
  }

  /** SHA-256 of the whole sealed record: what the next one carries. */
  void hashInto(byte[] hash) {
    try {
      sha.update(bytes, 0, length);
      sha.digest(hash, 0, HASH);
    } catch (DigestException e) {
      throw new IllegalStateException("32 bytes are enough for SHA-256", e);
    }
  }

  static byte[] hashOf(ByteBuffer record) {
    MessageDigest sha = sha();
    sha.update(record);
    return sha.digest();
  }

  void octet(int value) {
    bytes[length++] = (byte) value;
  }

  void int16(int value) {
    octet(value >>> 8);
    octet(value);
  }

  void int32(int value) {
    octet(value >>> 24);
    octet(value >>> 16);
    octet(value >>> 8);
    octet(value);
  }

  void int64(long value) {
    int32((int) (value >>> 32));
    int32((int) value);
  }

  /** As it is, without a length. */
  void raw(byte[] value) {
    System.arraycopy(value, 0, bytes, length, value.length);
    length += value.length;
  }

  /** With its length before it; at most 255. */
  void counted(byte[] value) {
    octet(value.length);
    raw(value);
  }

  void string(String value) {
    int at = length + 1;
    int size = value.length();
    if (size <= MAX_STRING) {
      int i = 0;
      for (; i < size; i++) {
        char c = value.charAt(i);
        if (c >= 0x80) {
          break;
        }
        bytes[at + i] = (byte) c;
      }
      if (i == size) {
        bytes[length] = (byte) size;
        length = at + size;
        return;
      }
    }
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    int kept = utf8.length <= MAX_STRING ? utf8.length : wholeCharacters(utf8);
    octet(kept);
    System.arraycopy(utf8, 0, bytes, length, kept);
    length += kept;
  }

  /** At most {@code most} of them. */
  void strings(List<String> values, int most) {
    int size = Math.min(values.size(), most);
    octet(size);
    for (int i = 0; i < size; i++) {
      string(values.get(i));
    }
  }

  /** The greatest length up to {@link #MAX_STRING} that cuts no character in two. */
  private static int wholeCharacters(byte[] utf8) {
    int size = MAX_STRING;
    while ((utf8[size] & 0xc0) == 0x80) {
      size--;
    }
    return size;
  }
}
