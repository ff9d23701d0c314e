package io.tidegate.transform;

import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds every place where one of the found values stands once more, although no detector saw it there (a name without its label, a number without
 * its context). Bounded: each look costs a step.
 */
final class Occurrences {
  /** Shorter values are too common as parts of other words. */
  private static final int SHORTEST = 4;
  private static final int SHORTEST_WIDE = 2;
  /** From here on a value counts inside a longer word too. */
  private static final int UNMISTAKABLE = 6;
  private static final int HEAD = 2;
  private static final int FILTER = 1 << 16;

  private final BitSet heads = new BitSet(FILTER);
  private final Map<Integer, Group> groups = new HashMap<>();
  private long steps;

  /** Values that begin with the same characters, by length, longest first. */
  private static final class Group {
    private final TreeSet<Integer> lengths = new TreeSet<>(java.util.Comparator.reverseOrder());
    private final Set<String> values = new HashSet<>();
  }

  /** Takes a place. */
  interface Taker {
    void at(int start, int end);
  }

  Occurrences(Collection<String> values, long steps) {
    this.steps = steps;
    for (String value : values) {
      if (value.length() >= (wide(value) ? SHORTEST_WIDE : SHORTEST)) {
        int head = head(value, 0);
        heads.set(slot(head));
        Group group = groups.computeIfAbsent(head, h -> new Group());
        group.lengths.add(value.length());
        group.values.add(value);
      }
    }
  }

  /** False once the steps are spent: then not all places were seen. */
  boolean find(String text, Taker taker) {
    if (groups.isEmpty()) {
      return true;
    }
    steps -= text.length();
    for (int i = 0; i + HEAD <= text.length() && steps >= 0; ) {
      int head = head(text, i);
      int length = heads.get(slot(head)) ? longest(groups.get(head), text, i) : 0;
      if (length > 0) {
        taker.at(i, i + length);
      }
      i += Math.max(1, length);
    }
    return steps >= 0;
  }

  private int longest(@org.jspecify.annotations.Nullable Group group, String text, int at) {
    if (group == null) {
      return 0;
    }
    for (int length : group.lengths) {
      steps -= length;
      int end = at + length;
      if (steps >= 0 && end <= text.length() && whole(text, at, end) && group.values.contains(text.substring(at, end))) {
        return length;
      }
    }
    return 0;
  }

  private static boolean whole(String text, int from, int to) {
    if (to - from >= UNMISTAKABLE) {
      return true;
    }
    boolean left = from == 0 || !CleanSpan.alnum(text.charAt(from)) || !CleanSpan.alnum(text.charAt(from - 1));
    boolean right = to == text.length() || !CleanSpan.alnum(text.charAt(to - 1)) || !CleanSpan.alnum(text.charAt(to));
    return left && right;
  }

  private static boolean wide(String value) {
    return value.chars().anyMatch(c -> c >= 0x2E80);
  }

  private static int head(String text, int at) {
    return text.charAt(at) << 16 | text.charAt(at + 1);
  }

  private static int slot(int head) {
    return (head ^ head >>> 11) & FILTER - 1;
  }
}
