package io.tidegate.lab.e2e;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One seed by {@code -Dtidegate.schedule.seed=N}. */
class WireFaultsIT {
  static final int SCHEDULES = 5;

  @TempDir Path folder;

  @Test
  @DisplayName("G1 G3 G5 five seeds of faults over sockets: no canary outside or in logs, one end for each request, nothing is left over")
  void schedules() throws Exception {
    Long seed = Long.getLong("tidegate.schedule.seed");
    new WireRun(folder).play(seed == null ? WireRun.BASE : seed, seed == null ? SCHEDULES : 1, Duration.ofMinutes(3));
  }
}
