package io.tidegate.daemon;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.tidegate.audit.FileAuditLog;
import io.tidegate.telemetry.Names;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** How the decision records fare, as metrics. */
final class AuditGauges {
  private AuditGauges() {}

  static void register(FileAuditLog audit, Path directory, MeterRegistry registry) {
    FunctionCounter.builder(Names.AUDIT_LOST, audit, FileAuditLog::lost).register(registry);
    FunctionCounter.builder(Names.AUDIT_RECORDS, audit, log -> log.figures().records()).register(registry);
    FunctionCounter.builder(Names.AUDIT_FAILURES, audit, log -> log.figures().failures()).register(registry);
    FunctionTimer.builder(Names.AUDIT_SYNC, audit, log -> log.figures().syncs(), log -> log.figures().syncNanos(), TimeUnit.NANOSECONDS).register(registry);
    TimeGauge.builder(Names.AUDIT_LAG, audit, TimeUnit.NANOSECONDS, log -> log.figures().lagNanos()).register(registry);
    TimeGauge.builder(Names.AUDIT_UNSIGNED, audit, TimeUnit.NANOSECONDS, log -> log.figures().unsignedNanos()).register(registry);
    Gauge.builder(Names.AUDIT_FAILING, audit, log -> log.figures().failing() ? 1 : 0).register(registry);
    Gauge.builder(Names.AUDIT_DISK_FREE, directory, AuditGauges::freeBytes).register(registry);
  }

  private static double freeBytes(Path directory) {
    try {
      return Files.getFileStore(directory).getUsableSpace();
    } catch (IOException unknown) {
      return Double.NaN;
    }
  }
}
