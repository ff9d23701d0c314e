package io.tidegate.wire;

/**
 * A strictly valid JSON text and a flat index of its values (hazard A12): UTF-8 without BOM, one value, no duplicate keys (compared after
 * unescaping), no lone surrogates, no trailing data, bounded depth, nodes and numbers. Since only one reading is possible, what is scanned
 * here is what any other parser will read.
 *
 * <p>The index is a tape of <em>nodes</em> in document order. Node 0 is the root. An object is followed by its members: key node, value
 * node (with its subtree), key node, … . Immutable; the byte array is owned and never changed.
 */
public final class JsonText {
  /** What a node is. */
  public enum Kind { OBJECT, ARRAY, STRING, NUMBER, TRUE, FALSE, NULL }

  private final byte[] bytes;

  private JsonText(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * @param bytes consumed: the caller must not touch it afterwards
   * @throws JsonException names the rule that was broken and where
   */
  public static JsonText parse(byte[] bytes, JsonLimits limits) throws JsonException {
    throw new UnsupportedOperationException("wire: in work");
  }

  /** Length of the text in bytes. */
  public int length() {
    return bytes.length;
  }

  /** Number of nodes. */
  public int size() {
    throw new UnsupportedOperationException();
  }

  public Kind kind(int node) {
    throw new UnsupportedOperationException();
  }

  /** First byte of the node's text; for a string, its opening quote. */
  public int start(int node) {
    throw new UnsupportedOperationException();
  }

  /** Byte after the node's text. */
  public int end(int node) {
    throw new UnsupportedOperationException();
  }

  /** The node after this one and all it contains; {@code size()} after the last. */
  public int next(int node) {
    throw new UnsupportedOperationException();
  }

  /** Whether the string node is an object's key. */
  public boolean isKey(int node) {
    throw new UnsupportedOperationException();
  }

  /** Whether the string's text holds a backslash escape. */
  public boolean escaped(int node) {
    throw new UnsupportedOperationException();
  }

  /** Whether the string's raw text is plain ASCII (an escape may still stand for more). */
  public boolean ascii(int node) {
    throw new UnsupportedOperationException();
  }

  /** Value node of the member {@code name} (plain ASCII) of an object; -1 if absent or {@code object} is not an object. */
  public int member(int object, String name) {
    throw new UnsupportedOperationException();
  }

  /** The string, unescaped. */
  public String string(int node) {
    throw new UnsupportedOperationException();
  }

  /** Whether a string node, unescaped, equals {@code text} (plain ASCII). */
  public boolean stringEquals(int node, String text) {
    throw new UnsupportedOperationException();
  }

  /** One byte of the text. */
  public byte at(int offset) {
    return bytes[offset];
  }

  /** Copies the raw Latin-1 units of an ASCII, unescaped string into {@code to}; returns the count. The fast way for scanners. */
  public int copyAscii(int node, char[] to, int toOffset) {
    throw new UnsupportedOperationException();
  }

  /** The number as a double; {@code NaN} if the node is not a number. */
  public double number(int node) {
    throw new UnsupportedOperationException();
  }

  /** Where a node stands, for messages: {@code messages[2].content}. Keys of the caller are cut to 40 safe characters. */
  public String path(int node) {
    throw new UnsupportedOperationException();
  }

  /** The bytes, read-only. */
  public java.nio.ByteBuffer buffer() {
    return java.nio.ByteBuffer.wrap(bytes).asReadOnlyBuffer();
  }

  @Override
  public String toString() {
    return "JsonText[" + bytes.length + " bytes]";
  }
}
