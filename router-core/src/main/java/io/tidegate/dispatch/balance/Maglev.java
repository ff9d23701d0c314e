package io.tidegate.dispatch.balance;

import java.util.Arrays;

/**
 * A table that leads from a hash to a target, evenly by weight, and changes little when targets come and go (Eisenbud and others, NSDI 2016;
 * R4.3). Immutable. A target's places depend on its own name only.
 */
public final class Maglev {
  /** A prime, far above a hundred targets. */
  public static final int SIZE = 65_537;

  private final char[] table;

  private Maglev(char[] table) {
    this.table = table;
  }

  /**
   * @param names hashes of the targets' names; at least one, fewer than 65,536
   * @param weights of the targets, positive
   */
  public static Maglev of(long[] names, int[] weights) {
    int count = names.length;
    int greatest = Arrays.stream(weights).max().orElse(1);
    int[] place = new int[count];
    int[] skip = new int[count];
    double[] credit = new double[count];
    for (int i = 0; i < count; i++) {
      long hash = mix(names[i]);
      place[i] = (int) Long.remainderUnsigned(hash, SIZE);
      skip[i] = (int) Long.remainderUnsigned(mix(hash), SIZE - 1) + 1;
    }
    char[] table = new char[SIZE];
    Arrays.fill(table, Character.MAX_VALUE);
    int filled = 0;
    while (filled < SIZE) {
      for (int i = 0; i < count && filled < SIZE; i++) {
        credit[i] += (double) weights[i] / greatest;
        if (credit[i] < 1) {
          continue;
        }
        credit[i] -= 1;
        int at = place[i];
        while (table[at] != Character.MAX_VALUE) {
          at = (at + skip[i]) % SIZE;
        }
        table[at] = (char) i;
        place[i] = (at + skip[i]) % SIZE;
        filled++;
      }
    }
    return new Maglev(table);
  }

  /** The target's index for a key, which must be a hash. */
  public int at(long key) {
    return table[(int) Long.remainderUnsigned(key, SIZE)];
  }

  /** The hash of a target's name: the same in every process, so that all sidecars agree. */
  public static long name(String id) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < id.length(); i++) {
      hash = (hash ^ id.charAt(i)) * 0x100000001b3L;
    }
    return hash;
  }

  private static long mix(long value) {
    long a = value + 0x9e3779b97f4a7c15L;
    a = (a ^ (a >>> 30)) * 0xbf58476d1ce4e5b9L;
    a = (a ^ (a >>> 27)) * 0x94d049bb133111ebL;
    return a ^ (a >>> 31);
  }
}
