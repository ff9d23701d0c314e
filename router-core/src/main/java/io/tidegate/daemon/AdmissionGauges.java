package io.tidegate.daemon;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.tidegate.admission.queue.Wake;
import io.tidegate.admission.queue.WaitingRoom;
import io.tidegate.admission.rate.TenantLimits;
import io.tidegate.dispatch.HealthBoard;
import io.tidegate.dispatch.UpstreamPlaces.LimitStatus;
import io.tidegate.line.Admission;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Upstream;
import io.tidegate.telemetry.Label;
import io.tidegate.telemetry.Names;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** What admission shows: by upstream, class and reason, never by request. Tenants only where the configuration names them (closed label sets). */
final class AdmissionGauges {
  private static final List<Wake> SHED = List.of(Wake.FULL, Wake.OVERDUE, Wake.EXPIRED);

  private AdmissionGauges() {}

  static void register(Graph graph, MeterRegistry registry) {
    for (Upstream upstream : graph.config.upstreams()) {
      String name = upstream.name();
      gauge(registry, Names.CAPACITY, graph.health, name, board -> binding(board, name).stream().mapToDouble(LimitStatus::capacity).sum());
      gauge(registry, Names.LIMIT, graph.health, name, board -> limit(board, name));
      gauge(registry, Names.IN_FLIGHT, graph.health, name, board -> inFlight(board, name));
      gauge(registry, Names.ACCOUNT_CLOSED, graph.health, name, board -> board.accountAlarm(name) ? 1 : 0);
      gauge(registry, Names.SATURATION, graph.health, name, board -> {
        double limit = limit(board, name);
        return limit == 0 ? 0 : inFlight(board, name) / limit;
      });
    }
    FunctionCounter.builder(Names.PERMIT_CLOSED_AGAIN, graph.health, board -> board.places().limits().stream().mapToLong(LimitStatus::closedAgain).sum()).register(registry);
    for (LatencyClass each : LatencyClass.values()) {
      Gauge.builder(Names.QUEUE_DEPTH, graph.waiting, room -> room.depth(each)).tag("latency_class", Label.word(each)).register(registry);
      for (Wake why : SHED) {
        shed(registry, graph.waiting, each, why);
      }
    }
    FunctionCounter.builder(Names.OVERFLOW, graph.admission, Admission::overflowed).register(registry);
    for (String tenant : graph.tenantLimits.refused().keySet()) {
      FunctionCounter.builder(Names.TENANT_LIMITED, graph.tenantLimits, (TenantLimits limits) -> limits.refused().getOrDefault(tenant, 0L))
          .tag("tenant", tenant).register(registry);
    }
  }

  private static void shed(MeterRegistry registry, WaitingRoom room, LatencyClass latencyClass, Wake why) {
    FunctionCounter.builder(Names.SHED, room, waiting -> waiting.called(latencyClass, why)).tag("latency_class", Label.word(latencyClass))
        .tag("reason", Label.word(why)).register(registry);
  }

  private static void gauge(MeterRegistry registry, String metric, HealthBoard board, String upstream, ToDoubleFunction<HealthBoard> value) {
    Gauge.builder(metric, board, value).tag("upstream", upstream).register(registry);
  }

  /** The limits that bind: an account's, where there is one, else those of the endpoints. */
  private static List<LimitStatus> binding(HealthBoard board, String upstream) {
    List<LimitStatus> all = board.places().limits().stream().filter(limit -> limit.upstream().equals(upstream)).toList();
    List<LimitStatus> account = all.stream().filter(limit -> limit.endpoint().isEmpty()).toList();
    return account.isEmpty() ? all : account;
  }

  private static double limit(HealthBoard board, String upstream) {
    return binding(board, upstream).stream().mapToInt(LimitStatus::limit).sum();
  }

  private static double inFlight(HealthBoard board, String upstream) {
    return binding(board, upstream).stream().mapToInt(LimitStatus::inFlight).sum();
  }
}
