package io.tidegate.daemon;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tidegate.dispatch.EjectionCause;
import io.tidegate.dispatch.HealthBoard;
import io.tidegate.dispatch.PickReason;
import io.tidegate.model.Upstream;
import io.tidegate.telemetry.Names;
import java.util.List;
import java.util.Locale;

/** What the board counted, as metrics: every label is a configured name or a word of an enum. */
final class BalanceCounters {
  private BalanceCounters() {}

  static void register(HealthBoard health, List<Upstream> upstreams, MeterRegistry registry) {
    for (Upstream upstream : upstreams) {
      String name = upstream.name();
      for (PickReason why : PickReason.values()) {
        FunctionCounter.builder(Names.PICKS, health, board -> board.picks(name, why)).tag("upstream", name)
            .tag("method", word(upstream.balance().method())).tag("reason", word(why)).register(registry);
      }
      for (EjectionCause cause : EjectionCause.values()) {
        FunctionCounter.builder(Names.EJECTIONS, health, board -> board.ejections(name, cause)).tag("upstream", name).tag("cause", word(cause)).register(registry);
      }
    }
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
