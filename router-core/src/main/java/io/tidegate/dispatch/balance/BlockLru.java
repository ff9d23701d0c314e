package io.tidegate.dispatch.balance;

import java.util.Arrays;

/** A bounded set of hashes that forgets the one not touched for longest. Not thread-safe; allocates nothing once made. */
final class BlockLru {
  private static final int NONE = -1;

  private final long[] keys;
  private final int[] newer;
  private final int[] older;
  /** Open addressing: node + 1, 0 for empty. */
  private final int[] table;
  private final int mask;
  private int size;
  private int newest = NONE;
  private int oldest = NONE;

  BlockLru(int capacity) {
    keys = new long[capacity];
    newer = new int[capacity];
    older = new int[capacity];
    table = new int[Integer.highestOneBit(capacity) * 4];
    mask = table.length - 1;
  }

  int size() {
    return size;
  }

  boolean contains(long key) {
    return table[place(key)] != 0;
  }

  /** Makes {@code key} the newest. Returns what was forgotten for it, 0 if nothing was. */
  long touch(long key) {
    int place = place(key);
    int node = table[place] - 1;
    if (node >= 0) {
      unlink(node);
      front(node);
      return 0;
    }
    long forgotten = 0;
    if (size == keys.length) {
      node = oldest;
      forgotten = keys[node];
      unlink(node);
      remove(place(forgotten));
      place = place(key);
    } else {
      node = size++;
    }
    keys[node] = key;
    table[place] = node + 1;
    front(node);
    return forgotten;
  }

  /** Forgets everything; {@code each} is told. */
  void clear(java.util.function.LongConsumer each) {
    for (int i = 0; i < size; i++) {
      each.accept(keys[i]);
    }
    Arrays.fill(table, 0);
    size = 0;
    newest = NONE;
    oldest = NONE;
  }

  private int place(long key) {
    int at = (int) (key ^ key >>> 32) & mask;
    while (table[at] != 0 && keys[table[at] - 1] != key) {
      at = at + 1 & mask;
    }
    return at;
  }

  /** Empties a place and moves up those that had to pass it. */
  private void remove(int hole) {
    int free = hole;
    table[free] = 0;
    for (int at = free + 1 & mask; table[at] != 0; at = at + 1 & mask) {
      long key = keys[table[at] - 1];
      int home = (int) (key ^ key >>> 32) & mask;
      if ((at - home & mask) >= (at - free & mask)) {
        table[free] = table[at];
        table[at] = 0;
        free = at;
      }
    }
  }

  private void front(int node) {
    newer[node] = NONE;
    older[node] = newest;
    if (newest != NONE) {
      newer[newest] = node;
    }
    newest = node;
    if (oldest == NONE) {
      oldest = node;
    }
  }

  private void unlink(int node) {
    if (newer[node] != NONE) {
      older[newer[node]] = older[node];
    } else {
      newest = older[node];
    }
    if (older[node] != NONE) {
      newer[older[node]] = newer[node];
    } else {
      oldest = newer[node];
    }
  }
}
