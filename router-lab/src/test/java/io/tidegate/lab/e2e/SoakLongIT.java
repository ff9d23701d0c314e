package io.tidegate.lab.e2e;

import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hours on end, as long as {@code -Dsoak.minutes} says: 10 where it says nothing, 600 for a night. */
@Tag("long")
@Tag("consul")
class SoakLongIT {
  @TempDir
  private Path folder;

  @Test
  @DisplayName("I7.8 soak at 70 % of the limit with a fault every 30 s: memory does not grow, nothing leaks, each request has one answer, each alarm its fault")
  void soak() throws Exception {
    new SoakRun(folder, Integer.getInteger("soak.minutes", 10)).run();
  }
}
