package io.tidegate.dispatch.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PrefixIndexTest {
  private final PickFacts facts = new PickFacts();

  private PickFacts prompt(long... blocks) {
    facts.clear();
    for (long block : blocks) {
      facts.block(block);
    }
    return facts;
  }

  private static List<String> ids(int count) {
    return IntStream.range(0, count).mapToObj(i -> "e" + i).toList();
  }

  @Test
  @DisplayName("R4.7 the bounded set of blocks forgets what was not touched for longest, as a linked hash set would")
  void lruIsOne() {
    SplittableRandom random = new SplittableRandom(71);
    BlockLru lru = new BlockLru(50);
    LinkedHashSet<Long> model = new LinkedHashSet<>();
    for (int i = 0; i < 50_000; i++) {
      // Few low bits differ, so that places collide.
      long key = (long) (1 + random.nextInt(90)) << 7 | 1;
      long forgotten = 0;
      if (!model.remove(key) && model.size() == 50) {
        forgotten = model.iterator().next();
        model.remove(forgotten);
      }
      model.add(key);
      assertThat(lru.touch(key)).isEqualTo(forgotten);
      assertThat(lru.size()).isEqualTo(model.size());
      long asked = (long) (1 + random.nextInt(90)) << 7 | 1;
      assertThat(lru.contains(asked)).isEqualTo(model.contains(asked));
    }
  }

  @Test
  @DisplayName("R4.7 the table of holders is what a map of sets would be, through growth and removal")
  void holdersAreAMap() {
    SplittableRandom random = new SplittableRandom(72);
    Holders holders = new Holders();
    Map<Long, Set<Integer>> model = new HashMap<>();
    for (int i = 0; i < 100_000; i++) {
      long key = 1 + random.nextInt(3000) * 64L;
      int column = random.nextInt(128);
      if (random.nextInt(5) < 3) {
        holders.add(key, column);
        model.computeIfAbsent(key, k -> new HashSet<>()).add(column);
      } else {
        for (int gone = column; gone < 128; gone += 2) {
          holders.remove(key, gone);
          Set<Integer> of = model.getOrDefault(key, Set.of());
          if (!of.isEmpty()) {
            of.remove(gone);
          }
        }
        if (model.getOrDefault(key, Set.of()).isEmpty()) {
          model.remove(key);
        }
      }
      assertThat(holders.size()).isEqualTo(model.size());
      long asked = 1 + random.nextInt(3000) * 64L;
      int row = holders.row(asked);
      Set<Integer> found = new HashSet<>();
      for (int c = 0; row >= 0 && c < 128; c++) {
        if (((c < 64 ? holders.low(row) : holders.high(row)) >>> c & 1) != 0) {
          found.add(c);
        }
      }
      assertThat(found).isEqualTo(model.getOrDefault(asked, Set.of()));
    }
  }

  @Test
  @DisplayName("R4.7 a prompt goes where most of its beginning was sent before; one that only ends alike does not")
  void longestPrefix() {
    PrefixIndex index = new PrefixIndex(100);
    int[] columns = index.columns(ids(3));
    FakeTargets targets = new FakeTargets(new int[3]);
    int first = index.pick(targets, columns, prompt(1, 2, 3, 4));
    int second = index.pick(targets, columns, prompt(11, 12));
    assertThat(second).isNotEqualTo(first);
    for (int i = 0; i < 5; i++) {
      assertThat(index.pick(targets, columns, prompt(1, 2, 3, 99 + i))).isEqualTo(first);
      assertThat(index.pick(targets, columns, prompt(11, 12, 4))).isEqualTo(second);
    }
    index.pick(targets, columns, prompt(77, 2, 3, 4));
    assertThat(index.kept(columns[first])).isZero();
  }

  @Test
  @DisplayName("R4.7 load outweighs a short prefix, not a whole one on a target little busier")
  void scoreWeighsLoad() {
    PrefixIndex index = new PrefixIndex(100);
    int[] columns = index.columns(ids(2));
    FakeTargets targets = new FakeTargets(new int[2]);
    int first = index.pick(targets, columns, prompt(1, 2, 3, 4));
    targets.inFlight[first] = 10;
    targets.inFlight[1 - first] = 8;
    assertThat(index.pick(targets, columns, prompt(1, 2, 3, 4))).isEqualTo(first);
    targets.inFlight[1 - first] = 0;
    assertThat(index.pick(targets, columns, prompt(1, 21, 22, 23))).isEqualTo(1 - first);
  }

  @Test
  @DisplayName("R4.7 what is kept of one endpoint is bounded, and all of it goes with the endpoint; the others' stays")
  void boundedAndForgotten() {
    PrefixIndex index = new PrefixIndex(10);
    int[] columns = index.columns(ids(3));
    FakeTargets targets = new FakeTargets(new int[3]);
    for (int i = 1; i < 1000; i++) {
      index.pick(targets, columns, prompt(i * 10L, i * 10L + 1, i * 10L + 2));
    }
    assertThat(index.size()).isEqualTo(30);
    int[] after = index.columns(List.of("e2", "new"));
    assertThat(index.size()).isEqualTo(10);
    assertThat(after[0]).isEqualTo(columns[2]);
    assertThat(after[1]).isIn(columns[0], columns[1]);
  }

  @Test
  @DisplayName("R4.7 endpoints past the index's columns are chosen by load alone")
  void moreThanColumns() {
    PrefixIndex index = new PrefixIndex(16);
    int[] columns = index.columns(ids(200));
    FakeTargets targets = new FakeTargets(new int[200]);
    List<Integer> picked = new ArrayList<>();
    for (int i = 1; i <= 200; i++) {
      int at = index.pick(targets, columns, prompt(i));
      targets.inFlight[at]++;
      picked.add(at);
    }
    assertThat(new HashSet<>(picked)).hasSize(200);
  }

  @Test
  @DisplayName("R4.7 a target that is shut is not chosen for its prefix")
  void shut() {
    PrefixIndex index = new PrefixIndex(100);
    int[] columns = index.columns(ids(2));
    FakeTargets targets = new FakeTargets(new int[2]);
    int first = index.pick(targets, columns, prompt(1, 2));
    targets.open[first] = false;
    assertThat(index.pick(targets, columns, prompt(1, 2))).isEqualTo(1 - first);
    targets.open[1 - first] = false;
    assertThat(index.pick(targets, columns, prompt(1, 2))).isEqualTo(-1);
  }
}
