package io.tidegate.telemetry.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.tidegate.dispatch.Candidate;
import io.tidegate.fake.FakeLoop;
import io.tidegate.line.RequestTrace;
import io.tidegate.line.RequestTrace.Propagation;
import io.tidegate.line.TraceFixture;
import io.tidegate.model.Dialect;
import io.tidegate.model.Endpoint;
import io.tidegate.model.Refusal;
import io.tidegate.model.Secret;
import io.tidegate.model.TraceContext;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TracesTest {
  private static final TraceContext CALLER = TraceContext.parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00", "vendor=CANARY");
  private static final TraceContext SAMPLING = TraceContext.parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", null);
  private static final Upstream HOME = new Upstream("home", Zone.PRIVATE, Dialect.DEEPSEEK, List.of("qwen"), null, Map.of(), false, false, "", List.of(), null, null, false,
      List.of(), null, Duration.ofSeconds(1), 1);
  private static final Endpoint ENDPOINT = new Endpoint("home", "h1", "10.1.2.3", 8000, 1, false);
  private static final long SECOND = 1_000_000_000L;
  private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");

  private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final FakeLoop loop = new FakeLoop();

  private Traces traces(double ratio, @Nullable URI to) {
    return new Traces(new Traces.Terms(ratio, 30 * SECOND, Propagation.PRIVATE), to, Map.of("authorization", new Secret("Bearer let-me-in")),
        new Source("1.2", "boot", "east"), 1, new SplittableRandom(1), () -> NOW, registry);
  }

  private RequestTrace request(Traces traces, @Nullable TraceContext from, @Nullable Refusal refusal, String model, long nanos) {
    RequestTrace trace = TraceFixture.over(traces.begin(from, loop.nanos() - nanos, loop), refusal, new Candidate(HOME, model), ENDPOINT, nanos);
    traces.over(trace, loop);
    return trace;
  }

  private double value(String line) {
    return registry.scrape().lines().filter(each -> each.startsWith(line)).mapToDouble(each -> Double.parseDouble(each.substring(each.lastIndexOf(' ') + 1))).sum();
  }

  private static void await(BooleanSupplier there) {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!there.getAsBoolean()) {
      assertThat(System.nanoTime()).as("it came in time").isLessThan(end);
      Thread.onSpinWait();
      Thread.yield();
    }
  }

  private static Map<String, AnyValue> attributes(List<KeyValue> list) {
    return list.stream().collect(Collectors.toMap(KeyValue::getKey, KeyValue::getValue));
  }

  @Test
  @DisplayName("B1 spans of a request, its steps and attempts reach a collector; read by OpenTelemetry's own classes they say what they should")
  void spans() throws InvalidProtocolBufferException {
    try (CollectorStub collector = new CollectorStub(); Traces traces = traces(0, collector.uri())) {
      request(traces, CALLER, Refusal.UPSTREAM_FAILED, "qwen", 2 * SECOND);
      await(() -> !collector.messages.isEmpty());
      CollectorStub.Message message = collector.messages.get(0);
      assertThat(message.path()).isEqualTo("/v1/traces");
      assertThat(message.type()).isEqualTo("application/x-protobuf");
      assertThat(message.authorization()).isEqualTo("Bearer let-me-in");
      ExportTraceServiceRequest read = ExportTraceServiceRequest.parseFrom(message.body());
      assertThat(read.getUnknownFields().asMap()).isEmpty();
      ResourceSpans resource = read.getResourceSpans(0);
      assertThat(attributes(resource.getResource().getAttributesList())).extractingFromEntries(entry -> entry.getKey() + "=" + entry.getValue().getStringValue())
          .containsExactlyInAnyOrder("service.name=tidegate", "service.version=1.2", "service.instance.id=boot", "cloud.region=east");
      List<Span> spans = resource.getScopeSpans(0).getSpansList();
      assertThat(spans).extracting(Span::getName).containsExactly("chat", "classify", "chat qwen", "chat qwen");
      assertThat(spans).extracting(Span::getTraceId).containsOnly(com.google.protobuf.ByteString.fromHex("0af7651916cd43dd8448eb211c80319c"));
      assertThat(spans).extracting(Span::getSpanId).doesNotHaveDuplicates().allMatch(id -> id.size() == 8);
      Span root = spans.get(0);
      assertThat(root.getParentSpanId()).isEqualTo(com.google.protobuf.ByteString.fromHex("b7ad6b7169203331"));
      assertThat(spans.subList(1, 4)).extracting(Span::getParentSpanId).containsOnly(root.getSpanId());
      assertThat(root.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
      assertThat(root.getEndTimeUnixNano()).isEqualTo(NOW.getEpochSecond() * SECOND);
      assertThat(root.getStartTimeUnixNano()).isEqualTo(NOW.getEpochSecond() * SECOND - 2 * SECOND);
      assertThat(root.getStatus().getCode()).isEqualTo(Status.StatusCode.STATUS_CODE_ERROR);
      Map<String, AnyValue> told = attributes(root.getAttributesList());
      assertThat(told.get("error.type").getStringValue()).isEqualTo("upstream_failed");
      assertThat(told.get("tidegate.rules").getStringValue()).isEqualTo("a,b");
      assertThat(told.get("tidegate.outcome").getStringValue()).isEqualTo("error");
      Map<String, AnyValue> second = attributes(spans.get(3).getAttributesList());
      assertThat(spans.get(3).getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_CLIENT);
      assertThat(second.get("gen_ai.provider.name").getStringValue()).isEqualTo("deepseek");
      assertThat(second.get("gen_ai.usage.output_tokens").getIntValue()).isEqualTo(34);
      assertThat(second.get("gen_ai.response.time_to_first_chunk").getDoubleValue()).isEqualTo(1e-6);
      assertThat(second.get("server.address").getStringValue()).isEqualTo("10.1.2.3");
      assertThat(second).doesNotContainKey("error.type");
      assertThat(attributes(spans.get(2).getAttributesList()).get("error.type").getStringValue()).isEqualTo("reset");
      assertThat(new String(message.body(), java.nio.charset.StandardCharsets.ISO_8859_1)).as("the caller's state stays here").doesNotContain("CANARY");
    }
  }

  @Test
  @DisplayName("G3 a model that the configuration does not name was named by the caller: it is in no span")
  void callersModel() {
    try (CollectorStub collector = new CollectorStub(); Traces traces = traces(1, collector.uri())) {
      request(traces, null, null, "CANARY", SECOND);
      await(() -> !collector.messages.isEmpty());
      assertThat(new String(collector.messages.get(0).body(), java.nio.charset.StandardCharsets.ISO_8859_1)).contains("home").doesNotContain("CANARY");
    }
  }

  @Test
  @DisplayName("errors, refusals and slow requests are kept always; of the rest a part by chance, and what the caller keeps")
  void tail() {
    try (CollectorStub collector = new CollectorStub(); Traces traces = traces(0, collector.uri())) {
      assertThat(request(traces, null, Refusal.INTERNAL, "qwen", 1).kept()).isTrue();
      assertThat(request(traces, null, Refusal.BUSY, "qwen", 1).kept()).isTrue();
      assertThat(request(traces, null, null, "qwen", 30 * SECOND).kept()).isTrue();
      assertThat(request(traces, null, null, "qwen", 30 * SECOND - 1).kept()).isFalse();
      assertThat(request(traces, CALLER, null, "qwen", 1).kept()).as("the caller does not").isFalse();
      assertThat(request(traces, SAMPLING, null, "qwen", 1).kept()).as("the caller does").isTrue();
      assertThat(value("tidegate_traces_total{verdict=\"kept\"}")).isEqualTo(4);
      assertThat(value("tidegate_traces_total{verdict=\"left\"}")).isEqualTo(2);
    }
    try (Traces some = traces(0.25, URI.create("http://127.0.0.1:9"))) {
      long kept = java.util.stream.IntStream.range(0, 1_000).filter(i -> request(some, null, null, "qwen", 1).kept()).count();
      assertThat(kept).isBetween(180L, 320L);
    }
  }

  @Test
  @DisplayName("a collector that is gone, or takes a connection and says nothing, costs a request nothing: what does not fit is dropped and counted")
  void slow() throws IOException {
    try (ServerSocket deaf = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Traces traces = traces(1, URI.create("http://127.0.0.1:" + deaf.getLocalPort()))) {
      // If one of these waited for the collector, it would for ten seconds.
      for (int i = 0; i < 10_000; i++) {
        request(traces, null, null, "qwen", 1);
      }
      double kept = value("tidegate_traces_total{verdict=\"kept\"}");
      double dropped = value("tidegate_otlp_dropped_total{signal=\"traces\"}");
      assertThat(kept).isBetween(2_048.0, 2_048.0 * 3);
      assertThat(kept + dropped).isEqualTo(10_000);
    }
    assertThat(value("tidegate_otlp_sent_total{signal=\"traces\"}")).isZero();
  }

  @Test
  @DisplayName("G1 a collector that sends us elsewhere is not followed")
  void redirect() {
    try (CollectorStub collector = new CollectorStub(); Traces traces = traces(1, collector.uri())) {
      collector.status = 307;
      request(traces, null, null, "qwen", 1);
      await(() -> value("tidegate_otlp_dropped_total{signal=\"traces\"}") == 1);
      assertThat(collector.messages).extracting(CollectorStub.Message::path).containsExactly("/v1/traces");
    }
  }

  @Test
  @DisplayName("what is kept when the daemon stops is sent before it ends; without a collector nothing is kept")
  void stop() {
    try (CollectorStub collector = new CollectorStub()) {
      Traces traces = traces(1, collector.uri());
      // The first message costs a cold client more than a stop waits.
      request(traces, null, null, "qwen", 1);
      await(() -> collector.messages.size() == 1);
      request(traces, null, null, "qwen", 1);
      traces.close();
      assertThat(collector.messages).hasSize(2);
    }
    try (Traces none = traces(1, null)) {
      assertThat(request(none, null, Refusal.INTERNAL, "qwen", 1).kept()).isFalse();
    }
  }
}
