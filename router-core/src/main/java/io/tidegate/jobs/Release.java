package io.tidegate.jobs;

/**
 * Which line of a job is asked next. Lines whose beginnings are alike follow each other, and only two of a group go one by one: an upstream's cache knows a
 * beginning once two have shared it and ended; then the rest go together (upstreams.md, DeepSeek's cache). Meanwhile lines of other groups go on.
 * Confined to the jobs' thread.
 */
final class Release {
  private static final int LEADERS = 2;
  /** Lines that are looked at for one that may go: those of a group that waits are passed over. */
  private static final int LOOKS = 1024;

  private final int[] next;
  private final int[] done;
  private final int[] underWay;
  private final int[] groupOf;
  private int head;
  private int waiting;

  /** @param ended lines that have their end already */
  Release(PrefixOrder.Order order, java.util.function.IntPredicate ended) {
    int count = order.places().length;
    this.next = new int[count];
    int[] groups = order.groups();
    this.groupOf = new int[count];
    java.util.Map<Integer, Integer> dense = new java.util.HashMap<>();
    for (int line = 0; line < count; line++) {
      groupOf[line] = groups[line] < 0 ? -1 : dense.merge(groups[line], dense.size(), (known, fresh) -> known);
    }
    this.done = new int[dense.size()];
    this.underWay = new int[dense.size()];
    int last = -1;
    head = -1;
    for (int line : order.places()) {
      if (ended.test(line)) {
        continue;
      }
      waiting++;
      if (last < 0) {
        head = line;
      } else {
        next[last] = line;
      }
      next[line] = -1;
      last = line;
    }
  }

  /** The next line, which is under way from now on; -1 if none may go now. */
  int next() {
    int before = -1;
    int line = head;
    for (int looks = 0; line >= 0 && looks < LOOKS; looks++) {
      int group = groupOf[line];
      if (group < 0 || done[group] >= LEADERS || underWay[group] == 0) {
        if (before < 0) {
          head = next[line];
        } else {
          next[before] = next[line];
        }
        waiting--;
        if (group >= 0) {
          underWay[group]++;
        }
        return line;
      }
      before = line;
      line = next[line];
    }
    return -1;
  }

  /** A line's end. */
  void ended(int line) {
    int group = groupOf[line];
    if (group >= 0) {
      underWay[group]--;
      done[group]++;
    }
  }

  /** A line that could not be asked, or must be asked again: it goes first. */
  void again(int line) {
    int group = groupOf[line];
    if (group >= 0) {
      underWay[group]--;
    }
    next[line] = head;
    head = line;
    waiting++;
  }

  /** Lines that are neither under way nor have their end. */
  int waiting() {
    return waiting;
  }
}
