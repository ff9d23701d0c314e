package io.tidegate.lab.e2e;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** On a clock on the wall, so not for every run of the tests; what it shows in virtual time, {@code OverloadTest} shows each time. */
@Tag("long")
class OverloadIT {
  @Test
  @DisplayName("R7.5 R7.4 over sockets at 3 x capacity: goodput 90 % of its peak, interactive answered in time, heap flat; limiter off: neither")
  void overload() {
    OverloadRun.run(10);
  }

  @Test
  @EnabledIfSystemProperty(named = "tidegate.overload", matches = "long")
  @DisplayName("R7.5 R7.4 the same for ten minutes")
  void tenMinutes() {
    OverloadRun.run(600);
  }
}
