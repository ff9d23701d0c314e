package io.tidegate.lab.e2e;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("long")
class OverloadLongIT {
  @Test
  @DisplayName("R7.5 R7.4 over sockets at 3 x capacity for ten minutes: goodput, interactive p95 and heap stay")
  void tenMinutes() {
    OverloadRun.run(600);
  }
}
