package io.tidegate.dispatch.balance;

/** Which endpoints are thought to hold a block: block hash → set of columns. Grows with what is held, and shrinks to empty places again. */
final class Holders {
  static final int COLUMNS = 128;
  private static final int LEAST = 1024;

  private long[] keys = new long[LEAST];
  private long[] low = new long[LEAST];
  private long[] high = new long[LEAST];
  private int count;

  /** The row of {@code key}; -1 if nobody holds it. */
  int row(long key) {
    int at = place(key);
    return keys[at] == 0 ? -1 : at;
  }

  long low(int row) {
    return low[row];
  }

  long high(int row) {
    return high[row];
  }

  int size() {
    return count;
  }

  void add(long key, int column) {
    int at = place(key);
    if (keys[at] == 0) {
      if (count * 2 >= keys.length) {
        grow();
        at = place(key);
      }
      keys[at] = key;
      count++;
    }
    if (column < 64) {
      low[at] |= 1L << column;
    } else {
      high[at] |= 1L << column;
    }
  }

  void remove(long key, int column) {
    int at = place(key);
    if (keys[at] == 0) {
      return;
    }
    if (column < 64) {
      low[at] &= ~(1L << column);
    } else {
      high[at] &= ~(1L << column);
    }
    if (low[at] == 0 && high[at] == 0) {
      count--;
      close(at);
    }
  }

  private int place(long key) {
    int mask = keys.length - 1;
    int at = home(key, mask);
    while (keys[at] != 0 && keys[at] != key) {
      at = at + 1 & mask;
    }
    return at;
  }

  private static int home(long key, int mask) {
    return (int) (key ^ key >>> 32) & mask;
  }

  private void close(int hole) {
    int mask = keys.length - 1;
    int free = hole;
    set(free, 0, 0, 0);
    for (int at = free + 1 & mask; keys[at] != 0; at = at + 1 & mask) {
      if ((at - home(keys[at], mask) & mask) >= (at - free & mask)) {
        set(free, keys[at], low[at], high[at]);
        set(at, 0, 0, 0);
        free = at;
      }
    }
  }

  private void set(int at, long key, long lower, long upper) {
    keys[at] = key;
    low[at] = lower;
    high[at] = upper;
  }

  private void grow() {
    long[] oldKeys = keys;
    long[] oldLow = low;
    long[] oldHigh = high;
    keys = new long[oldKeys.length * 2];
    low = new long[keys.length];
    high = new long[keys.length];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != 0) {
        set(place(oldKeys[i]), oldKeys[i], oldLow[i], oldHigh[i]);
      }
    }
  }
}
