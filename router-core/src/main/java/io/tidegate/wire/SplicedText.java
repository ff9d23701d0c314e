package io.tidegate.wire;

import java.nio.ByteBuffer;

/**
 * The bytes to send, and the text they were made from. Made by {@link Splices#apply} only, so that who holds one knows that nothing but
 * declared edits lies between what was scanned and what is sent (hazard A2).
 */
public final class SplicedText {
  private final JsonText source;
  private final byte[] bytes;

  SplicedText(JsonText source, byte[] bytes) {
    this.source = source;
    this.bytes = bytes;
  }

  /** The validated text that was scanned. */
  public JsonText source() {
    return source;
  }

  public int length() {
    return bytes.length;
  }

  /** The bytes, read-only. */
  public ByteBuffer buffer() {
    return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
  }

  @Override
  public String toString() {
    return "SplicedText[" + bytes.length + " bytes]";
  }
}
