package io.tidegate.dispatch.balance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MaglevTest {
  private static long[] names(int count) {
    return IntStream.range(0, count).mapToLong(i -> Maglev.name("10.0.0." + i + ":8000")).toArray();
  }

  private static int[] ones(int count) {
    int[] weights = new int[count];
    Arrays.fill(weights, 1);
    return weights;
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5, 10, 50, 100})
  @DisplayName("R4.3 removing any one of N targets moves at most 1/N + 2 % of the keys")
  void removalMovesLittle(int count) {
    long[] all = names(count);
    Maglev before = Maglev.of(all, ones(count));
    for (int gone = 0; gone < count; gone += Math.max(1, count / 5)) {
      int removed = gone;
      long[] left = IntStream.range(0, count).filter(i -> i != removed).mapToLong(i -> all[i]).toArray();
      Maglev after = Maglev.of(left, ones(count - 1));
      SplittableRandom random = new SplittableRandom(gone);
      int moved = 0;
      for (int i = 0; i < 200_000; i++) {
        long key = random.nextLong();
        int now = after.at(key);
        if (before.at(key) != (now >= removed ? now + 1 : now)) {
          moved++;
        }
      }
      assertThat(moved / 200_000.0).as("%d targets without number %d", count, gone).isLessThanOrEqualTo(1.0 / count + 0.02);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5, 10, 50, 100})
  @DisplayName("R4.3 each target's share lies within 5 % of fair at a million keys")
  void sharesAreEven(int count) {
    Maglev table = Maglev.of(names(count), ones(count));
    int[] hits = new int[count];
    SplittableRandom random = new SplittableRandom(43);
    for (int i = 0; i < 1_000_000; i++) {
      hits[table.at(random.nextLong())]++;
    }
    double fair = 1_000_000.0 / count;
    assertThat(Arrays.stream(hits).mapToDouble(n -> n / fair).summaryStatistics())
        .satisfies(shares -> assertThat(shares.getMin()).isGreaterThanOrEqualTo(0.95), shares -> assertThat(shares.getMax()).isLessThanOrEqualTo(1.05));
  }

  @Test
  @DisplayName("R4.3 shares follow the weights")
  void sharesFollowWeights() {
    Maglev table = Maglev.of(names(3), new int[] {500, 300, 200});
    int[] hits = new int[3];
    SplittableRandom random = new SplittableRandom(44);
    for (int i = 0; i < 1_000_000; i++) {
      hits[table.at(random.nextLong())]++;
    }
    assertThat(hits[0]).isBetween(475_000, 525_000);
    assertThat(hits[1]).isBetween(285_000, 315_000);
    assertThat(hits[2]).isBetween(190_000, 210_000);
  }

  @Test
  @DisplayName("R4.3 the order in which endpoints are listed changes no key's place by more than the tables' ties")
  void orderMattersLittle() {
    long[] names = names(10);
    long[] reversed = IntStream.range(0, 10).mapToLong(i -> names[9 - i]).toArray();
    Maglev one = Maglev.of(names, ones(10));
    Maglev two = Maglev.of(reversed, ones(10));
    SplittableRandom random = new SplittableRandom(45);
    int differ = 0;
    for (int i = 0; i < 100_000; i++) {
      long key = random.nextLong();
      differ += one.at(key) == 9 - two.at(key) ? 0 : 1;
    }
    assertThat(differ / 100_000.0).isLessThan(0.05);
  }
}
