package io.tidegate.daemon.page;

import io.micrometer.core.instrument.MeterRegistry;
import io.tidegate.admission.queue.WaitingRoom;
import io.tidegate.admission.rate.TenantLimits;
import io.tidegate.audit.FileAuditLog;
import io.tidegate.config.TidegateConfig;
import io.tidegate.dispatch.Catalog;
import io.tidegate.dispatch.HealthBoard;
import io.tidegate.line.Admission;
import io.tidegate.line.Rules;
import io.tidegate.time.Ticker;
import io.tidegate.time.WallClock;
import io.tidegate.wire.JsonWriter;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Where the documents come from.
 *
 * @param boot whose decision records are shown
 * @param loops how many chains of records it has
 * @param rules in force
 * @param policy writes the policy's status
 * @param shadow what policies that only watch would have made of requests, as JSON
 * @param cache writes the edge cache's status
 * @param warnings what an operator should know
 * @param level the daemon's log level now
 */
public record Sources(TidegateConfig config, String version, String boot, int loops, MeterRegistry registry, Catalog catalog, HealthBoard health,
    WaitingRoom waiting, Admission admission, TenantLimits tenantLimits, FileAuditLog audit, Supplier<Rules> rules, Consumer<JsonWriter> policy,
    Supplier<String> shadow, Consumer<JsonWriter> cache, Supplier<Boolean> ready, Supplier<List<String>> warnings, Supplier<String> level,
    Ticker ticker, WallClock clock) {}
