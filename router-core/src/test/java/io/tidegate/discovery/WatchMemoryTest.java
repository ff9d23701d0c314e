package io.tidegate.discovery;

import static io.tidegate.discovery.WatchMemory.Outcome.BLIND;
import static io.tidegate.discovery.WatchMemory.Outcome.CHANGED;
import static io.tidegate.discovery.WatchMemory.Outcome.DOUBTED;
import static io.tidegate.discovery.WatchMemory.Outcome.HELD;
import static io.tidegate.discovery.WatchMemory.Outcome.SAME;
import static io.tidegate.discovery.WatchMemory.Outcome.WENT_BACK;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.discovery.WatchMemory.Outcome;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class WatchMemoryTest {
  private static final List<Instance> ONE = List.of(new Instance("n/a", "10.0.0.1", 1, 1));
  private static final List<Instance> TWO = List.of(new Instance("n/a", "10.0.0.1", 1, 1), new Instance("n/b", "10.0.0.2", 1, 1));

  private final WatchMemory memory = new WatchMemory(0, 0);

  private static Outcome tell(WatchMemory memory, long index, List<Instance> rows, long nowNanos) {
    Outcome outcome = memory.answered(index, false, false, rows.size(), rows, nowNanos);
    if (outcome == CHANGED) {
      memory.published(rows);
    }
    return outcome;
  }

  @Test
  @DisplayName("upstreams 8 a return proves no change")
  void sameListIsNotPublishedTwice() {
    assertThat(tell(memory, 7, ONE, 0)).isEqualTo(CHANGED);
    assertThat(tell(memory, 9, ONE, 0)).isEqualTo(SAME);
    assertThat(tell(memory, 9, TWO, 0)).isEqualTo(CHANGED);
    assertThat(memory.index()).isEqualTo(9);
  }

  @Test
  @DisplayName("R3.2 K1 ten minutes without Consul change nothing; then it is asked from 0, and a low index is no trouble")
  void tenMinutes() {
    tell(memory, 900, TWO, 0);
    for (int second = 0; second < 600; second++) {
      memory.failed();
      assertThat(memory.published()).isEqualTo(TWO);
      assertThat(memory.index()).isZero();
    }
    assertThat(tell(memory, 5, TWO, 600_000_000_000L)).isEqualTo(SAME);
    assertThat(tell(memory, 6, ONE, 601_000_000_000L)).isEqualTo(CHANGED);
  }

  @Test
  @DisplayName("K1 an index that goes back is not believed and restarts at 0")
  void lowerIndexRestarts() {
    tell(memory, 7, TWO, 0);
    assertThat(tell(memory, 6, ONE, 0)).isEqualTo(WENT_BACK);
    assertThat(memory.index()).isZero();
    assertThat(memory.published()).isEqualTo(TWO);
    assertThat(tell(memory, 6, ONE, 0)).isEqualTo(CHANGED);
    assertThat(memory.index()).isEqualTo(6);
  }

  @Test
  @DisplayName("K1 an index of 0, or none, never makes a query that does not block")
  void indexIsAtLeastOne() {
    assertThat(memory.index()).isZero();
    tell(memory, 0, ONE, 0);
    assertThat(memory.index()).isEqualTo(1);
  }

  @Test
  @DisplayName("K1 a leaderless server wipes nothing and changes nothing that is known")
  void leaderlessIsDoubted() {
    assertThat(memory.answered(3, true, false, 0, List.of(), 0)).isEqualTo(DOUBTED);
    assertThat(memory.answered(3, true, false, 1, ONE, 0)).isEqualTo(CHANGED);
    memory.published(ONE);
    assertThat(memory.answered(4, true, false, 0, List.of(), 0)).isEqualTo(DOUBTED);
    assertThat(memory.index()).isZero();
    assertThat(memory.answered(5, true, false, 2, TWO, 0)).isEqualTo(DOUBTED);
    assertThat(memory.published()).isEqualTo(ONE);
  }

  @Test
  @DisplayName("K1 missing rights do not wipe, but rows that are shown count")
  void blindEmptyIsDoubted() {
    tell(memory, 3, TWO, 0);
    assertThat(memory.answered(4, false, true, 0, List.of(), 0)).isEqualTo(BLIND);
    assertThat(memory.answered(5, false, true, 1, ONE, 0)).isEqualTo(CHANGED);
  }

  @Test
  @DisplayName("K1 a healthy Consul's empty list counts at once without a grace")
  void emptyCounts() {
    tell(memory, 3, TWO, 0);
    assertThat(tell(memory, 4, List.of(), 0)).isEqualTo(CHANGED);
    assertThat(memory.published()).isEmpty();
  }

  @Test
  @DisplayName("K1 a grace holds the last list, then the empty one counts; rows in between end the doubt")
  void graceHolds() {
    WatchMemory held = new WatchMemory(100, 100);
    tell(held, 3, TWO, 0);
    assertThat(held.waitNanos(1000, 0)).isEqualTo(1000);
    assertThat(tell(held, 4, List.of(), 10)).isEqualTo(HELD);
    assertThat(held.waitNanos(1000, 20)).isEqualTo(90);
    assertThat(tell(held, 4, List.of(), 109)).isEqualTo(HELD);
    assertThat(tell(held, 5, TWO, 109)).isEqualTo(SAME);
    assertThat(tell(held, 6, List.of(), 150)).isEqualTo(HELD);
    assertThat(held.published()).isEqualTo(TWO);
    assertThat(tell(held, 6, List.of(), 250)).isEqualTo(CHANGED);
    assertThat(held.waitNanos(1000, 250)).isEqualTo(1000);
  }

  @Test
  @DisplayName("K1 an empty list of a Consul that lost its memory is held longer, and at most that long")
  void amnesiaIsHeld() {
    WatchMemory forgetful = new WatchMemory(0, 100);
    tell(forgetful, 30, TWO, 0);
    forgetful.failed();
    assertThat(tell(forgetful, 5, List.of(), 10)).isEqualTo(HELD);
    assertThat(tell(forgetful, 6, List.of(), 60)).isEqualTo(HELD);
    assertThat(tell(forgetful, 7, ONE, 70)).isEqualTo(CHANGED);
    assertThat(tell(forgetful, 8, List.of(), 80)).isEqualTo(CHANGED);
    tell(forgetful, 30, TWO, 90);
    forgetful.failed();
    assertThat(tell(forgetful, 5, List.of(), 100)).isEqualTo(HELD);
    assertThat(tell(forgetful, 5, List.of(), 200)).isEqualTo(CHANGED);
  }

  @Test
  @DisplayName("K1 rows that are all critical are no empty list: maintenance counts at once")
  void criticalRowsAreNotHeld() {
    WatchMemory held = new WatchMemory(100, 100);
    tell(held, 3, TWO, 0);
    assertThat(held.answered(4, false, false, 2, List.of(), 10)).isEqualTo(CHANGED);
  }

  @Test
  @DisplayName("K1 a failure keeps the list and asks from 0")
  void failureKeeps() {
    tell(memory, 7, TWO, 0);
    memory.failed();
    assertThat(memory.index()).isZero();
    assertThat(memory.published()).isEqualTo(TWO);
    assertThat(tell(memory, 2, TWO, 0)).isEqualTo(SAME);
  }

  @Test
  @DisplayName("K1 a list that was not taken over is told again")
  void unpublishedStaysChanged() {
    assertThat(memory.answered(3, false, false, 1, ONE, 0)).isEqualTo(CHANGED);
    assertThat(memory.answered(4, false, false, 1, ONE, 0)).isEqualTo(CHANGED);
  }
}
