package io.tidegate.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class FaultScheduleTest {
  /** Seeds count from here; {@code -Dtidegate.schedule.seed=N} plays one instead. */
  private static final long BASE = 20_261_125;
  private static final int SCHEDULES = 200;
  private static final int MANY = 10_000;

  @Test
  @DisplayName("G1 G5 G6 G7 200 seeds of upstream, discovery, policy, record, detector and caller faults: nothing leaves, each request has one end, nothing is left over")
  void schedules() {
    Long one = Long.getLong("tidegate.schedule.seed");
    if (one != null) {
      holds(one);
      return;
    }
    for (int i = 0; i < SCHEDULES; i++) {
      holds(BASE + i);
    }
  }

  @Test
  @Tag("long")
  @DisplayName("G1 G5 G6 G7 the same with 10,000 seeds")
  void manySchedules() {
    for (int i = 0; i < MANY; i++) {
      holds(BASE + SCHEDULES + i);
    }
  }

  private static void holds(long seed) {
    Schedule schedule = Schedule.of(seed);
    List<String> violations = Stand.play(schedule);
    if (!violations.isEmpty()) {
      throw new AssertionError(told(schedule, violations));
    }
    assertThat(violations).isEmpty();
  }

  /** The seed, what was violated, and the few events it takes. */
  private static String told(Schedule schedule, List<String> violations) {
    String what = what(violations);
    Schedule less = Shrinker.shrink(schedule, tried -> what(Stand.play(tried)).equals(what));
    return "seed " + schedule.seed() + " of " + schedule.events().size() + " events:\n  " + String.join("\n  ", violations) + "\nshrunk to "
        + less.events().size() + " events:\n" + less;
  }

  /** The first violation without its names. */
  private static String what(List<String> violations) {
    return violations.isEmpty() ? "" : violations.get(0).replaceFirst("^[^:]*: ", "").replaceAll("\\d+", "n");
  }
}
