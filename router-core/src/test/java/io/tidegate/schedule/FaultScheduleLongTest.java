package io.tidegate.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("long")
class FaultScheduleLongTest {
  private static final int SCHEDULES = 10_000;
  /** A hundred a second are usual; a machine that is ten times slower does as many as it can. */
  private static final Duration BUDGET = Duration.ofMinutes(15);

  @Test
  @DisplayName("G1 G5 G6 G7 10,000 further seeds, as many as fifteen minutes allow")
  void manySchedules() {
    long begun = System.nanoTime();
    int played = 0;
    while (played < SCHEDULES && System.nanoTime() - begun < BUDGET.toNanos()) {
      FaultScheduleTest.holds(Schedule.of(FaultScheduleTest.BASE + FaultScheduleTest.SCHEDULES + played++));
    }
    System.out.println(played + " fault schedules in " + Duration.ofNanos(System.nanoTime() - begun).toSeconds() + " s");
    assertThat(played).isGreaterThan(FaultScheduleTest.SCHEDULES);
  }
}
