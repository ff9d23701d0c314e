package io.tidegate.lab.e2e;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CrossTenantIT {
  @TempDir Path folder;

  @Test
  @DisplayName("G4 F4 20,000 requests of 50 tenants with cancels, resets and retries: no answer of another, no cache hit across")
  void nobodyGetsAnothersAnswer() throws Exception {
    new CrossTenantRun(folder).run(20_000, Long.getLong("tidegate.seed", 4), TimeUnit.MINUTES.toNanos(15));
  }
}
