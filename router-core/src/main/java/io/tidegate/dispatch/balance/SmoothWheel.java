package io.tidegate.dispatch.balance;

/**
 * Smooth weighted round robin, as nginx has it: each turn adds its weight to every open target, takes the greatest sum, and subtracts the total
 * from it (R4.1). Confined to one loop.
 */
public final class SmoothWheel {
  private long[] current = {};

  /** Index of the target whose turn it is; -1 if none is open. */
  public int turn(Targets targets) {
    int size = targets.size();
    if (current.length != size) {
      current = new long[size];
    }
    int best = -1;
    long total = 0;
    for (int i = 0; i < size; i++) {
      if (targets.open(i)) {
        int weight = targets.weight(i);
        current[i] += weight;
        total += weight;
        if (best < 0 || current[i] > current[best]) {
          best = i;
        }
      }
    }
    if (best >= 0) {
      current[best] -= total;
    }
    return best;
  }

  /** Other targets stand behind the indexes now. */
  public void reset() {
    current = new long[current.length];
  }
}
