package io.tidegate.model;

import org.jspecify.annotations.Nullable;

/**
 * Where a request belongs in somebody's trace (W3C Trace Context, level 1 and 2): numbers, and a state that is passed on or not, and never read. Immutable;
 * its state can stand in a header, since nothing else becomes one.
 */
public final class TraceContext {
  /** Of {@code traceparent} in version 00. */
  public static final int LENGTH = 55;
  /** Longest {@code tracestate}, in characters. */
  public static final int MAX_STATE = 512;
  private static final int MAX_MEMBERS = 32;
  private static final int SAMPLED = 1;
  private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};

  private final long high;
  private final long low;
  private final long span;
  private final int flags;
  private final @Nullable String state;

  private TraceContext(long high, long low, long span, int flags, @Nullable String state) {
    if (high == 0 && low == 0 || span == 0) {
      throw new IllegalArgumentException("an id of zeros");
    }
    this.high = high;
    this.low = low;
    this.span = span;
    this.flags = flags;
    this.state = state;
  }

  /** A trace that begins here, where the next hop is a child of {@code span}. */
  public static TraceContext begun(long high, long low, long span, boolean sampled) {
    return new TraceContext(high, low, span, sampled ? SAMPLED : 0, null);
  }

  /** First half of the trace's id. */
  public long high() {
    return high;
  }

  /** Second half; not both are 0. */
  public long low() {
    return low;
  }

  /** The caller's span; not 0. */
  public long span() {
    return span;
  }

  /** {@code tracestate}; null for none. It is the caller's own text: only what may see a request's text may see it. */
  public @Nullable String state() {
    return state;
  }

  /** Whether the caller keeps its part of the trace. */
  public boolean sampled() {
    return (flags & SAMPLED) != 0;
  }

  /** The same trace, where the next hop is a child of {@code child}. Of the flags only the one that is known to us goes on. */
  public TraceContext below(long child, boolean sampled, boolean withState) {
    return new TraceContext(high, low, child, sampled ? SAMPLED : 0, withState ? state : null);
  }

  /** Reads {@code traceparent}; null if it is malformed: the trace then begins anew. */
  public static @Nullable TraceContext parse(CharSequence parent, @Nullable String state) {
    int length = parent.length();
    if (length < LENGTH || parent.charAt(2) != '-' || parent.charAt(35) != '-' || parent.charAt(52) != '-') {
      return null;
    }
    int version = (int) hex(parent, 0, 2);
    // A version to come may say more, behind another dash; ff is none.
    if (version == 0xff || length > LENGTH && (version == 0 || parent.charAt(LENGTH) != '-') || !hexadecimal(parent, 0, 2) || !hexadecimal(parent, 3, 35)
        || !hexadecimal(parent, 36, 52) || !hexadecimal(parent, 53, 55)) {
      return null;
    }
    long high = hex(parent, 3, 19);
    long low = hex(parent, 19, 35);
    long span = hex(parent, 36, 52);
    if (high == 0 && low == 0 || span == 0) {
      return null;
    }
    return new TraceContext(high, low, span, (int) hex(parent, 53, 55), state == null || !wellFormed(state) ? null : state);
  }

  /** {@code traceparent}, as {@value #LENGTH} ASCII bytes. */
  public byte[] header() {
    byte[] text = new byte[LENGTH];
    text[0] = '0';
    text[1] = '0';
    text[2] = '-';
    write(text, 3, 19, high);
    write(text, 19, 35, low);
    text[35] = '-';
    write(text, 36, 52, span);
    text[52] = '-';
    write(text, 53, 55, flags & SAMPLED);
    return text;
  }

  private static void write(byte[] to, int from, int end, long value) {
    long rest = value;
    for (int i = end - 1; i >= from; i--) {
      to[i] = HEX[(int) (rest & 15)];
      rest >>>= 4;
    }
  }

  private static boolean hexadecimal(CharSequence text, int from, int end) {
    for (int i = from; i < end; i++) {
      char c = text.charAt(i);
      if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
        return false;
      }
    }
    return true;
  }

  private static long hex(CharSequence text, int from, int end) {
    long value = 0;
    for (int i = from; i < end; i++) {
      value = value << 4 | Character.digit(text.charAt(i), 16) & 15;
    }
    return value;
  }

  /** Members {@code key=value} with commas between, visible ASCII, at most {@value #MAX_MEMBERS} and {@value #MAX_STATE} characters. */
  private static boolean wellFormed(String state) {
    if (state.isEmpty() || state.length() > MAX_STATE) {
      return false;
    }
    int members = 0;
    for (String member : state.split(",", -1)) {
      String one = member.strip();
      if (!one.isEmpty() && (++members > MAX_MEMBERS || !member(one))) {
        return false;
      }
    }
    return members > 0;
  }

  private static boolean member(String member) {
    int equals = member.indexOf('=');
    if (equals < 1 || equals == member.length() - 1) {
      return false;
    }
    for (int i = 0; i < member.length(); i++) {
      char c = member.charAt(i);
      boolean good = i < equals ? c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || i > 0 && (c == '_' || c == '-' || c == '*' || c == '/' || c == '@')
          : i == equals || c >= ' ' && c <= '~' && c != '=';
      if (!good) {
        return false;
      }
    }
    return true;
  }
}
