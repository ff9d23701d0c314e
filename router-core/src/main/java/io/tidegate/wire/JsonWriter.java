package io.tidegate.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Appends JSON in UTF-8 to a growing array; commas and colons come by themselves. Methods return this. A caller who closes what it did not
 * open, or gives a value where a key belongs, has a defect: IllegalStateException. Lone surrogates of a Java string become U+FFFD. Not
 * thread-safe.
 */
public final class JsonWriter {
  /** Bound of the written text unless another is given: 64 MiB. */
  public static final int DEFAULT_MAX_BYTES = 64 << 20;

  private static final int MAX_DEPTH = 128;
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private final int maxBytes;
  private byte[] bytes;
  private int length;
  /** Per level: whether it is an object. */
  private final boolean[] object = new boolean[MAX_DEPTH + 1];
  private int depth;
  private boolean comma;
  private boolean keyed;

  public JsonWriter() {
    this(256, DEFAULT_MAX_BYTES);
  }

  /**
   * @param firstBytes room at the beginning
   * @param maxBytes beyond it every method throws {@link TooLarge}
   */
  public JsonWriter(int firstBytes, int maxBytes) {
    this.bytes = new byte[Math.min(firstBytes, maxBytes)];
    this.maxBytes = maxBytes;
  }

  /** The text grew past its bound. */
  public static final class TooLarge extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooLarge() {
      super("JSON text past its bound", null, false, false);
    }
  }

  public JsonWriter beginObject() {
    return begin('{', true);
  }

  public JsonWriter endObject() {
    return end('}', true);
  }

  public JsonWriter beginArray() {
    return begin('[', false);
  }

  public JsonWriter endArray() {
    return end(']', false);
  }

  public JsonWriter key(String name) {
    if (depth == 0 || !object[depth] || keyed) {
      throw new IllegalStateException("no key belongs here");
    }
    if (comma) {
      put(',');
    }
    quoted(name);
    put(':');
    comma = false;
    keyed = true;
    return this;
  }

  public JsonWriter string(String value) {
    before();
    quoted(value);
    return after();
  }

  public JsonWriter number(long value) {
    before();
    ascii(Long.toString(value));
    return after();
  }

  /**
   * A whole number is written without fraction.
   *
   * @throws IllegalArgumentException if not finite: JSON has no word for it
   */
  public JsonWriter number(double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("not finite");
    }
    before();
    boolean whole = value == Math.rint(value) && Math.abs(value) < 1L << 53;
    ascii(whole ? Long.toString((long) value) : Double.toString(value));
    return after();
  }

  public JsonWriter bool(boolean value) {
    before();
    ascii(value ? "true" : "false");
    return after();
  }

  public JsonWriter nullValue() {
    before();
    ascii("null");
    return after();
  }

  /** A value that is valid JSON already. */
  public JsonWriter raw(byte[] json, int from, int to) {
    before();
    room(to - from);
    System.arraycopy(json, from, bytes, length, to - from);
    length += to - from;
    return after();
  }

  /** A value that is valid JSON already. */
  public JsonWriter raw(byte[] json) {
    return raw(json, 0, json.length);
  }

  /** A value of a validated text, as it stands there. */
  public JsonWriter raw(JsonText source, int valueNode) {
    return raw(source.bytes(), source.start(valueNode), source.end(valueNode));
  }

  /** The whole text. */
  public byte[] toBytes() {
    if (depth != 0 || length == 0) {
      throw new IllegalStateException("not a whole value");
    }
    return Arrays.copyOf(bytes, length);
  }

  /** {@code value} as a JSON string literal. */
  public static String quote(String value) {
    JsonWriter writer = new JsonWriter(value.length() + 16, DEFAULT_MAX_BYTES);
    writer.quoted(value);
    return new String(writer.bytes, 0, writer.length, StandardCharsets.UTF_8);
  }

  private JsonWriter begin(char c, boolean isObject) {
    before();
    if (depth == MAX_DEPTH) {
      throw new IllegalStateException("nested too deeply");
    }
    put(c);
    object[++depth] = isObject;
    comma = false;
    keyed = false;
    return this;
  }

  private JsonWriter end(char c, boolean isObject) {
    if (depth == 0 || object[depth] != isObject || keyed) {
      throw new IllegalStateException("nothing to end here");
    }
    depth--;
    put(c);
    return after();
  }

  private void before() {
    if (depth == 0 ? length > 0 : object[depth] != keyed) {
      throw new IllegalStateException("no value belongs here");
    }
    if (comma) {
      put(',');
    }
  }

  private JsonWriter after() {
    comma = true;
    keyed = false;
    return this;
  }

  private void ascii(String text) {
    for (int i = 0; i < text.length(); i++) {
      put(text.charAt(i));
    }
  }

  private void quoted(String text) {
    room(text.length() + 2);
    put('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c == '"' || c == '\\') {
        escape(c);
      } else if (c < 0x80) {
        put(c);
      } else if (c < 0x800) {
        put(0xC0 | c >> 6);
        put(0x80 | c & 0x3F);
      } else if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
        int point = Character.toCodePoint(c, text.charAt(++i));
        put(0xF0 | point >> 18);
        put(0x80 | point >> 12 & 0x3F);
        put(0x80 | point >> 6 & 0x3F);
        put(0x80 | point & 0x3F);
      } else {
        int point = Character.isSurrogate(c) ? 0xFFFD : c;
        put(0xE0 | point >> 12);
        put(0x80 | point >> 6 & 0x3F);
        put(0x80 | point & 0x3F);
      }
    }
    put('"');
  }

  private void escape(char c) {
    put('\\');
    switch (c) {
      case '"', '\\' -> put(c);
      case '\n' -> put('n');
      case '\r' -> put('r');
      case '\t' -> put('t');
      default -> {
        ascii("u00");
        put(HEX[c >> 4]);
        put(HEX[c & 15]);
      }
    }
  }

  private void put(int b) {
    if (length == bytes.length) {
      room(1);
    }
    bytes[length++] = (byte) b;
  }

  private void room(int count) {
    if (count <= bytes.length - length) {
      return;
    }
    long needed = (long) length + count;
    if (needed > maxBytes) {
      throw new TooLarge();
    }
    bytes = Arrays.copyOf(bytes, (int) Math.min(maxBytes, Math.max(needed, bytes.length * 2L)));
  }
}
