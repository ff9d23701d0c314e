package io.tidegate.dispatch.retry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class FirstTokenTimesTest {
  private final FirstTokenTimes times = new FirstTokenTimes(0);

  @Test
  @DisplayName("R1.6 too few times say nothing")
  void tooFew() {
    for (int i = 0; i < FirstTokenTimes.MIN_SAMPLES - 1; i++) {
      times.add(Duration.ofSeconds(9).toNanos(), 0);
    }
    assertThat(times.medianNanos(0)).isZero();
    times.add(Duration.ofSeconds(9).toNanos(), 0);
    assertThat(times.medianNanos(0)).isPositive();
  }

  @Test
  @DisplayName("R1.6 R1.9 against the sorted list: the median is never overstated, the 95th never understated, both within a step")
  void againstTheSortedList() {
    SplittableRandom random = new SplittableRandom(6);
    for (int run = 0; run < 200; run++) {
      FirstTokenTimes some = new FirstTokenTimes(0);
      long[] all = new long[random.nextInt(20, 400)];
      for (int i = 0; i < all.length; i++) {
        all[i] = (long) (2e6 * Math.exp(random.nextDouble() * 12));
        some.add(all[i], 0);
      }
      Arrays.sort(all);
      long median = all[(int) Math.ceil(0.5 * all.length) - 1];
      long high = all[(int) Math.ceil(0.95 * all.length) - 1];
      assertThat(some.medianNanos(0)).isLessThanOrEqualTo(median).isGreaterThan((long) (median * 0.78));
      assertThat(some.p95Nanos(0)).isGreaterThanOrEqualTo(high).isLessThan((long) (high * 1.27));
    }
  }

  @Test
  @DisplayName("R1.6 old times are forgotten, so that a target that was slow is tried again")
  void forgets() {
    for (int i = 0; i < 100; i++) {
      times.add(Duration.ofSeconds(9).toNanos(), 0);
    }
    assertThat(times.medianNanos(FirstTokenTimes.GENERATION_NANOS)).isPositive();
    assertThat(times.medianNanos(2 * FirstTokenTimes.GENERATION_NANOS)).isZero();
  }

  @Test
  @DisplayName("the shortest and the longest fit")
  void extremes() {
    for (int i = 0; i < 20; i++) {
      times.add(0, 0);
    }
    assertThat(times.medianNanos(0)).isZero();
    for (int i = 0; i < 60; i++) {
      times.add(Long.MAX_VALUE / 8, 0);
    }
    assertThat(times.medianNanos(0)).isGreaterThan(Duration.ofMinutes(30).toNanos());
  }
}
