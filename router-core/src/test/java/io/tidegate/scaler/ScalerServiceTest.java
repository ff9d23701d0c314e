package io.tidegate.scaler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.tidegate.net.EventLoops;
import io.tidegate.net.Transport;
import io.tidegate.scaler.PlayedKeda.Polled;
import io.tidegate.scaler.v1.Externalscaler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScalerServiceTest {
  private static final Map<String, String> REQUESTS = Map.of("metric", "requests_per_second", "target", "500");
  private static EventLoops loops;

  private final SetFigures figures = new SetFigures();
  private final AtomicLong now = new AtomicLong();
  private ScalerService service = new ScalerService(figures, now::get);
  private ScalerServer server = server(service, 0);

  private static ScalerServer server(ScalerService service, int port) {
    return new ScalerServer(io.tidegate.net.Door.at(new InetSocketAddress("127.0.0.1", port)), null, loops, service);
  }

  @BeforeAll
  static void open() {
    loops = new EventLoops(Transport.best(), 1);
  }

  @AfterAll
  static void shut() {
    loops.close();
  }

  @BeforeEach
  void start() throws IOException {
    server.start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  @DisplayName("R8.2 the contract is KEDA's: package, service, methods, field names and numbers")
  void contract() {
    FileDescriptor file = Externalscaler.getDescriptor();
    assertThat(file.getPackage()).isEqualTo("externalscaler");
    Map<String, String> methods = new TreeMap<>();
    file.findServiceByName("ExternalScaler").getMethods().forEach(method -> methods.put(method.getName(), method.getInputType().getName() + " "
        + method.getOutputType().getName() + (method.isServerStreaming() ? " stream" : "") + (method.isClientStreaming() ? " both" : "")));
    assertThat(methods).isEqualTo(Map.of("IsActive", "ScaledObjectRef IsActiveResponse", "StreamIsActive", "ScaledObjectRef IsActiveResponse stream",
        "GetMetricSpec", "ScaledObjectRef GetMetricSpecResponse", "GetMetrics", "GetMetricsRequest GetMetricsResponse",
        "StreamMetricSpec", "ScaledObjectRef GetMetricSpecResponse stream"));
    Map<String, String> fields = new TreeMap<>();
    file.getMessageTypes().forEach(message -> message.getFields().forEach(field -> fields.put(message.getName() + '.' + field.getName(), field(field))));
    assertThat(fields).isEqualTo(Map.ofEntries(Map.entry("ScaledObjectRef.name", "1 STRING"), Map.entry("ScaledObjectRef.namespace", "2 STRING"),
        Map.entry("ScaledObjectRef.scalerMetadata", "3 MESSAGE repeated"), Map.entry("IsActiveResponse.result", "1 BOOL"),
        Map.entry("GetMetricSpecResponse.metricSpecs", "1 MESSAGE repeated"), Map.entry("MetricSpec.metricName", "1 STRING"),
        Map.entry("MetricSpec.targetSize", "2 INT64"), Map.entry("MetricSpec.targetSizeFloat", "3 DOUBLE"),
        Map.entry("GetMetricsRequest.scaledObjectRef", "1 MESSAGE"), Map.entry("GetMetricsRequest.metricName", "2 STRING"),
        Map.entry("GetMetricsResponse.metricValues", "1 MESSAGE repeated"), Map.entry("MetricValue.metricName", "1 STRING"),
        Map.entry("MetricValue.metricValue", "2 INT64"), Map.entry("MetricValue.metricValueFloat", "3 DOUBLE")));
  }

  private static String field(FieldDescriptor field) {
    return field.getNumber() + " " + field.getType() + (field.isRepeated() ? " repeated" : "");
  }

  @ParameterizedTest
  @CsvSource({"requests_per_second,0.5,1234.5", "queue_depth,0.5,17", "saturation,0.5,0.83", "forecast_rps,0.5,900", "forecast_rps,0.9,1500.25",
      "max_rps,0.5,1234.5", "max_rps,0.9,1500.25"})
  @DisplayName("R8.3 what is offered: requests a second, queue depth, saturation, forecast, and the greater of now and the forecast; float and whole number")
  void offered(String metric, String quantile, double value) {
    figures.requests = 1234.5;
    figures.queue = 17;
    figures.saturation = 0.83;
    figures.middle = 900;
    figures.high = 1500.25;
    try (PlayedKeda keda = new PlayedKeda(server.port(), 3, Map.of("metric", metric, "target", "0.8", "quantile", quantile))) {
      assertThat(keda.specification()).isEqualTo(Map.entry("s3-" + metric, 0.8));
      assertThat(keda.poll("s3-" + metric)).isEqualTo(new Polled(value, (long) Math.ceil(value), true));
    }
  }

  @Test
  @DisplayName("R8.2 initial calls, then polls: inactive only when nothing is to be done, and never before that can be told")
  void polls() {
    figures.settled = false;
    try (PlayedKeda keda = new PlayedKeda(server.port(), 0, REQUESTS)) {
      String metric = keda.specification().getKey();
      assertThat(keda.poll(metric)).isEqualTo(new Polled(0, 0, true));
      figures.settled = true;
      assertThat(keda.poll(metric)).isEqualTo(new Polled(0, 0, false));
      figures.requests = 0.01;
      assertThat(keda.poll(metric)).isEqualTo(new Polled(0.01, 1, true));
      figures.requests = Double.NaN;
      assertThat(keda.poll(metric)).isEqualTo(new Polled(0, 0, false));
    }
    try (PlayedKeda keda = new PlayedKeda(server.port(), 0, Map.of("metric", "queue_depth", "target", "10", "activation", "5"))) {
      figures.queue = 5;
      assertThat(keda.poll("s0-queue_depth").active()).isFalse();
      figures.queue = 6;
      assertThat(keda.poll("s0-queue_depth").active()).isTrue();
    }
  }

  @Test
  @DisplayName("R8.2 a push stream held for an hour of virtual time: told at once, then only what changed, and it is never closed")
  void pushStream() {
    try (PlayedKeda keda = new PlayedKeda(server.port(), 0, REQUESTS)) {
      PlayedKeda.Stream stream = keda.stream();
      await(() -> stream.pushed.equals(List.of(false)));
      for (int second = 0; second < 3600; second += 5) {
        // Ten minutes of work, ten of rest.
        figures.requests = second / 600 % 2 == 1 ? 40 : 0;
        service.tick();
      }
      await(() -> stream.pushed.equals(List.of(false, true, false, true, false, true)));
      assertThat(stream.ended).isNull();
      assertThat(service.streams()).isEqualTo(1);
    }
    await(() -> service.streams() == 0);
  }

  @Test
  @DisplayName("R8.2 a restart: streams end in good order, and the one that KEDA opens next is told at once")
  void restart() {
    int port = server.port();
    figures.requests = 3;
    try (PlayedKeda keda = new PlayedKeda(port, 0, REQUESTS)) {
      PlayedKeda.Stream before = keda.stream();
      await(() -> before.pushed.equals(List.of(true)));
      server.close();
      await(() -> before.ended == Status.Code.OK);
      figures.requests = 0;
      await(() -> startedAgain(port));
      PlayedKeda.Stream after = keda.stream();
      await(() -> after.pushed.equals(List.of(false)));
      assertThat(keda.poll("s0-requests_per_second").active()).isFalse();
    }
  }

  /** False if somebody else has the port for a moment: a connection's own end may be there. */
  private boolean startedAgain(int port) {
    service = new ScalerService(figures, now::get);
    server = server(service, port);
    try {
      server.start();
      return true;
    } catch (IOException taken) {
      server.close();
      return false;
    }
  }

  @Test
  @DisplayName("R8.2 StreamMetricSpec is UNIMPLEMENTED, upon which KEDA goes on asking GetMetricSpec")
  void specificationStream() {
    try (PlayedKeda keda = new PlayedKeda(server.port(), 0, REQUESTS)) {
      PlayedKeda.Stream stream = keda.specificationStream();
      await(() -> stream.ended == Status.Code.UNIMPLEMENTED);
    }
  }

  @Test
  @DisplayName("R8.2 streams are bounded: one more is refused, and a place is free again when one was let go")
  void streamsAreBounded() {
    PlayedKeda[] many = new PlayedKeda[3];
    for (int i = 0; i < many.length; i++) {
      many[i] = new PlayedKeda(server.port(), 0, REQUESTS);
    }
    try {
      for (int i = 0; i < ScalerService.MOST_STREAMS; i++) {
        many[i / 100].stream();
      }
      await(() -> service.streams() == ScalerService.MOST_STREAMS);
      PlayedKeda.Stream refused = many[2].stream();
      await(() -> refused.ended == Status.Code.RESOURCE_EXHAUSTED);
      many[0].close();
      await(() -> service.streams() == ScalerService.MOST_STREAMS - 100);
      PlayedKeda.Stream taken = many[2].stream();
      await(() -> taken.pushed.size() == 1);
    } finally {
      for (PlayedKeda keda : many) {
        keda.close();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"metric,cpu,metadata.metric", "target,many,metadata.target", "target,0,metadata.target", "target,-1,metadata.target",
      "target,NaN,metadata.target", "target,Infinity,metadata.target", "activation,x,metadata.activation", "quantile,0.99,metadata.quantile", "instances,0,metadata.instances", "instances,2.5,metadata.instances", "steady,7200,metadata.steady",
      "threshold,5,metadata.threshold", "targetFromEnv,1,metadata.target"})
  @DisplayName("R8.3 a trigger that says nonsense is INVALID_ARGUMENT, which names the key and repeats no value")
  void badMetadata(String key, String value, String named) {
    Map<String, String> metadata = new HashMap<>(REQUESTS);
    if (value == null) {
      metadata.remove(key);
    } else {
      metadata.put(key, value);
    }
    try (PlayedKeda keda = new PlayedKeda(server.port(), 0, metadata)) {
      assertThatThrownBy(keda::specification).isInstanceOfSatisfying(StatusRuntimeException.class, refused -> {
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(refused.getStatus().getDescription()).contains(named);
      });
      assertThatThrownBy(() -> keda.poll("s0-requests_per_second")).hasMessageContaining("INVALID_ARGUMENT");
      PlayedKeda.Stream stream = keda.stream();
      await(() -> stream.ended == Status.Code.INVALID_ARGUMENT);
    }
  }

  @Test
  @DisplayName("R8.3 a metric that is not offered is INVALID_ARGUMENT; KEDA's prefix may stay on; a value may come from the environment; without metadata there are defaults")
  void names() {
    figures.queue = 4;
    Map<String, String> metadata = Map.of("metric", "queue_depth", "targetFromEnv", "20", "enableTLS", "false");
    try (PlayedKeda keda = new PlayedKeda(server.port(), 12, metadata)) {
      assertThat(keda.specification()).isEqualTo(Map.entry("s12-queue_depth", 20.0));
      assertThat(keda.poll("s12-s12-queue_depth").value()).isEqualTo(4);
      assertThat(keda.poll("s12-saturation").value()).as("whatever is offered may be asked for").isZero();
      assertThatThrownBy(() -> keda.poll("s12-cpu")).hasMessageContaining("INVALID_ARGUMENT").hasMessageContaining("metricName");
      assertThatThrownBy(() -> keda.poll("s12-")).hasMessageContaining("INVALID_ARGUMENT");
    }
    try (PlayedKeda keda = new PlayedKeda(server.port(), 0, Map.of())) {
      assertThat(keda.specification()).isEqualTo(Map.entry("s0-requests_per_second", 500.0));
    }
    try (PlayedKeda keda = new PlayedKeda(server.port(), 0, Map.of("metric", "saturation"))) {
      assertThat(keda.specification()).isEqualTo(Map.entry("s0-saturation", 0.8));
    }
  }

  @Test
  @DisplayName("R8.3 an instance answers for all that share the traffic, where the trigger says how many; how full limits are is not multiplied")
  void instances() {
    figures.requests = 100;
    figures.saturation = 0.5;
    try (PlayedKeda keda = new PlayedKeda(server.port(), 0, Map.of("metric", "requests_per_second", "target", "5", "instances", "3", "activation", "250"));
        PlayedKeda full = new PlayedKeda(server.port(), 1, Map.of("metric", "saturation", "target", "0.7", "instances", "3"))) {
      assertThat(keda.poll("s0-requests_per_second")).isEqualTo(new Polled(300, 300, true));
      assertThat(full.poll("s1-saturation").value()).isEqualTo(0.5);
    }
  }

  @Test
  @DisplayName("R8.4 steady: what is reported goes up at once, down after ten minutes, and not up again for as long unless the load is far above")
  void steady() {
    Map<String, String> metadata = Map.of("metric", "requests_per_second", "target", "500", "steady", "600");
    try (PlayedKeda keda = new PlayedKeda(server.port(), 0, metadata)) {
      figures.requests = 1400;
      assertThat(replicas(keda)).isEqualTo(3);
      figures.requests = 1640;
      assertThat(replicas(keda)).as("within a tenth").isEqualTo(3);
      figures.requests = 2600;
      assertThat(replicas(keda)).isEqualTo(6);
      figures.requests = 900;
      after(590);
      assertThat(replicas(keda)).isEqualTo(6);
      after(590);
      assertThat(replicas(keda)).as("nobody wanted more for ten minutes, but they began to be fewer only now").isEqualTo(6);
      after(20);
      assertThat(replicas(keda)).isEqualTo(2);
      figures.requests = 1300;
      after(300);
      assertThat(replicas(keda)).as("not back at once").isEqualTo(2);
      figures.requests = 1501;
      assertThat(replicas(keda)).as("far above").isEqualTo(4);
      figures.requests = 1200;
      after(1300);
      replicas(keda);
      after(600);
      assertThat(replicas(keda)).isEqualTo(3);
      figures.requests = 1700;
      after(931);
      assertThat(replicas(keda)).isEqualTo(4);
    }
  }

  private void after(int seconds) {
    now.addAndGet(seconds * 1_000_000_000L);
  }

  private static int replicas(PlayedKeda keda) {
    return (int) Math.ceil(keda.poll("s0-requests_per_second").value() / 500);
  }

  /** Within twenty seconds. */
  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(end);
      LockSupport.parkNanos(1_000_000);
    }
  }
}
