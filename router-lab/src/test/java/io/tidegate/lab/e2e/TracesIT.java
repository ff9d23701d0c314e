package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.opentelemetry.proto.trace.v1.Span;
import io.tidegate.lab.emulator.Canary;
import io.tidegate.lab.emulator.Emulator;
import io.tidegate.lab.fault.Faults;
import io.tidegate.lab.plan.Request;
import io.tidegate.lab.record.ReceivedRequest;
import io.tidegate.v1.ChatRequest;
import io.tidegate.v1.Message;
import io.tidegate.v1.RouterServiceGrpc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Traces and metrics of a whole daemon, at a collector. */
class TracesIT {
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String PARENT = "00-" + TRACE + "-b7ad6b7169203331-01";
  private static final String CANARY = "qzvhwmtrkspldxn";

  private static TestBed bed(Collector collector, String more) {
    return TestBed.builder().section("telemetry", "{logLevel: warn, otlp: {endpoint: '" + collector.url() + "', interval: 1s}, traces: {endpoint: '" + collector.url() + "'" + more + "}}").start();
  }

  private static Request last(Emulator... emulators) {
    return Stream.of(emulators).flatMap(emulator -> emulator.received().requests().stream()).filter(ReceivedRequest::modelCall).max(Comparator.comparingLong(ReceivedRequest::atNanos))
        .orElseThrow().request();
  }

  @Test
  @DisplayName("G3 B1 spans of requests, steps and attempts, and metrics, reach a collector; nothing of a text is in them")
  void arrive() {
    try (Collector collector = new Collector(); TestBed bed = bed(collector, ", ratio: 1")) {
      HttpResponse<String> answer = bed.chat("auto", "Tell me about " + CANARY + ".", false, "traceparent", PARENT, "tracestate", "v=" + CANARY, "x-tidegate-session", CANARY);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(bed.chat(CANARY, "Who?", false).statusCode()).isEqualTo(404);
      assertThat(bed.chat("auto", CANARY, true, "x-tidegate-sensitivity", "restricted").statusCode()).isEqualTo(200);
      bed.privateA.always(Faults.errorThatEchoes(500));
      bed.privateB.always(Faults.errorThatEchoes(500));
      assertThat(bed.chat("auto", "Echo " + CANARY, false, "x-tidegate-sensitivity", "restricted").statusCode()).isEqualTo(502);
      GrpcClientIT.await("every request's span came", () -> collector.spans.stream().filter(span -> span.getKind() == Span.SpanKind.SPAN_KIND_SERVER).count() == 4);
      GrpcClientIT.await("metrics came", () -> collector.metrics.stream().anyMatch(metric -> metric.getName().equals("gen_ai.client.token.usage")));

      ByteString id = ByteString.fromHex(TRACE);
      List<Span> first = collector.spans.stream().filter(span -> span.getTraceId().equals(id)).toList();
      Span root = first.stream().filter(span -> span.getKind() == Span.SpanKind.SPAN_KIND_SERVER).findFirst().orElseThrow();
      assertThat(root.getParentSpanId()).isEqualTo(ByteString.fromHex("b7ad6b7169203331"));
      assertThat(Collector.of(root, "tidegate.request.id")).isEqualTo(answer.headers().firstValue("x-tidegate-request-id").orElseThrow());
      assertThat(Collector.of(root, "tidegate.destination")).isEqualTo("public");
      assertThat(first).extracting(Span::getName).contains("classify", "decide", "chat " + TestBed.PUBLIC_MODEL);
      assertThat(collector.spans).as("an attempt that failed").anyMatch(span -> Collector.of(span, "error.type").equals("server_error"));
      assertThat(collector.spans).as("the request it failed").anyMatch(span -> Collector.of(span, "error.type").equals("upstream_failed"));
      for (Span span : collector.spans) {
        assertThat(span.getEndTimeUnixNano()).as(span.getName()).isGreaterThanOrEqualTo(span.getStartTimeUnixNano());
      }
      assertThat(Canary.searchIn(collector.bodies, List.of(CANARY))).as("places where a text was told").isEmpty();
      assertThat(bed.metric("tidegate_otlp_dropped_total")).isZero();
    }
  }

  @Test
  @DisplayName("W3C the trace context goes on, over HTTP and gRPC, to private upstreams with the caller's state, and to public ones only where that is configured")
  void propagation() throws Exception {
    try (Collector collector = new Collector(); TestBed bed = bed(collector, "")) {
      assertThat(bed.chat("auto", "One.", false, "traceparent", PARENT, "tracestate", "vendor=1").statusCode()).isEqualTo(200);
      assertThat(last(bed.publicOne).field("traceparent")).as("to a public upstream").isNull();
      assertThat(bed.chat("auto", "Two.", false, "traceparent", PARENT, "tracestate", "vendor=1", "x-tidegate-sensitivity", "restricted").statusCode()).isEqualTo(200);
      Request home = last(bed.privateA, bed.privateB);
      assertThat(home.field("traceparent")).startsWith("00-" + TRACE + "-").endsWith("-01").isNotEqualTo(PARENT);
      assertThat(home.field("tracestate")).isEqualTo("vendor=1");
      assertThat(bed.chat("auto", "Three.", false, "traceparent", "00-zz", "tracestate", "vendor=1", "x-tidegate-sensitivity", "restricted").statusCode()).isEqualTo(200);
      assertThat(last(bed.privateA, bed.privateB).field("traceparent")).as("a malformed one is replaced").hasSize(55).doesNotContain(TRACE).endsWith("-00");
      assertThat(last(bed.privateA, bed.privateB).field("tracestate")).isNull();
      ManagedChannel channel = ManagedChannelBuilder.forAddress("127.0.0.1", bed.daemon.grpcPort()).usePlaintext().disableRetry().build();
      try {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER), PARENT);
        headers.put(Metadata.Key.of("x-tidegate-sensitivity", Metadata.ASCII_STRING_MARSHALLER), "restricted");
        RouterServiceGrpc.newBlockingStub(channel).withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers)).withDeadlineAfter(30, TimeUnit.SECONDS)
            .chat(ChatRequest.newBuilder().setModel("auto").addMessages(Message.newBuilder().setRole("user").setContent("Four.")).build());
      } finally {
        channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
      }
      assertThat(last(bed.privateA, bed.privateB).field("traceparent")).as("from gRPC").startsWith("00-" + TRACE + "-").endsWith("-01");
    }
    try (Collector collector = new Collector(); TestBed bed = bed(collector, ", propagate: all")) {
      assertThat(bed.chat("auto", "One.", false, "traceparent", PARENT, "tracestate", "vendor=1").statusCode()).isEqualTo(200);
      assertThat(last(bed.publicOne).field("traceparent")).startsWith("00-" + TRACE + "-");
      assertThat(last(bed.publicOne).field("tracestate")).as("the caller's own text").isNull();
    }
    try (TestBed bed = TestBed.start()) {
      assertThat(bed.chat("auto", "One.", false, "traceparent", PARENT, "x-tidegate-sensitivity", "restricted").statusCode()).isEqualTo(200);
      assertThat(bed.privateA.received().requests().stream().anyMatch(call -> call.request().field("traceparent") != null)).as("off").isFalse();
      assertThat(bed.privateB.received().requests().stream().anyMatch(call -> call.request().field("traceparent") != null)).as("off").isFalse();
    }
  }

  private static HttpResponse<String> openMetrics(TestBed bed) {
    try {
      return bed.http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + bed.daemon.adminPort() + "/metrics"))
          .header("accept", "application/openmetrics-text;version=1.0.0").build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    } catch (InterruptedException stopped) {
      throw new AssertionError(stopped);
    }
  }

  @Test
  @DisplayName("a histogram's bucket points at a trace that was kept, for who asks for OpenMetrics")
  void exemplars() throws Exception {
    try (Collector collector = new Collector(); TestBed bed = bed(collector, "")) {
      assertThat(bed.chat("auto", "One.", false, "traceparent", PARENT).statusCode()).isEqualTo(200);
      for (String family : List.of("tidegate_ttft_seconds_bucket", "gen_ai_server_request_duration_seconds_bucket")) {
        // The request is counted after its answer went out.
        GrpcClientIT.await(family + " points at the trace",
            () -> openMetrics(bed).body().lines().anyMatch(line -> line.startsWith(family) && line.contains("trace_id=\"" + TRACE + "\"")));
      }
      HttpResponse<String> page = openMetrics(bed);
      assertThat(page.headers().firstValue("content-type").orElseThrow()).startsWith("application/openmetrics-text; version=1.0.0");
      assertThat(page.body()).endsWith("# EOF\n");
      assertThat(bed.admin("/metrics")).doesNotContain(TRACE);
    }
  }
}
