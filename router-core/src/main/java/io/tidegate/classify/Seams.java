package io.tidegate.classify;

import java.util.Arrays;

/**
 * The text around the borders of strings in conversation order, for identifiers cut over several strings (hazard A10): short strings whole, of long ones
 * the first and last {@link #REACH} characters. Confined to its scan.
 */
final class Seams {
  private static final int REACH = 64;
  private static final int CAPACITY = 4 << 10;

  /** Takes each stretch once it is complete: the joined text, and where the strings meet in it. */
  interface Taker {
    void take(char[] text, int length, int[] borders, int count);
  }

  private final Taker taker;
  private char[] text = new char[320];
  private int length;
  private int[] borders = new int[8];
  private int count;
  private final char[] tail = new char[REACH];
  private int tailLength;
  private int current;
  private boolean overflown;

  Seams(Taker taker) {
    this.taker = taker;
  }

  /** Adds characters of one string; {@code first} and {@code last} say whether they are its first and last ones. */
  void add(char[] chars, int from, int to, boolean first, boolean last) {
    if (first) {
      if (length > 0) {
        border();
      }
      current = 0;
      overflown = false;
    }
    int room = Math.min(to - from, 2 * REACH - current);
    if (room > 0) {
      append(chars, from, from + room);
      current += room;
    }
    if (to - from > room && !overflown) {
      // Too long to keep whole: its first half closes this stretch.
      System.arraycopy(text, length - REACH, tail, 0, REACH);
      tailLength = REACH;
      length -= REACH;
      overflown = true;
      flush();
    }
    if (overflown) {
      keepTail(chars, from + Math.max(room, 0), to);
      if (last) {
        append(tail, 0, tailLength);
      }
    }
    if (last && length > CAPACITY - 2 * REACH) {
      flushKeepingTail();
    }
  }

  /** Hands over what is left. */
  void end() {
    flush();
  }

  private void border() {
    if (count == borders.length) {
      borders = Arrays.copyOf(borders, count * 2);
    }
    borders[count++] = length;
  }

  private void append(char[] chars, int from, int to) {
    if (length + to - from > text.length) {
      text = Arrays.copyOf(text, Math.max(text.length * 2, length + to - from));
    }
    System.arraycopy(chars, from, text, length, to - from);
    length += to - from;
  }

  private void keepTail(char[] chars, int from, int to) {
    int take = Math.min(REACH, to - from);
    int keep = Math.min(tailLength, REACH - take);
    System.arraycopy(tail, tailLength - keep, tail, 0, keep);
    System.arraycopy(chars, to - take, tail, keep, take);
    tailLength = keep + take;
  }

  private void flush() {
    if (count > 0 && length > 0) {
      taker.take(text, length, borders, count);
    }
    length = 0;
    count = 0;
  }

  private void flushKeepingTail() {
    int keep = Math.min(length, 2 * REACH);
    char[] rest = Arrays.copyOfRange(text, length - keep, length);
    flush();
    append(rest, 0, keep);
  }
}
