package io.tidegate.dispatch.retry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class RetryBudgetTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private static final long WINDOW = 10 * SECOND;

  private static int withdrawAll(RetryBudget budget, long now) {
    int taken = 0;
    while (taken < 100_000 && budget.tryWithdraw(now)) {
      taken++;
    }
    return taken;
  }

  @Test
  @DisplayName("R1.5 a fifth of the requests may be asked again, exactly")
  void share() {
    RetryBudget budget = new RetryBudget(0.2, 0, WINDOW, 0);
    for (int i = 0; i < 1000; i++) {
      budget.deposit(0);
    }
    assertThat(withdrawAll(budget, 0)).isEqualTo(200);
  }

  @Test
  @DisplayName("R1.5 the minimum holds without any requests, and comes back as the window passes")
  void minimum() {
    RetryBudget budget = new RetryBudget(0.2, 10, WINDOW, 0);
    assertThat(withdrawAll(budget, 0)).isEqualTo(100);
    assertThat(withdrawAll(budget, WINDOW - 1)).isZero();
    assertThat(withdrawAll(budget, WINDOW)).isEqualTo(100);
  }

  @Test
  @DisplayName("R1.5 deposits expire: a busy hour does not pay for the next")
  void depositsExpire() {
    RetryBudget budget = new RetryBudget(0.2, 0, WINDOW, 0);
    for (int i = 0; i < 1000; i++) {
      budget.deposit(0);
    }
    assertThat(withdrawAll(budget, WINDOW)).isZero();
  }

  @Test
  @DisplayName("R1.5 what was paid and not made is given back")
  void givesBack() {
    RetryBudget budget = new RetryBudget(0, 0.1, WINDOW, 0);
    assertThat(budget.tryWithdraw(0)).isTrue();
    budget.giveBack(SECOND);
    assertThat(withdrawAll(budget, SECOND)).isEqualTo(1);
  }

  @Test
  @DisplayName("R1.5 100 requests/s that all fail for 60 s: at most 20 % plus the minimum, whoever asks and how often")
  void allFailForAMinute() {
    RetryBudget budget = new RetryBudget(0.2, 10, WINDOW, 0);
    int extra = 0;
    for (long now = 0; now < 60 * SECOND; now += SECOND / 100) {
      budget.deposit(now);
      for (int i = 0; i < 3; i++) {
        extra += budget.tryWithdraw(now) ? 1 : 0;
      }
    }
    assertThat(extra).isBetween(1_500, 6000 / 5 + 10 * 60 + 100);
  }

  @Test
  @DisplayName("a clock that stands or stutters loses nothing")
  void standingClock() {
    RetryBudget budget = new RetryBudget(1, 0, WINDOW, 5 * SECOND);
    budget.deposit(4 * SECOND);
    budget.deposit(5 * SECOND);
    assertThat(withdrawAll(budget, 5 * SECOND)).isEqualTo(2);
  }
}
