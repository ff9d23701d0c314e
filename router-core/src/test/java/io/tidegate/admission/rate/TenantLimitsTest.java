package io.tidegate.admission.rate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rates and token budgets of tenants. */
class TenantLimitsTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  @DisplayName("G8 a tenant's burst comes at once, then its rate; another tenant feels nothing")
  void rate() {
    TenantLimits limits = new TenantLimits(List.of(new TenantRule("lab", 10, 5, 0)), 0);
    int given = 0;
    for (int i = 0; i < 20; i++) {
      given += limits.take("lab", 0, 0) == 0 ? 1 : 0;
    }
    assertThat(given).isEqualTo(5);
    assertThat(limits.take("ward", 0, 0)).isZero();
    for (long now = SECOND / 100; now <= 10 * SECOND; now += SECOND / 100) {
      given += limits.take("lab", 0, now) == 0 ? 1 : 0;
    }
    assertThat(given).isBetween(104, 105);
    assertThat(limits.refused()).containsOnlyKeys("lab");
  }

  @Test
  @DisplayName("G8 Retry-After is when there is something again: a repeat then is let in, one before is not")
  void retryAfter() {
    TenantLimits limits = new TenantLimits(List.of(new TenantRule("lab", 0, 1, 6_000)), 0);
    assertThat(limits.take("lab", 8_000, 0)).isZero();
    int seconds = limits.take("lab", 1, 0);
    assertThat(seconds).isEqualTo(21);
    assertThat(limits.take("lab", 1, (seconds - 2) * SECOND)).isPositive();
    assertThat(limits.take("lab", 1, seconds * SECOND)).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  @DisplayName("G8 concurrent requests pass a token budget by one request at most")
  void overshoot(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    TenantLimits limits = new TenantLimits(List.of(new TenantRule("lab", 0, 1, 60_000)), 0);
    long most = 4_000;
    long used = 0;
    long minutes = 5;
    // Thirty arrive at once, each second: all are in flight together, and settle later at what they used.
    for (long second = 0; second < minutes * 60; second++) {
      for (int i = 0; i < 30; i++) {
        long reserved = random.nextLong(most / 2, most);
        if (limits.take("lab", reserved, second * SECOND) == 0) {
          long real = random.nextLong(1, reserved + 1);
          limits.settle("lab", reserved, real);
          used += real;
        }
      }
    }
    // One minute's burst at the start, then 60,000 a minute, and one request over.
    assertThat(used).isLessThanOrEqualTo(60_000 * (minutes + 1) + most);
    assertThat(used).as("what is reserved too much is given back").isGreaterThan((long) (60_000 * minutes * 0.95));
  }
}
