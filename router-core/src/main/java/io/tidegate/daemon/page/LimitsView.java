package io.tidegate.daemon.page;

import io.micrometer.core.instrument.Meter;
import io.tidegate.admission.queue.QueueRules;
import io.tidegate.admission.queue.Wake;
import io.tidegate.dispatch.UpstreamPlaces.LimitStatus;
import io.tidegate.model.LatencyClass;
import io.tidegate.telemetry.Names;
import io.tidegate.wire.JsonWriter;
import java.util.List;
import java.util.Locale;

/** Who waits, who was turned away, and what is in flight against which limit. */
final class LimitsView {
  private static final List<Wake> SHED = List.of(Wake.FULL, Wake.OVERDUE, Wake.EXPIRED);

  private final Sources from;
  private final Flows flows;

  LimitsView(Sources from, Flows flows) {
    this.from = from;
    this.flows = flows;
  }

  void write(JsonWriter out) {
    QueueRules rules = from.config().limits().queue();
    out.beginObject().key("queue_places").number(rules.total()).key("queue").beginArray();
    for (LatencyClass each : LatencyClass.values()) {
      out.beginObject().key("latency_class").string(word(each)).key("depth").number(from.waiting().depth(each)).key("places")
          .number(Math.min(rules.total(), rules.classes().getOrDefault(each, 0))).key("shed").beginObject();
      for (Wake why : SHED) {
        out.key(word(why)).number(from.waiting().called(each, why));
      }
      out.endObject().endObject();
    }
    out.endArray().key("overflowed").number(from.admission().overflowed()).key("permits").beginArray();
    for (LimitStatus limit : from.health().places().limits()) {
      out.beginObject().key("upstream").string(limit.upstream()).key("endpoint").string(limit.endpoint()).key("limit").number(limit.limit())
          .key("in_flight").number(limit.inFlight()).key("capacity_rps").number(Math.round(limit.capacity() * 1000) / 1000.0).endObject();
    }
    out.endArray().key("tenants").beginArray();
    from.tenantLimits().refused().forEach((tenant, refused) -> out.beginObject().key("tenant").string(tenant).key("refused").number(refused).endObject());
    out.endArray();
    flows.counts(out.key("retries_refused"), Names.RETRY_REFUSED, List.of("reason"));
    double hedges = 0;
    for (Meter meter : from.registry().find(Names.HEDGES).tag("outcome", "begun").meters()) {
      hedges += meter.measure().iterator().next().getValue();
    }
    out.key("hedges").number(hedges).endObject();
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
