package io.tidegate.lab.e2e;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A minute on a clock on the wall, in {@code script/test --long}. {@code OverloadTest} shows the same in virtual time in every run, {@code OverloadLongIT} for ten minutes. */
@Tag("long")
class OverloadIT {
  @Test
  @DisplayName("R7.5 R7.6 over sockets at 3 x capacity: goodput 90 % of its peak, interactive p95 twice the unloaded, heap flat; limiter off: neither")
  void overload() {
    OverloadRun.run(10);
  }
}
