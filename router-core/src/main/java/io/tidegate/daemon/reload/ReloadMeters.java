package io.tidegate.daemon.reload;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.tidegate.telemetry.Names;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** What is counted about reloads. Closed labels (hazard B4). Any thread. */
public final class ReloadMeters {
  private final MeterRegistry registry;
  private final Map<Reloaded.Kind, Counter> outcomes = new EnumMap<>(Reloaded.Kind.class);

  public ReloadMeters(MeterRegistry registry) {
    this.registry = registry;
    for (Reloaded.Kind kind : Reloaded.Kind.values()) {
      outcomes.put(kind, Counter.builder(Names.CONFIG_RELOADS).tag("outcome", kind.name().toLowerCase(Locale.ROOT)).register(registry));
    }
  }

  void bind(Reloading reloading) {
    Gauge.builder(Names.CONFIG_LAST_FAILED, reloading, all -> {
      Reloaded last = all.last();
      return last != null && last.refused() ? 1 : 0;
    }).register(registry);
    Gauge.builder(Names.CONFIG_RESTART_NEEDED, reloading, all -> {
      Reloaded last = all.last();
      return last == null ? 0 : last.restart().size();
    }).register(registry);
  }

  void count(Reloaded.Kind kind) {
    Counter counter = outcomes.get(kind);
    if (counter != null) {
      counter.increment();
    }
  }
}
