package io.tidegate.dispatch;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Which regions of an upstream take the next request: those that serve, in their order; one that came back, by its share; behind them those that are held
 * or lost, which are asked only when nobody else is left. Puts the candidates of one decision in another order, and never changes which they are (A3, A4).
 */
final class RegionTurns {
  private RegionTurns() {}

  static List<Candidate> arranged(List<Candidate> candidates, HealthBoard board, RandomGenerator random) {
    List<Candidate> arranged = null;
    for (int from = 0; from < candidates.size(); ) {
      int to = runEnd(candidates, from);
      if (to - from > 1) {
        boolean[] later = new boolean[to - from];
        boolean any = false;
        for (int i = from; i < to; i++) {
          double share = board.share(candidates.get(i).place());
          later[i - from] = share < 1 && random.nextDouble() >= share;
          any |= later[i - from];
        }
        if (any) {
          if (arranged == null) {
            arranged = new ArrayList<>(candidates);
          }
          int at = from;
          for (int round = 0; round < 2; round++) {
            for (int i = from; i < to; i++) {
              if (later[i - from] == (round == 1)) {
                arranged.set(at++, candidates.get(i));
              }
            }
          }
        }
      }
      from = to;
    }
    return arranged == null ? candidates : List.copyOf(arranged);
  }

  /** Where the regions of one upstream in one step end. */
  private static int runEnd(List<Candidate> candidates, int from) {
    Candidate first = candidates.get(from);
    int to = from + 1;
    while (to < candidates.size() && candidates.get(to).step() == first.step() && candidates.get(to).upstream() == first.upstream()) {
      to++;
    }
    return to;
  }
}
