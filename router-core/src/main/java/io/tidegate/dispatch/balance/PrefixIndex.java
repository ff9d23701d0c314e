package io.tidegate.dispatch.balance;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What part of a prompt each endpoint has likely kept, from what it was sent before (R4.7), and the choice by it: the part that is kept
 * counts for twice as much as being idle (the weights of llm-d's sample). Approximate: the endpoint's own eviction is not seen, only imitated.
 * Bounded by blocks per endpoint. Any loop: one at a time, for well under a microsecond.
 */
public final class PrefixIndex {
  private static final double KEPT = 2;
  private static final double IDLE = 1;

  private final int blocks;
  private final Holders holders = new Holders();
  private final @Nullable String[] names = new @Nullable String[Holders.COLUMNS];
  private final @Nullable BlockLru[] columns = new @Nullable BlockLru[Holders.COLUMNS];
  private final int[] kept = new int[Holders.COLUMNS];
  private int start;

  /** @param blocks that one endpoint is thought to keep */
  public PrefixIndex(int blocks) {
    this.blocks = blocks;
  }

  /**
   * Gives each endpoint a column, by id; those that left lose theirs with all that was known. Past {@link Holders#COLUMNS} an endpoint has
   * none (-1) and is chosen by load alone.
   */
  public synchronized int[] columns(List<String> ids) {
    for (int i = 0; i < names.length; i++) {
      String name = names[i];
      BlockLru column = columns[i];
      if (name != null && column != null && !ids.contains(name)) {
        int gone = i;
        column.clear(key -> holders.remove(key, gone));
        names[i] = null;
        columns[i] = null;
      }
    }
    int[] given = new int[ids.size()];
    for (int i = 0; i < given.length; i++) {
      given[i] = column(ids.get(i));
    }
    return given;
  }

  private int column(String id) {
    List<@Nullable String> all = Arrays.asList(names);
    int known = all.indexOf(id);
    int at = known >= 0 ? known : all.indexOf(null);
    if (known < 0 && at >= 0) {
      names[at] = id;
      columns[at] = new BlockLru(blocks);
    }
    return at;
  }

  /**
   * The open target with the best score, which from now on is thought to keep the prompt; -1 if none is open.
   *
   * @param given what {@link #columns} said for these targets
   */
  public synchronized int pick(Targets targets, int[] given, PickFacts facts) {
    measure(facts);
    int size = targets.size();
    int most = 1;
    for (int i = 0; i < size; i++) {
      most = Math.max(most, targets.inFlight(i));
    }
    int best = -1;
    double bestScore = Double.NEGATIVE_INFINITY;
    start = start + 1 < size ? start + 1 : 0;
    double part = KEPT / Math.max(1, facts.blocks());
    double load = IDLE / most;
    for (int n = 0, i = start; n < size; n++, i = i + 1 < size ? i + 1 : 0) {
      if (targets.open(i)) {
        double score = (given[i] >= 0 ? kept[given[i]] * part : 0) - targets.inFlight(i) * load;
        if (score > bestScore) {
          bestScore = score;
          best = i;
        }
      }
    }
    if (best >= 0 && given[best] >= 0) {
      touch(given[best], facts);
    }
    return best;
  }

  /** How many of the prompt's blocks the endpoint of {@code column} was last thought to keep. */
  public synchronized int kept(int column) {
    return column < 0 ? 0 : kept[column];
  }

  /** For each column, how many blocks from the first on it holds. */
  private void measure(PickFacts facts) {
    Arrays.fill(kept, 0);
    long low = -1;
    long high = -1;
    for (int i = 0; i < facts.blocks() && (low | high) != 0; i++) {
      int row = holders.row(facts.block(i));
      long nextLow = row < 0 ? 0 : low & holders.low(row);
      long nextHigh = row < 0 ? 0 : high & holders.high(row);
      settle(low & ~nextLow, 0, i);
      settle(high & ~nextHigh, 64, i);
      low = nextLow;
      high = nextHigh;
    }
    settle(low, 0, facts.blocks());
    settle(high, 64, facts.blocks());
  }

  private void settle(long columnsOut, int from, int count) {
    if (count == 0) {
      return;
    }
    for (long rest = columnsOut; rest != 0; rest &= rest - 1) {
      kept[from + Long.numberOfTrailingZeros(rest)] = count;
    }
  }

  private void touch(int column, PickFacts facts) {
    BlockLru lru = columns[column];
    if (lru == null) {
      return;
    }
    // From the last to the first: of one prompt the end is forgotten before the beginning.
    for (int i = facts.blocks() - 1; i >= 0; i--) {
      long key = facts.block(i);
      long forgotten = lru.touch(key);
      if (forgotten != 0) {
        holders.remove(forgotten, column);
      }
      holders.add(key, column);
    }
  }

  /** Blocks of all endpoints together that are known. */
  public synchronized int size() {
    return holders.size();
  }
}
