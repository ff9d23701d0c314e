package io.tidegate.lab.tls;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** The few DER forms that a certificate needs (X.690). */
final class Der {
  private Der() {}

  static byte[] tag(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(tag);
    int length = content.size();
    if (length < 0x80) {
      all.write(length);
    } else if (length < 0x100) {
      all.write(0x81);
      all.write(length);
    } else {
      all.write(0x82);
      all.write(length >> 8);
      all.write(length);
    }
    all.writeBytes(content.toByteArray());
    return all.toByteArray();
  }

  static byte[] sequence(byte[]... parts) {
    return tag(0x30, parts);
  }

  static byte[] integer(byte[] twosComplement) {
    return tag(0x02, twosComplement);
  }

  static byte[] oid(int... encodedTail) {
    byte[] bytes = new byte[encodedTail.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) encodedTail[i];
    }
    return tag(0x06, bytes);
  }

  static byte[] bits(byte[] whole) {
    return tag(0x03, new byte[] {0}, whole);
  }

  static byte[] octets(byte[] content) {
    return tag(0x04, content);
  }

  static byte[] text(int tag, String ascii) {
    return tag(tag, ascii.getBytes(StandardCharsets.US_ASCII));
  }

  static byte[] utf8(String text) {
    return tag(0x0c, text.getBytes(StandardCharsets.UTF_8));
  }
}
