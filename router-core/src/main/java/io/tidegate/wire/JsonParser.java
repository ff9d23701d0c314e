package io.tidegate.wire;

import java.util.Arrays;

/**
 * The one pass that proves a text to be strict JSON (RFC 8259, UTF-8 by RFC 3629 table 3-7) and writes its tape. Iterative: depth costs
 * an int per level, never a stack frame. Used once, by one thread.
 *
 * <p>A tape entry is three ints: start, end, and {@link #KIND_MASK kind}, flags and the distance to the next sibling.
 */
final class JsonParser {
  static final int STRIDE = 3;
  static final int KIND_MASK = 7;
  static final int KEY = 8;
  static final int ESCAPED = 16;
  static final int NON_ASCII = 32;
  static final int SPAN_SHIFT = 6;

  static final int OBJECT = JsonText.Kind.OBJECT.ordinal();
  static final int ARRAY = JsonText.Kind.ARRAY.ordinal();
  static final int STRING = JsonText.Kind.STRING.ordinal();
  static final int NUMBER = JsonText.Kind.NUMBER.ordinal();
  static final int TRUE = JsonText.Kind.TRUE.ordinal();
  static final int FALSE = JsonText.Kind.FALSE.ordinal();
  static final int NULL = JsonText.Kind.NULL.ordinal();

  private static final int MAX_SPAN = (1 << 32 - SPAN_SHIFT - 1) - 1;
  /** So many nodes are given room at once, however long the text; beyond, the tape grows with what is really there. */
  private static final int FIRST_NODES = 4096;

  private final byte[] bytes;
  private final JsonLimits limits;
  private final int maxNodes;

  private int[] tape;
  private int size;
  /** Open containers, outermost first, and where the keys of each begin in {@link #keys}. */
  private int[] open = new int[16];
  private int[] firstKey = new int[16];
  private int depth;
  private int[] keys = new int[32];
  private int keyCount;

  JsonParser(byte[] bytes, JsonLimits limits) {
    this.bytes = bytes;
    this.limits = limits;
    this.maxNodes = Math.min(limits.maxNodes(), MAX_SPAN);
    this.tape = new int[STRIDE * Math.min(16 + bytes.length / 32, FIRST_NODES)];
  }

  int[] tape() {
    return tape;
  }

  int size() {
    return size;
  }

  void parse() throws JsonException {
    byte[] b = bytes;
    if (b.length >= 3 && b[0] == (byte) 0xEF && b[1] == (byte) 0xBB && b[2] == (byte) 0xBF) {
      throw broken("byte order mark", 0);
    }
    int at = value(space(0));
    while (depth > 0) {
      at = space(at);
      int container = open[depth - 1];
      boolean object = (tape[container * STRIDE + 2] & KIND_MASK) == OBJECT;
      int c = peek(at);
      if (c == ',') {
        at = space(at + 1);
        at = value(object ? key(at) : at);
      } else if (c == (object ? '}' : ']')) {
        at = close(container, object, at);
      } else {
        throw unexpected(at);
      }
    }
    at = space(at);
    if (at != b.length) {
      throw broken("data after the value", at);
    }
  }

  /** Reads a value; of a container with content, its beginning up to and with its first scalar. Returns where to go on. */
  private int value(int from) throws JsonException {
    int at = from;
    while (true) {
      int c = peek(at);
      switch (c) {
        case '"':
          return string(at, STRING);
        case '{':
          push(OBJECT, at);
          at = space(at + 1);
          if (peek(at) == '}') {
            return close(open[depth - 1], true, at);
          }
          at = key(at);
          break;
        case '[':
          push(ARRAY, at);
          at = space(at + 1);
          if (peek(at) == ']') {
            return close(open[depth - 1], false, at);
          }
          break;
        case 't':
          return literal(at, "true", TRUE);
        case 'f':
          return literal(at, "false", FALSE);
        case 'n':
          return literal(at, "null", NULL);
        default:
          return number(at);
      }
    }
  }

  private void push(int kind, int at) throws JsonException {
    if (depth == limits.maxDepth()) {
      throw new JsonException("nested too deeply", at, true);
    }
    if (depth == open.length) {
      open = Arrays.copyOf(open, depth * 2);
      firstKey = Arrays.copyOf(firstKey, depth * 2);
    }
    open[depth] = size;
    firstKey[depth] = keyCount;
    depth++;
    node(at, at, kind, at);
  }

  private int close(int container, boolean object, int at) throws JsonException {
    depth--;
    int entry = container * STRIDE;
    tape[entry + 1] = at + 1;
    tape[entry + 2] |= size - container << SPAN_SHIFT;
    if (object) {
      int first = firstKey[depth];
      if (keyCount - first > 1) {
        int twice = JsonKeys.duplicate(bytes, tape, keys, first, keyCount);
        if (twice >= 0) {
          throw broken("duplicate key", tape[twice * STRIDE]);
        }
      }
      keyCount = first;
    }
    return at + 1;
  }

  private int key(int from) throws JsonException {
    if (peek(from) != '"') {
      throw unexpected(from);
    }
    if (keyCount - firstKey[depth - 1] == limits.maxKeys()) {
      throw new JsonException("too many keys in one object", from, true);
    }
    if (keyCount == keys.length) {
      keys = Arrays.copyOf(keys, keyCount * 2);
    }
    keys[keyCount++] = size;
    int at = space(string(from, STRING | KEY));
    if (peek(at) != ':') {
      throw unexpected(at);
    }
    return space(at + 1);
  }

  private int string(int quote, int kind) throws JsonException {
    byte[] b = bytes;
    int wide = b.length - Long.BYTES;
    int flags = kind;
    int i = quote + 1;
    while (true) {
      while (i <= wide) {
        long stops = Swar.stringStops(Swar.word(b, i));
        if (stops != 0) {
          i += Swar.first(stops);
          break;
        }
        i += Long.BYTES;
      }
      if (i >= b.length) {
        throw broken("unexpected end", b.length);
      }
      int c = b[i];
      if (c == '"') {
        node(quote, i + 1, flags | 1 << SPAN_SHIFT, quote);
        return i + 1;
      } else if (c == '\\') {
        flags |= ESCAPED;
        i = escape(i);
      } else if (c < 0) {
        flags |= NON_ASCII;
        do {
          i = Utf8.step(b, i);
          if (i < 0) {
            throw broken("bytes that are not UTF-8", ~i);
          }
        } while (i < b.length && b[i] < 0);
      } else if (c < ' ') {
        throw broken("control character in a string", i);
      } else {
        i++;
      }
    }
  }

  private int escape(int backslash) throws JsonException {
    int c = peek(backslash + 1);
    switch (c) {
      case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
        return backslash + 2;
      case 'u':
        int unit = hex(backslash + 2);
        if (unit < 0xD800 || unit > 0xDFFF) {
          return backslash + 6;
        }
        if (unit < 0xDC00 && peek(backslash + 6) == '\\' && peek(backslash + 7) == 'u') {
          int low = hex(backslash + 8);
          if (low >= 0xDC00 && low <= 0xDFFF) {
            return backslash + 12;
          }
        }
        throw broken("lone surrogate", backslash);
      default:
        throw backslash + 1 < bytes.length ? broken("unknown escape", backslash) : unexpected(backslash + 1);
    }
  }

  private int hex(int at) throws JsonException {
    int unit = 0;
    for (int i = at; i < at + 4; i++) {
      int digit = Utf8.hexDigit(peek(i));
      if (digit < 0) {
        throw i < bytes.length ? broken("unknown escape", i) : unexpected(i);
      }
      unit = unit << 4 | digit;
    }
    return unit;
  }

  private int number(int from) throws JsonException {
    int at = from;
    if (peek(at) == '-') {
      at++;
    }
    int c = peek(at);
    if (c == '0') {
      at++;
    } else if (c >= '1' && c <= '9') {
      at = digits(at);
    } else {
      throw unexpected(at);
    }
    if (peek(at) == '.') {
      at = digits(at + 1);
    }
    int exponentDigits = 0;
    if ((peek(at) | 0x20) == 'e') {
      c = peek(at + 1);
      int first = c == '+' || c == '-' ? at + 2 : at + 1;
      at = digits(first);
      exponentDigits = at - first;
    }
    if (at - from > limits.maxNumberLength()) {
      throw new JsonException("number too long", from, true);
    }
    // Infinity to one reader, an error or a big decimal to the next (A12). Short numbers cannot get there.
    if ((exponentDigits > 2 || at - from > 200) && Double.isInfinite(Double.parseDouble(JsonStrings.latin1(bytes, from, at)))) {
      throw new JsonException("number out of range", from, true);
    }
    node(from, at, NUMBER | 1 << SPAN_SHIFT, from);
    return at;
  }

  private int digits(int from) throws JsonException {
    int at = from;
    while (at < bytes.length && bytes[at] >= '0' && bytes[at] <= '9') {
      at++;
    }
    if (at == from) {
      throw unexpected(at);
    }
    return at;
  }

  private int literal(int from, String word, int kind) throws JsonException {
    for (int i = 1; i < word.length(); i++) {
      if (peek(from + i) != word.charAt(i)) {
        throw unexpected(from + i);
      }
    }
    int end = from + word.length();
    node(from, end, kind | 1 << SPAN_SHIFT, from);
    return end;
  }

  private void node(int start, int end, int meta, int at) throws JsonException {
    if (size >= maxNodes) {
      throw new JsonException("too many values", at, true);
    }
    int entry = size * STRIDE;
    if (entry == tape.length) {
      tape = Arrays.copyOf(tape, tape.length * 2);
    }
    tape[entry] = start;
    tape[entry + 1] = end;
    tape[entry + 2] = meta;
    size++;
  }

  private int space(int from) {
    int at = from;
    while (at < bytes.length && bytes[at] <= ' ' && (bytes[at] == ' ' || bytes[at] == '\n' || bytes[at] == '\r' || bytes[at] == '\t')) {
      at++;
    }
    return at;
  }

  /** The byte, or -1 (no byte of valid UTF-8) past the end. */
  private int peek(int at) {
    return at < bytes.length ? bytes[at] : -1;
  }

  private JsonException unexpected(int at) {
    return at < bytes.length ? broken("unexpected character", at) : broken("unexpected end", bytes.length);
  }

  private static JsonException broken(String rule, int at) {
    return new JsonException(rule, at, false);
  }
}
