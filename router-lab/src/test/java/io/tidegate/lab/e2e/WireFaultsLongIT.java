package io.tidegate.lab.e2e;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("long")
class WireFaultsLongIT {
  @TempDir Path folder;

  @Test
  @DisplayName("G1 G3 G5 further seeds of faults over sockets, as many as ten minutes allow")
  void manySchedules() throws Exception {
    new WireRun(folder).play(WireRun.BASE + WireFaultsIT.SCHEDULES, Integer.MAX_VALUE, Duration.ofMinutes(10));
  }
}
