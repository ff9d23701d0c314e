package io.tidegate.wire;

/** A body that is not the strict JSON we accept. The message names the rule and the byte, never content. */
public final class JsonException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int offset;
  private final boolean tooLarge;

  public JsonException(String rule, int offset, boolean tooLarge) {
    super(rule + " at byte " + offset, null, false, false);
    this.offset = offset;
    this.tooLarge = tooLarge;
  }

  /** Byte offset of the offence. */
  public int offset() {
    return offset;
  }

  /** A bound was passed (depth, nodes, number length), rather than the grammar broken. */
  public boolean tooLarge() {
    return tooLarge;
  }
}
