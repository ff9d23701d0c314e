package io.tidegate.daemon.page;

import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.tidegate.telemetry.GenAi;
import io.tidegate.telemetry.Names;
import io.tidegate.wire.JsonWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Where requests went, read off the very meters that {@code /metrics} prints: sums by class, destination and how they ended. */
final class Flows {
  private static final List<String> REQUEST = List.of("sensitivity", "latency_class", "destination", "outcome", "cache");
  private static final List<String> DECISION = List.of("sensitivity", "latency_class");
  private static final List<String> RULE = List.of("rule");

  private final MeterRegistry registry;

  Flows(MeterRegistry registry) {
    this.registry = registry;
  }

  void write(JsonWriter out) {
    out.beginObject();
    counts(out.key("requests"), Names.REQUESTS, REQUEST);
    counts(out.key("decisions"), Names.DECISIONS, DECISION);
    counts(out.key("refusals"), Names.REFUSALS, List.of("code"));
    out.key("first_token");
    times(out, GenAi.FIRST_TOKEN);
    out.key("duration");
    times(out, GenAi.SERVER_DURATION);
    out.key("egress_refused").number(sum(Names.EGRESS_REFUSED)).key("egress_violation").number(sum(Names.EGRESS_VIOLATION)).endObject();
  }

  /** How often which rule decided; empty where rules are not counted. */
  void rules(JsonWriter out) {
    counts(out, Names.DECISIONS, RULE);
  }

  /** A counter's sums by some of its labels, those that it has. */
  void counts(JsonWriter out, String name, List<String> labels) {
    Map<List<String>, Double> sums = new TreeMap<>((a, b) -> String.join("\0", a).compareTo(String.join("\0", b)));
    for (Meter meter : registry.find(name).meters()) {
      List<String> values = new ArrayList<>();
      for (String label : labels) {
        String value = meter.getId().getTag(label);
        values.add(value == null ? "" : value);
      }
      sums.merge(values, count(meter), Double::sum);
    }
    out.beginArray();
    sums.forEach((values, sum) -> {
      out.beginObject();
      for (int i = 0; i < values.size(); i++) {
        if (!values.get(i).isEmpty()) {
          out.key(labels.get(i)).string(values.get(i));
        }
      }
      out.key("count").number(sum).endObject();
    });
    out.endArray();
  }

  private double sum(String name) {
    double sum = 0;
    for (Meter meter : registry.find(name).meters()) {
      sum += count(meter);
    }
    return sum;
  }

  private static double count(Meter meter) {
    double sum = 0;
    for (Measurement measured : meter.measure()) {
      sum += Double.isFinite(measured.getValue()) ? measured.getValue() : 0;
    }
    return sum;
  }

  /** Count, sum and cumulative buckets over all timers of a name. */
  private void times(JsonWriter out, String name) {
    Collection<Timer> timers = registry.find(name).timers();
    long count = 0;
    double seconds = 0;
    Map<Double, Double> buckets = new TreeMap<>();
    for (Timer timer : timers) {
      count += timer.count();
      seconds += timer.totalTime(TimeUnit.SECONDS);
      for (CountAtBucket bucket : timer.takeSnapshot().histogramCounts()) {
        double bound = bucket.bucket(TimeUnit.SECONDS);
        if (Double.isFinite(bound) && bound < 1e6) {
          buckets.merge(bound, bucket.count(), Double::sum);
        }
      }
    }
    out.beginObject().key("count").number(count).key("seconds").number(seconds).key("buckets").beginArray();
    buckets.forEach((bound, under) -> out.beginObject().key("le").number(bound).key("count").number(under).endObject());
    out.endArray().endObject();
  }
}
