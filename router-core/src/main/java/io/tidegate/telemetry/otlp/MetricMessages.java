package io.tidegate.telemetry.otlp;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.tidegate.telemetry.Catalogue;
import io.tidegate.telemetry.Metric;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * {@code ExportMetricsServiceRequest}s, made of what {@code /metrics} shows: requests are counted once, whoever reads. Names and attributes are OpenTelemetry's own,
 * with dots.
 */
final class MetricMessages {
  private static final int CUMULATIVE = 2;
  private static final int GAUGE = 5;
  private static final int SUM = 7;
  private static final int HISTOGRAM = 9;
  private static final int SUMMARY = 11;
  private static final String MAX = "_max";

  private final Source source;
  private final long startNanos;
  private final Map<String, Metric> byFamily = new HashMap<>();
  private final Map<String, String> labels = new HashMap<>();

  MetricMessages(Source source, Instant start) {
    this.source = source;
    this.startNanos = nanos(start);
    for (Metric metric : Catalogue.all()) {
      String family = metric.prometheus();
      byFamily.put(metric.kind() == Metric.Kind.COUNTER ? family.substring(0, family.length() - "_total".length()) : family, metric);
      metric.labels().forEach(label -> labels.put(label.prometheus(), label.key()));
    }
  }

  byte[] of(MetricSnapshots snapshots, Instant now) {
    return new ProtoWriter().message(1, resource -> source.around(resource, scope -> snapshots.forEach(snapshot -> metric(scope, snapshot, nanos(now))))).toBytes();
  }

  private void metric(ProtoWriter scope, MetricSnapshot snapshot, long now) {
    if (snapshot.getDataPoints().isEmpty()) {
      return;
    }
    String family = snapshot.getMetadata().getPrometheusName();
    Metric declared = byFamily.get(family);
    Metric largest = declared == null && family.endsWith(MAX) ? byFamily.get(family.substring(0, family.length() - MAX.length())) : null;
    Metric known = declared == null ? largest : declared;
    scope.message(2, metric -> {
      metric.text(1, known == null ? family : largest == null ? known.name() : known.name() + ".max");
      if (known != null) {
        metric.text(2, known.meaning()).text(3, unit(known));
      }
      if (snapshot instanceof CounterSnapshot counter) {
        metric.message(SUM, sum -> {
          counter.getDataPoints().forEach(point -> sum.message(1, to -> number(to, point, point.getValue(), now)));
          sum.varint(2, CUMULATIVE).varint(3, 1);
        });
      } else if (snapshot instanceof GaugeSnapshot gauge) {
        metric.message(GAUGE, to -> gauge.getDataPoints().forEach(point -> to.message(1, one -> number(one, point, point.getValue(), now))));
      } else if (snapshot instanceof HistogramSnapshot histogram) {
        metric.message(HISTOGRAM, to -> {
          histogram.getDataPoints().forEach(point -> to.message(1, one -> histogram(one, point, now)));
          to.varint(2, CUMULATIVE);
        });
      } else if (snapshot instanceof SummarySnapshot summary) {
        metric.message(SUMMARY, to -> summary.getDataPoints().forEach(point -> to.message(1, one -> {
          times(one, now).fixed64(4, point.getCount()).number(5, point.getSum());
          attributes(one, 7, point.getLabels());
        })));
      }
    });
  }

  private void number(ProtoWriter to, DataPointSnapshot point, double value, long now) {
    times(to, now).number(4, value);
    attributes(to, 7, point.getLabels());
  }

  private void histogram(ProtoWriter to, HistogramSnapshot.HistogramDataPointSnapshot point, long now) {
    times(to, now).fixed64(4, point.getCount()).number(5, point.getSum());
    ClassicHistogramBuckets buckets = point.getClassicBuckets();
    for (int i = 0; i < buckets.size(); i++) {
      to.fixed64(6, buckets.getCount(i));
      if (buckets.getUpperBound(i) != Double.POSITIVE_INFINITY) {
        to.number(7, buckets.getUpperBound(i));
      }
    }
    attributes(to, 9, point.getLabels());
  }

  private ProtoWriter times(ProtoWriter to, long now) {
    return to.fixed64(2, startNanos).fixed64(3, now);
  }

  private void attributes(ProtoWriter to, int field, Labels of) {
    Attributes told = new Attributes(to, field);
    for (int i = 0; i < of.size(); i++) {
      told.text(labels.getOrDefault(of.getName(i), of.getName(i)), of.getValue(i));
    }
  }

  private static String unit(Metric metric) {
    return switch (metric.unit()) {
      case "seconds" -> "s";
      case "bytes" -> "By";
      default -> "1";
    };
  }

  private static long nanos(Instant instant) {
    return instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
  }
}
