package io.tidegate.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One seed, or one stored schedule, by {@code -Dtidegate.schedule.seed=N} or {@code -Dtidegate.schedule.file=PATH}; docs/resilience.md shows how. */
class FaultScheduleTest {
  static final long BASE = 20_261_125;
  static final int SCHEDULES = 600;
  private static final Path KEPT = Path.of("src/test/resources/schedules");

  static Stream<Path> kept() throws IOException {
    try (Stream<Path> files = Files.list(KEPT)) {
      return files.sorted().toList().stream();
    }
  }

  @ParameterizedTest(name = "G1 G5 what failed once holds: {0}")
  @MethodSource("kept")
  void regressions(Path file) {
    holds(read(file));
  }

  @Test
  @DisplayName("G1 G5 G6 G7 600 seeds of upstream, discovery, policy, record, detector and caller faults: nothing leaves, each request has one end, nothing is left over")
  void schedules() {
    Long seed = Long.getLong("tidegate.schedule.seed");
    String file = System.getProperty("tidegate.schedule.file");
    if (seed != null || file != null) {
      holds(file != null ? read(Path.of(file)) : Schedule.of(seed));
      return;
    }
    for (int i = 0; i < SCHEDULES; i++) {
      holds(Schedule.of(BASE + i));
    }
  }

  private static Schedule read(Path file) {
    try {
      return Schedule.parse(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void holds(Schedule schedule) {
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
    return "seed " + schedule.seed() + ", " + schedule.events().size() + " events:\n  " + String.join("\n  ", violations) + "\nshrunk to "
        + less.events().size() + " events:\n" + less;
  }

  /** The first violation without its names. */
  private static String what(List<String> violations) {
    return violations.isEmpty() ? "" : violations.get(0).replaceFirst("^[^:]*: ", "").replaceAll("\\d+", "n");
  }
}
