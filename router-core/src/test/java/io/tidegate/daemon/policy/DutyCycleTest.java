package io.tidegate.daemon.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class DutyCycleTest {
  private long nanos;
  private final DutyCycle duty = new DutyCycle(() -> nanos);

  @Test
  @DisplayName("G6 a reload that has worked less than its piece goes on at once, and its clock runs with the work")
  void shortWork() {
    duty.begin();
    nanos += 200_000;
    duty.step();
    nanos += 50_000;
    assertThat(duty.nanos()).isEqualTo(250_000);
  }

  @Test
  @DisplayName("G6 a reload that has worked its piece rests, and its clock stands still meanwhile")
  void rests() {
    AtomicInteger reads = new AtomicInteger();
    // The reading after the rest is later by it: what parked stands in for time that passed.
    DutyCycle resting = new DutyCycle(() -> nanos + (reads.incrementAndGet() > 2 ? 2_000_000 : 0));
    resting.begin();
    nanos += 1_000_000;
    resting.step();
    assertThat(reads).hasValue(3);
    assertThat(resting.nanos()).isEqualTo(1_000_000);
  }
}
