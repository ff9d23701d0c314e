package io.tidegate.daemon.reload;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.tidegate.telemetry.Names;
import io.tidegate.time.WallClock;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What is counted about reloads and certificates. Closed labels (hazard B4). Any thread. */
public final class ReloadMeters {
  private final MeterRegistry registry;
  private final Map<Reloaded.Kind, Counter> outcomes = new EnumMap<>(Reloaded.Kind.class);

  public ReloadMeters(MeterRegistry registry) {
    this.registry = registry;
    for (Reloaded.Kind kind : Reloaded.Kind.values()) {
      outcomes.put(kind, Counter.builder(Names.CONFIG_RELOADS).description("Attempts to read the configuration and certificates again, by how they ended")
          .tag("outcome", kind.name().toLowerCase(Locale.ROOT)).register(registry));
    }
  }

  void bind(Reloading reloading, ListenerTls tls, WallClock clock) {
    Gauge.builder(Names.CONFIG_LAST_FAILED, reloading, all -> {
      Reloaded last = all.last();
      return last != null && last.refused() ? 1 : 0;
    }).description("1 if the newest configuration or certificate was refused: what was in force before it stays").register(registry);
    Gauge.builder(Names.CONFIG_RESTART_NEEDED, reloading, all -> {
      Reloaded last = all.last();
      return last == null ? 0 : last.restart().size();
    }).description("Keys of the configuration that differ from what this process runs with").register(registry);
    tls.each((listener, shown) -> TimeGauge.builder(Names.CERTIFICATE_EXPIRY, shown, TimeUnit.SECONDS,
        now -> now.inForce().notAfter().getEpochSecond() - clock.now().getEpochSecond()).tag("listener", listener)
        .description("Time until the certificate that a listener shows ends; negative past it").register(registry));
  }

  void count(Reloaded.Kind kind) {
    Counter counter = outcomes.get(kind);
    if (counter != null) {
      counter.increment();
    }
  }
}
