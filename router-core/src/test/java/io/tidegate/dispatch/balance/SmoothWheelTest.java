package io.tidegate.dispatch.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SmoothWheelTest {
  private static String turns(SmoothWheel wheel, Targets targets, int count) {
    return IntStream.range(0, count).mapToObj(i -> String.valueOf((char) ('a' + wheel.turn(targets)))).collect(Collectors.joining());
  }

  @Test
  @DisplayName("R4.1 weights 5, 1, 1 give nginx's sequence a a b a c a a, again and again")
  void nginxSequence() {
    assertThat(turns(new SmoothWheel(), FakeTargets.weighing(5, 1, 1), 21)).isEqualTo("aabacaa".repeat(3));
    assertThat(turns(new SmoothWheel(), FakeTargets.weighing(5000, 1000, 1000), 14)).isEqualTo("aabacaa".repeat(2));
  }

  /** A peer of nginx's ngx_http_upstream_get_peer, written from its text: current and effective weight, and whether it is down. */
  private static final class Peer {
    private final int index;
    private final int effective;
    private long current;

    Peer(int index, int effective) {
      this.index = index;
      this.effective = effective;
    }
  }

  private static int nginx(List<Peer> peers, FakeTargets targets) {
    Peer best = null;
    long total = 0;
    for (Peer peer : peers) {
      if (!targets.open[peer.index]) {
        continue;
      }
      peer.current += peer.effective;
      total += peer.effective;
      if (best == null || peer.current > best.current) {
        best = peer;
      }
    }
    if (best == null) {
      return -1;
    }
    best.current -= total;
    return best.index;
  }

  @Test
  @DisplayName("R4.1 random weights, targets that go and come back: each turn is the one of nginx's rule")
  void sameAsTheRule() {
    SplittableRandom random = new SplittableRandom(41);
    for (int run = 0; run < 500; run++) {
      FakeTargets targets = FakeTargets.weighing(random.ints(1 + random.nextInt(12), 1, 1001).toArray());
      List<Peer> peers = new ArrayList<>();
      IntStream.range(0, targets.size()).forEach(i -> peers.add(new Peer(i, targets.weights[i])));
      SmoothWheel wheel = new SmoothWheel();
      for (int turn = 0; turn < 200; turn++) {
        if (random.nextInt(10) == 0) {
          int flipped = random.nextInt(targets.size());
          targets.open[flipped] = !targets.open[flipped];
        }
        assertThat(wheel.turn(targets)).as("run %d, turn %d", run, turn).isEqualTo(nginx(peers, targets));
      }
    }
  }

  @Test
  @DisplayName("R4.1 random weights: each has exactly its share of a cycle, and no run is longer than the others' weights make needful")
  void sharesWithoutBursts() {
    SplittableRandom random = new SplittableRandom(42);
    for (int run = 0; run < 300; run++) {
      FakeTargets targets = FakeTargets.weighing(random.ints(2 + random.nextInt(6), 1, 40).toArray());
      int cycle = IntStream.of(targets.weights).sum();
      int[] turns = new int[targets.size()];
      SmoothWheel wheel = new SmoothWheel();
      int last = -1;
      int length = 0;
      for (int turn = 0; turn < cycle * 3; turn++) {
        int at = wheel.turn(targets);
        turns[at]++;
        length = at == last ? length + 1 : 1;
        last = at;
        int others = cycle - targets.weights[at];
        assertThat(length).as("a run of one with %d of %d", targets.weights[at], cycle)
            .isLessThanOrEqualTo((targets.weights[at] + others - 1) / others + 1);
      }
      for (int i = 0; i < turns.length; i++) {
        assertThat(turns[i]).isEqualTo(3 * targets.weights[i]);
      }
    }
  }
}
