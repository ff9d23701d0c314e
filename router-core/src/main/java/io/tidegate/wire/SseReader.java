package io.tidegate.wire;

import java.util.Arrays;

/**
 * Reads a stream of server-sent events piece by piece, by the rules of the WHATWG (HTML standard, section 9.2.6): lines end in LF, CR LF or CR,
 * a byte order mark at the start is skipped, several {@code data} lines are joined by LF, an event without {@code data} is none, and what the
 * end of the stream cuts off is dropped. Bytes are not decoded: whoever reads the events checks their UTF-8.
 *
 * <p>An event that lies in one piece with one {@code data} line is handed over where it lies. Not thread-safe.
 */
public final class SseReader {
  private static final byte[] NOTHING = {};
  private static final int MAX_TYPE_BYTES = 64;

  private final int maxLineBytes;
  private final int maxEventBytes;
  private final Listener listener;

  /** Beginning of a line that the last piece cut. */
  private byte[] line = NOTHING;
  private int lineLength;
  /** Data of the event under way: still in the caller's piece, or gathered in {@link #gathered}. */
  private byte[] data = NOTHING;
  private int dataFrom;
  private int dataLength;
  private boolean hasData;
  private byte[] gathered = NOTHING;
  private String type = "";
  private boolean afterCr;
  private boolean firstLine = true;
  private boolean lineOfEvent;
  private boolean overflown;
  private boolean stopped;

  /**
   * @param maxLineBytes longest line, without its end
   * @param maxEventBytes longest data of one event
   */
  public SseReader(int maxLineBytes, int maxEventBytes, Listener listener) {
    this.maxLineBytes = maxLineBytes;
    this.maxEventBytes = maxEventBytes;
    this.listener = listener;
  }

  /** Takes what the stream holds. Arrays are lent for the call only. */
  public interface Listener {
    /** One event. {@code type} is its {@code event} field, cut to 64 bytes; empty if it had none. */
    void event(byte[] buffer, int offset, int length, String type);

    /** A comment, or a blank line that ends no event. */
    void keepAlive();

    /** A line that is no field of the standard, which says to ignore it. */
    void stray(byte[] buffer, int offset, int length);
  }

  /** Reads a piece. False once a bound was passed: the stream is unusable from there. */
  public boolean feed(byte[] buffer, int offset, int length) {
    int at = offset;
    int end = offset + length;
    if (afterCr && at < end && !overflown) {
      at += buffer[at] == '\n' ? 1 : 0;
      afterCr = false;
    }
    while (at < end && !overflown && !stopped) {
      int lineEnd = lineEnd(buffer, at, end);
      if (lineEnd - at > maxLineBytes - lineLength) {
        return overflow();
      }
      if (lineEnd == end) {
        keep(buffer, at, end);
        break;
      }
      if (lineLength > 0) {
        keep(buffer, at, lineEnd);
        int whole = lineLength;
        lineLength = 0;
        line(line, 0, whole);
        // The next cut line overwrites the array.
        gather();
      } else {
        line(buffer, at, lineEnd);
      }
      at = lineEnd + 1;
      if (buffer[lineEnd] == '\r') {
        if (at == end) {
          afterCr = true;
        } else if (buffer[at] == '\n') {
          at++;
        }
      }
    }
    gather();
    return !overflown;
  }

  /** Called from within a listener: the rest of the stream is not wanted. */
  public void stop() {
    stopped = true;
  }

  /** Whether nothing of an event or a line is pending: a new event would begin with the next byte. */
  public boolean betweenEvents() {
    return lineLength == 0 && !hasData && !lineOfEvent && !afterCr && !overflown;
  }

  private boolean overflow() {
    overflown = true;
    line = NOTHING;
    data = NOTHING;
    gathered = NOTHING;
    return false;
  }

  private static int lineEnd(byte[] b, int from, int end) {
    int at = from;
    while (at <= end - Long.BYTES) {
      long ends = Swar.lineEnds(Swar.word(b, at));
      if (ends != 0) {
        return at + Swar.first(ends);
      }
      at += Long.BYTES;
    }
    while (at < end && b[at] != '\n' && b[at] != '\r') {
      at++;
    }
    return at;
  }

  private void keep(byte[] buffer, int from, int to) {
    line = room(line, lineLength, to - from, maxLineBytes);
    System.arraycopy(buffer, from, line, lineLength, to - from);
    lineLength += to - from;
  }

  private void line(byte[] b, int lineFrom, int to) {
    int from = lineFrom;
    if (firstLine) {
      firstLine = false;
      if (to - from >= 3 && b[from] == (byte) 0xEF && b[from + 1] == (byte) 0xBB && b[from + 2] == (byte) 0xBF) {
        from += 3;
      }
    }
    if (from == to) {
      endEvent();
      return;
    }
    if (b[from] == ':') {
      listener.keepAlive();
      return;
    }
    int colon = from;
    while (colon < to && b[colon] != ':') {
      colon++;
    }
    int value = colon < to ? colon + 1 : to;
    if (value < to && b[value] == ' ') {
      value++;
    }
    if (is(b, from, colon, "data")) {
      data(b, value, to);
    } else if (is(b, from, colon, "event")) {
      type = JsonStrings.latin1(b, value, Math.min(to, value + MAX_TYPE_BYTES));
      lineOfEvent = true;
    } else if (is(b, from, colon, "id") || is(b, from, colon, "retry")) {
      lineOfEvent = true;
    } else {
      listener.stray(b, from, to - from);
    }
  }

  private static boolean is(byte[] b, int from, int to, String name) {
    if (to - from != name.length()) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      if (b[from + i] != name.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private void data(byte[] b, int from, int to) {
    if (to - from > maxEventBytes - dataLength - 1) {
      overflow();
      return;
    }
    if (!hasData) {
      hasData = true;
      data = b;
      dataFrom = from;
      dataLength = to - from;
      return;
    }
    gather();
    gathered = room(gathered, dataLength, to - from + 1, maxEventBytes);
    data = gathered;
    gathered[dataLength] = '\n';
    System.arraycopy(b, from, gathered, dataLength + 1, to - from);
    dataLength += to - from + 1;
  }

  /** Takes the data out of an array that is about to go away. */
  private void gather() {
    if (hasData && data != gathered) {
      gathered = room(gathered, 0, dataLength, maxEventBytes);
      System.arraycopy(data, dataFrom, gathered, 0, dataLength);
      data = gathered;
      dataFrom = 0;
    }
  }

  private void endEvent() {
    boolean dispatched = hasData;
    boolean had = lineOfEvent;
    byte[] from = data;
    String name = type;
    hasData = false;
    lineOfEvent = false;
    data = NOTHING;
    int length = dataLength;
    dataLength = 0;
    type = "";
    if (dispatched) {
      listener.event(from, dataFrom, length, name);
    } else if (!had) {
      listener.keepAlive();
    }
  }

  private static byte[] room(byte[] array, int used, int more, int max) {
    if (used + more <= array.length) {
      return array;
    }
    return Arrays.copyOf(array, (int) Math.min(max, Math.max(used + more, Math.max(512L, array.length * 2L))));
  }
}
