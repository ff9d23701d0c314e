package io.tidegate.dispatch.retry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.dispatch.retry.RetryPolicy.Backoff;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryPolicyTest {
  private static final int DRAWS = 10_000;
  /** Of 19 degrees of freedom: exceeded by chance in one of a thousand runs, and this one's seed is fixed. */
  private static final double CHI_SQUARE_19_AT_0_001 = 43.8;
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final SplittableRandom random = new SplittableRandom(15);

  private static RetryPolicy policy(Backoff backoff) {
    return new RetryPolicy(backoff, SECOND, 30 * SECOND, 30 * SECOND);
  }

  @Test
  @DisplayName("R1.1 without jitter the waits are 1, 2, 4, 8, 16, 30, 30 s")
  void exponential() {
    assertThat(LongStream.of(0, 1, 2, 3, 4, 5, 90).map(round -> policy(Backoff.EXPONENTIAL).waitNanos((int) round, 0, 0, random) / SECOND))
        .containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 7})
  @DisplayName("R1.1 full jitter: 10,000 draws fill 0 … min(cap, base·2ⁿ) evenly")
  void fullJitterIsUniform(int round) {
    long bound = Math.min(30, 1L << round) * SECOND;
    long[] draws = LongStream.generate(() -> policy(Backoff.FULL_JITTER).waitNanos(round, 0, 0, random)).limit(DRAWS).toArray();
    assertThat(LongStream.of(draws).allMatch(nanos -> nanos >= 0 && nanos <= bound)).isTrue();
    assertThat(chiSquare(draws, 0, bound)).isLessThan(CHI_SQUARE_19_AT_0_001);
  }

  @Test
  @DisplayName("R1.1 decorrelated: evenly between base and three times the wait before, capped")
  void decorrelated() {
    long[] draws = LongStream.generate(() -> policy(Backoff.DECORRELATED).waitNanos(3, 2 * SECOND, 0, random)).limit(DRAWS).toArray();
    assertThat(LongStream.of(draws).allMatch(nanos -> nanos >= SECOND && nanos <= 6 * SECOND)).isTrue();
    assertThat(chiSquare(draws, SECOND, 6 * SECOND)).isLessThan(CHI_SQUARE_19_AT_0_001);
    assertThat(LongStream.generate(() -> policy(Backoff.DECORRELATED).waitNanos(9, 29 * SECOND, 0, random)).limit(DRAWS).max()).hasValue(30 * SECOND);
  }

  @Test
  @DisplayName("R1.3 what an upstream asks for is never cut and never stretched beyond 1.5 times, and is spread evenly between")
  void asked() {
    long[] draws = LongStream.generate(() -> policy(Backoff.EXPONENTIAL).waitNanos(4, 0, 4 * SECOND, random)).limit(DRAWS).toArray();
    assertThat(LongStream.of(draws).allMatch(nanos -> nanos >= 4 * SECOND && nanos <= 6 * SECOND)).isTrue();
    assertThat(chiSquare(draws, 4 * SECOND, 6 * SECOND)).isLessThan(CHI_SQUARE_19_AT_0_001);
  }

  @Test
  @DisplayName("R1.3 the cap bounds the stretched wait, and beyond it nobody waits")
  void askedCap() {
    long[] draws = LongStream.generate(() -> policy(Backoff.FULL_JITTER).waitNanos(0, 0, 29 * SECOND, random)).limit(DRAWS).toArray();
    assertThat(LongStream.of(draws).allMatch(nanos -> nanos >= 29 * SECOND && nanos <= 30 * SECOND)).isTrue();
    assertThat(policy(Backoff.FULL_JITTER).waitNanos(0, 0, 30 * SECOND, random)).isEqualTo(30 * SECOND);
    assertThat(policy(Backoff.FULL_JITTER).waitNanos(0, 0, 30 * SECOND + 1, random)).isNegative();
  }

  private static double chiSquare(long[] draws, long least, long most) {
    int[] cells = new int[20];
    for (long draw : draws) {
      cells[(int) Math.min(19, (draw - least) * 20 / (most - least))]++;
    }
    double expected = draws.length / 20.0;
    double sum = 0;
    for (int cell : cells) {
      sum += (cell - expected) * (cell - expected) / expected;
    }
    return sum;
  }
}
