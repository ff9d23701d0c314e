package io.tidegate.telemetry.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.Destination;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Operation;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.RouteInfo.CacheOutcome;
import io.tidegate.model.Sensitivity;
import io.tidegate.telemetry.Names;
import io.tidegate.telemetry.RegistryMeters;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MetricPushTest {
  private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final RegistryMeters meters = new RegistryMeters(registry, List.of());

  @Test
  @DisplayName("upstreams 7 a collector gets the metrics under OpenTelemetry's names, counted from the start, with their buckets")
  void metrics() throws InvalidProtocolBufferException {
    for (int i = 0; i < 3; i++) {
      meters.ended(Operation.CHAT, "default", new RouteInfo("id", Sensitivity.PUBLIC, LatencyClass.BATCH, Destination.PRIVATE, "home", "", "", CacheOutcome.MISS, 1), Destination.PRIVATE,
          null, 30_000_000, 0, new Usage(5, 70, -1, -1), null);
    }
    Gauge.builder(Names.SATURATION, () -> 0.5).tag("upstream", "home").register(registry);
    Instant start = Instant.parse("2026-11-25T12:00:00Z");
    ExportMetricsServiceRequest read = ExportMetricsServiceRequest.parseFrom(new MetricMessages(new Source("1.2", "boot", ""), start)
        .of(registry.getPrometheusRegistry().scrape(), start.plusSeconds(60)));
    assertThat(read.getUnknownFields().asMap()).isEmpty();
    Map<String, Metric> byName = read.getResourceMetrics(0).getScopeMetrics(0).getMetricsList().stream().collect(Collectors.toMap(Metric::getName, Function.identity()));
    Metric requests = byName.get("tidegate.requests");
    assertThat(requests.getSum().getIsMonotonic()).isTrue();
    assertThat(requests.getSum().getAggregationTemporality()).isEqualTo(AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE);
    NumberDataPoint point = requests.getSum().getDataPoints(0);
    assertThat(point.getAsDouble()).isEqualTo(3);
    assertThat(point.getTimeUnixNano() - point.getStartTimeUnixNano()).isEqualTo(Duration.ofMinutes(1).toNanos());
    assertThat(point.getAttributesList()).extracting(pair -> pair.getKey() + "=" + pair.getValue().getStringValue()).contains("outcome=ok", "latency_class=batch");
    Metric duration = byName.get("gen_ai.server.request.duration");
    assertThat(duration.getUnit()).isEqualTo("s");
    HistogramDataPoint histogram = duration.getHistogram().getDataPoints(0);
    assertThat(histogram.getCount()).isEqualTo(3);
    assertThat(histogram.getSum()).isEqualTo(0.09);
    assertThat(histogram.getExplicitBoundsList()).containsExactly(0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92);
    assertThat(histogram.getBucketCountsList()).hasSize(15).startsWith(0L, 0L, 3L, 0L);
    assertThat(histogram.getAttributesList()).extracting(pair -> pair.getKey() + "=" + pair.getValue().getStringValue()).containsExactly("gen_ai.operation.name=chat");
    assertThat(byName.get("tidegate.saturation").getGauge().getDataPoints(0).getAsDouble()).isEqualTo(0.5);
    assertThat(byName).containsKeys("gen_ai.client.token.usage", "gen_ai.client.token.usage.max");
  }

  @Test
  @DisplayName("metrics are sent again and again, and once more at the end; a collector that does not take them is counted")
  void pushes() {
    try (CollectorStub collector = new CollectorStub()) {
      collector.status = 503;
      MetricPush push = new MetricPush(registry, collector.uri(), Map.of(), Duration.ofHours(1), new Source("1.2", "boot", ""), Instant::now);
      push.close();
      assertThat(collector.messages).extracting(CollectorStub.Message::path).containsExactly("/v1/metrics");
      assertThat(registry.scrape()).contains("tidegate_otlp_dropped_total{signal=\"metrics\"} 1.0").contains("tidegate_otlp_sent_total{signal=\"metrics\"} 0.0");
    }
  }
}
