package io.tidegate.scaler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SteadyTest {
  private static final long SECOND = 1_000_000_000L;
  private static final double TARGET = 10;

  @Test
  @DisplayName("R8.2 G8 whoever asks all the time is remembered no more often than once a second, and the highest wish of each second counts")
  void bounded() {
    Steady steady = new Steady(TARGET, 60);
    for (int i = 0; i < 600_000; i++) {
      steady.next(i * (SECOND / 1000), i % 7 == 0 ? 42 : 20 + i % 2 * 20);
      if (i % 1000 == 0) {
        assertThat(steady.remembered()).isLessThanOrEqualTo(62);
      }
    }
    assertThat(steady.next(600 * SECOND, 20)).as("five replicas were wanted in every second").isGreaterThan(4 * TARGET);
  }

  @Test
  @DisplayName("R8.2 what nobody wanted for long enough is no longer reported")
  void falls() {
    Steady steady = new Steady(TARGET, 60);
    assertThat(steady.next(0, 42)).isGreaterThan(4 * TARGET);
    assertThat(steady.next(30 * SECOND, 20)).isGreaterThan(4 * TARGET);
    assertThat(steady.next(30 * SECOND + 1, 42)).isGreaterThan(4 * TARGET);
    assertThat(steady.next(40 * SECOND, 20)).isGreaterThan(4 * TARGET);
    assertThat(steady.next(99 * SECOND, 20)).as("wanted within a minute").isGreaterThan(4 * TARGET);
    assertThat(steady.next(101 * SECOND, 20)).isLessThanOrEqualTo(2 * TARGET);
  }
}
