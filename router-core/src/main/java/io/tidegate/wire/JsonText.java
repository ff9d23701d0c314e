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

  private static final Kind[] KINDS = Kind.values();
  private static final int PATH_KEY_CHARS = 40;

  private static final java.lang.invoke.VarHandle WORDS =
      java.lang.invoke.MethodHandles.byteArrayViewVarHandle(long[].class, java.nio.ByteOrder.LITTLE_ENDIAN);
  private final byte[] bytes;
  private final int[] tape;
  private final int size;

  private JsonText(byte[] bytes, int[] tape, int size) {
    this.bytes = bytes;
    this.tape = tape;
    this.size = size;
  }

  /**
   * @param bytes consumed: the caller must not touch it afterwards
   * @throws JsonException names the rule that was broken and where
   */
  public static JsonText parse(byte[] bytes, JsonLimits limits) throws JsonException {
    JsonParser parser = new JsonParser(bytes, limits);
    parser.parse();
    return new JsonText(bytes, parser.tape(), parser.size());
  }

  /** Length of the text in bytes. */
  public int length() {
    return bytes.length;
  }

  /** Number of nodes. */
  public int size() {
    return size;
  }

  public Kind kind(int node) {
    return KINDS[meta(node) & JsonParser.KIND_MASK];
  }

  /** First byte of the node's text; for a string, its opening quote. */
  public int start(int node) {
    return tape[entry(node)];
  }

  /** Byte after the node's text. */
  public int end(int node) {
    return tape[entry(node) + 1];
  }

  /** The node after this one and all it contains; {@code size()} after the last. */
  public int next(int node) {
    return node + (meta(node) >>> JsonParser.SPAN_SHIFT);
  }

  /** Whether the string node is an object's key. */
  public boolean isKey(int node) {
    return (meta(node) & JsonParser.KEY) != 0;
  }

  /** Whether the string's text holds a backslash escape. */
  public boolean escaped(int node) {
    return (meta(node) & JsonParser.ESCAPED) != 0;
  }

  /** Whether the string's raw text is plain ASCII (an escape may still stand for more). */
  public boolean ascii(int node) {
    return (meta(node) & JsonParser.NON_ASCII) == 0;
  }

  /** Value node of the member {@code name} (plain ASCII) of an object; -1 if absent or {@code object} is not an object. */
  public int member(int object, String name) {
    if ((meta(object) & JsonParser.KIND_MASK) != JsonParser.OBJECT) {
      return -1;
    }
    int after = next(object);
    for (int key = object + 1; key < after; key = next(key + 1)) {
      if (JsonStrings.equalsAscii(bytes, start(key), end(key), escaped(key), name)) {
        return key + 1;
      }
    }
    return -1;
  }

  /**
   * The string, unescaped.
   *
   * @throws IllegalArgumentException if the node is not a string
   */
  public String string(int node) {
    if ((meta(node) & JsonParser.KIND_MASK) != JsonParser.STRING) {
      throw new IllegalArgumentException("not a string: node " + node);
    }
    return JsonStrings.decode(bytes, start(node), end(node), escaped(node));
  }

  /** Whether a string node, unescaped, equals {@code text} (plain ASCII). False for other nodes. */
  public boolean stringEquals(int node, String text) {
    return (meta(node) & JsonParser.KIND_MASK) == JsonParser.STRING
        && JsonStrings.equalsAscii(bytes, start(node), end(node), escaped(node), text);
  }

  /** One byte of the text. */
  public byte at(int offset) {
    return bytes[offset];
  }

  /** Eight bytes of the text from {@code offset} on, the first one lowest. */
  public long word(int offset) {
    return (long) WORDS.get(bytes, offset);
  }

  /** Copies the raw Latin-1 units of an ASCII, unescaped string into {@code to}; returns the count. The fast way for scanners. */
  public int copyAscii(int node, char[] to, int toOffset) {
    int from = start(node) + 1;
    int count = end(node) - 1 - from;
    for (int i = 0; i < count; i++) {
      to[toOffset + i] = (char) bytes[from + i];
    }
    return count;
  }

  /** The number as a double; {@code NaN} if the node is not a number. */
  public double number(int node) {
    if ((meta(node) & JsonParser.KIND_MASK) != JsonParser.NUMBER) {
      return Double.NaN;
    }
    int from = start(node);
    int to = end(node);
    if (to - from > 9) {
      return Double.parseDouble(JsonStrings.latin1(bytes, from, to));
    }
    int value = 0;
    for (int i = from; i < to; i++) {
      int digit = bytes[i] - '0';
      if (digit < 0 || digit > 9) {
        return Double.parseDouble(JsonStrings.latin1(bytes, from, to));
      }
      value = value * 10 + digit;
    }
    return value;
  }

  /**
   * Where a node stands, for messages: {@code messages[2].content}; empty for the root. Keys of the caller are cut to 40 safe
   * characters, others are shown as {@code ?}. A key stands where its value stands.
   */
  public String path(int node) {
    StringBuilder out = new StringBuilder();
    int parent = 0;
    while (parent != node) {
      boolean object = kind(parent) == Kind.OBJECT;
      int child = parent + 1;
      int index = 0;
      while (next(object ? child + 1 : child) <= node) {
        child = next(object ? child + 1 : child);
        index++;
      }
      if (object) {
        appendKey(out, child);
        parent = child == node ? node : child + 1;
      } else {
        out.append('[').append(index).append(']');
        parent = child;
      }
    }
    return out.toString();
  }

  private void appendKey(StringBuilder out, int key) {
    if (out.length() > 0) {
      out.append('.');
    }
    int from = start(key) + 1;
    int to = Math.min(end(key) - 1, from + PATH_KEY_CHARS);
    for (int i = from; i < to; i++) {
      int c = bytes[i];
      boolean safe = c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '_' || c == '-';
      out.append(safe ? (char) c : '?');
    }
  }

  /** The bytes, read-only. */
  public java.nio.ByteBuffer buffer() {
    return java.nio.ByteBuffer.wrap(bytes).asReadOnlyBuffer();
  }

  /** The bytes themselves, for this package: never to be changed. */
  byte[] bytes() {
    return bytes;
  }

  private int meta(int node) {
    return tape[entry(node) + 2];
  }

  private int entry(int node) {
    if (node >= size) {
      throw new IndexOutOfBoundsException(node);
    }
    return node * JsonParser.STRIDE;
  }

  @Override
  public String toString() {
    return "JsonText[" + bytes.length + " bytes]";
  }
}
