package io.tidegate.daemon;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.tidegate.audit.FileAuditLog;
import io.tidegate.telemetry.Names;
import java.util.concurrent.TimeUnit;

/** How the decision records fare, as metrics. */
final class AuditGauges {
  private AuditGauges() {}

  static void register(FileAuditLog audit, MeterRegistry registry) {
    FunctionCounter.builder(Names.AUDIT_LOST, audit, FileAuditLog::lost).description("Records that could not be written").register(registry);
    FunctionCounter.builder(Names.AUDIT_RECORDS, audit, log -> log.figures().records()).description("Records that were written").register(registry);
    FunctionCounter.builder(Names.AUDIT_FAILURES, audit, log -> log.figures().failures())
        .description("Syncs, signatures and removals of records that failed").register(registry);
    FunctionTimer.builder(Names.AUDIT_SYNC, audit, log -> log.figures().syncs(), log -> log.figures().syncNanos(), TimeUnit.NANOSECONDS)
        .description("Groups of records brought to the disk, and the time that took").register(registry);
    TimeGauge.builder(Names.AUDIT_LAG, audit, TimeUnit.NANOSECONDS, log -> log.figures().lagNanos())
        .description("Age of the oldest record that is not on the disk").register(registry);
    TimeGauge.builder(Names.AUDIT_UNSIGNED, audit, TimeUnit.NANOSECONDS, log -> log.figures().unsignedNanos())
        .description("How far the signed heads are behind").register(registry);
    Gauge.builder(Names.AUDIT_FAILING, audit, log -> log.figures().failing() ? 1 : 0)
        .description("1 while the disk of the records fails or hangs: PUBLIC sends are refused").register(registry);
  }
}
