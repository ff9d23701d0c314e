package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.rpc.ErrorInfo;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.OpenAIException;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;
import io.tidegate.lab.emulator.Emulator;
import io.tidegate.lab.fault.ConnectionFaults;
import io.tidegate.lab.fault.Fault;
import io.tidegate.lab.fault.Faults;
import io.tidegate.lab.fault.StreamFaults;
import io.tidegate.lab.tls.SelfMadeCertificate;
import io.tidegate.v1.ChatRequest;
import io.tidegate.v1.ChatStreamResponse;
import io.tidegate.v1.Message;
import io.tidegate.v1.RouterServiceGrpc;
import io.tidegate.v1.RouterServiceGrpc.RouterServiceBlockingStub;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Failover that fires, user demand by user demand: what becomes of a request whose private endpoints both fail so, over HTTP, gRPC and with the real
 * openai-java and (a handful) openai-python, streamed or not, how many attempts it took, and whether it was told at once, after a wait of ours, or after an upstream's time-out.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FailoverTableIT {
  private static final Metadata.Key<String> SENSITIVITY = Metadata.Key.of("x-tidegate-sensitivity", Metadata.ASCII_STRING_MARSHALLER);
  /** Over HTTP, over gRPC, and what the SDK raised. */
  private static final String CLOSED = "503 no_permitted_upstream | UNAVAILABLE NO_PERMITTED_UPSTREAM | InternalServerException";
  private static final String LIMITED = "429 rate_limited | RESOURCE_EXHAUSTED RATE_LIMITED | RateLimitException";
  private static final String FAILED = "502 upstream_failed | UNAVAILABLE UPSTREAM_FAILED | InternalServerException";
  private static final String BUSY = "429 busy | RESOURCE_EXHAUSTED BUSY | RateLimitException";
  private static final String SLOW = "504 first_token_timeout | DEADLINE_EXCEEDED FIRST_TOKEN_TIMEOUT | InternalServerException";
  private static final String CUT = "200 upstream_incomplete | UNAVAILABLE UPSTREAM_INCOMPLETE after content | SseException after content";
  /** What openai-python raises, of rows that it is asked, too. */
  private static final Map<String, String> PYTHON = Map.of("refused", "InternalServerError 503 no_permitted_upstream", "429", "RateLimitError 429 rate_limited",
      "500", "InternalServerError 502 upstream_failed", "reset before headers", "InternalServerError 502 upstream_failed",
      "stall", "APIError 200 upstream_incomplete after content");
  private static final String PROMPT = "Tell a short story.";
  private static final Duration TOTAL = Duration.ofSeconds(4);
  private static final Duration FIRST_TOKEN = Duration.ofMillis(1500);
  /** Its connections are lost with each attempt: there must be time for their handshakes. */
  private static final Duration FIRST_TOKEN_OVER_HTTP2 = Duration.ofSeconds(3);
  private static final Duration WAIT = Duration.ofMillis(400);
  private static final int TRIES = 3;

  private Way plain;
  private Way http2;
  private Python python;

  /** The openai package of PyPI, unchanged; {@code script/test} installs it under target/clients. */
  private record Python(Process process, BufferedReader says, Writer hears) implements AutoCloseable {
    static Python to(TestBed bed) throws IOException {
      Path installed = TestBed.root().resolve("router-lab/target/clients/python/bin/python");
      assertThat(installed).as("installed by script/test").exists();
      Process process = new ProcessBuilder(installed.toString(), TestBed.root().resolve("router-lab/src/test/clients/python/raised_openai.py").toString(),
          bed.uri("/v1").toString()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      Python python = new Python(process, process.inputReader(StandardCharsets.UTF_8), process.outputWriter(StandardCharsets.UTF_8));
      assertThat(python.says.readLine()).isEqualTo("ready");
      return python;
    }

    String raised(boolean stream) {
      try {
        hears.write(stream ? "stream\n" : "whole\n");
        hears.flush();
        return String.valueOf(says.readLine());
      } catch (IOException broken) {
        throw new UncheckedIOException(broken);
      }
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  /** One bed and its clients. */
  private record Way(TestBed bed, OpenAIClient sdk, ManagedChannel channel, RouterServiceBlockingStub grpc) implements AutoCloseable {
    static Way to(TestBed bed) {
      OpenAIClient sdk = OpenAIOkHttpClient.builder().baseUrl(bed.uri("/v1").toString()).apiKey("unused").maxRetries(0).timeout(Duration.ofSeconds(20)).build();
      ManagedChannel channel = ManagedChannelBuilder.forAddress("127.0.0.1", bed.daemon.grpcPort()).usePlaintext().disableRetry().build();
      Metadata headers = new Metadata();
      headers.put(SENSITIVITY, "restricted");
      return new Way(bed, sdk, channel, RouterServiceGrpc.newBlockingStub(channel).withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers)));
    }

    @Override
    public void close() {
      sdk.close();
      channel.shutdownNow();
      bed.close();
    }
  }

  /** How long it took at the least, and ten times of what is usual: a loaded machine must not change it. */
  enum Took {
    AT_ONCE(0, 4_000), A_WAIT(400, 30_000), A_TIMEOUT(650, 50_000);

    private final long leastMillis;
    private final long mostMillis;

    Took(long leastMillis, long mostMillis) {
      this.leastMillis = leastMillis;
      this.mostMillis = mostMillis;
    }
  }

  /**
   * @param fault null for endpoints that refuse connections
   * @param outcome over HTTP, over gRPC, and what the SDK raised
   * @param attempts over each of the three
   * @param took told at once, after a wait of ours, or after an upstream's time was up
   */
  record Row(String name, @Nullable Fault fault, boolean stream, boolean overHttp2, String outcome, int attempts, Took took) {
    @Override
    public String toString() {
      return name + (stream ? ", stream" : "");
    }
  }

  static Stream<Row> rows() {
    return Stream.of(
        new Row("refused", null, false, false, CLOSED, 3, Took.A_WAIT),
        new Row("refused", null, true, false, CLOSED, 3, Took.A_WAIT),
        new Row("429", Faults.rateLimited(), false, false, LIMITED, 1, Took.AT_ONCE),
        new Row("429", Faults.rateLimited(), true, false, LIMITED, 1, Took.AT_ONCE),
        new Row("402", Faults.paymentRequired(), false, false, CLOSED, 1, Took.AT_ONCE),
        new Row("402", Faults.paymentRequired(), true, false, CLOSED, 1, Took.AT_ONCE),
        new Row("500", Faults.serverError(), false, false, FAILED, 3, Took.A_WAIT),
        new Row("500", Faults.serverError(), true, false, FAILED, 3, Took.A_WAIT),
        new Row("502", Faults.status(502, "text/html", "<html>"), false, false, FAILED, 3, Took.A_WAIT),
        new Row("502", Faults.status(502, "text/html", "<html>"), true, false, FAILED, 3, Took.A_WAIT),
        new Row("503", Faults.busy(), false, false, BUSY, 3, Took.A_WAIT),
        new Row("503", Faults.busy(), true, false, BUSY, 3, Took.A_WAIT),
        new Row("504", Faults.status(504, "application/json", "{}"), false, false, FAILED, 3, Took.A_WAIT),
        new Row("504", Faults.status(504, "application/json", "{}"), true, false, FAILED, 3, Took.A_WAIT),
        new Row("reset before headers", ConnectionFaults.resetBeforeHead(), false, false, FAILED, 3, Took.A_WAIT),
        new Row("reset before headers", ConnectionFaults.resetBeforeHead(), true, false, FAILED, 3, Took.A_WAIT),
        new Row("reset after headers", ConnectionFaults.resetAfterHead(), false, false, FAILED, 3, Took.A_WAIT),
        new Row("reset after headers", ConnectionFaults.resetAfterHead(), true, false, FAILED, 3, Took.A_WAIT),
        new Row("reset after content", ConnectionFaults.resetAfter(3), true, false, CUT, 1, Took.AT_ONCE),
        new Row("no first token", StreamFaults.slowHead(Duration.ofSeconds(9)), false, false, SLOW, 2, Took.A_TIMEOUT),
        new Row("no first token", StreamFaults.slowHead(Duration.ofSeconds(9)), true, false, SLOW, 2, Took.A_TIMEOUT),
        new Row("stall", StreamFaults.stall(3), true, false, CUT, 1, Took.A_TIMEOUT),
        new Row("empty 200", Faults.status(200, "application/json", ""), false, false, FAILED, 2, Took.AT_ONCE),
        new Row("empty 200", Faults.status(200, "text/event-stream", ""), true, false, FAILED, 3, Took.A_WAIT),
        new Row("blank JSON", Faults.blankContent(), false, false, FAILED, 2, Took.AT_ONCE),
        new Row("error inside 200", Faults.errorInOk(), false, false, FAILED, 2, Took.AT_ONCE),
        new Row("error inside 200", StreamFaults.failInStream(0), true, false, FAILED, 3, Took.A_WAIT),
        new Row("GOAWAY before it", ConnectionFaults.goAwayBeforeUs(), false, true, FAILED, 4, Took.A_WAIT),
        new Row("GOAWAY before it", ConnectionFaults.goAwayBeforeUs(), true, true, FAILED, 4, Took.A_WAIT),
        new Row("refused stream", ConnectionFaults.refusedStream(), false, true, FAILED, 4, Took.A_WAIT),
        new Row("refused stream", ConnectionFaults.refusedStream(), true, true, FAILED, 4, Took.A_WAIT));
  }

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    plain = Way.to(builder(FIRST_TOKEN).privateMore(", connectTimeout: 800ms").publicMore(", connectTimeout: 800ms").start());
    SelfMadeCertificate certificate = SelfMadeCertificate.forLoopback();
    String ca = Files.writeString(folder.resolve("ca.pem"), "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(certificate.certificate().getEncoded()) + "\n-----END CERTIFICATE-----\n").toString();
    String tls = ", connectTimeout: 800ms, tls: {ca: '" + ca + "'}";
    python = Python.to(plain.bed);
    http2 = Way.to(builder(FIRST_TOKEN_OVER_HTTP2).emulators(settings -> settings.tls(certificate)).privateMore(tls).publicMore(tls).start());
  }

  private static TestBed.Builder builder(Duration longest) {
    String firstToken = longest.toMillis() + "ms";
    return TestBed.builder().section("timeouts", "{drain: 1s, total: " + TOTAL.toMillis() + "ms, batchTotal: " + TOTAL.toMillis()
        + "ms, idle: 700ms, firstToken: {interactive: " + firstToken + ", standard: " + firstToken + ", batch: " + firstToken + "}}")
        .section("health", "{interval: 60s, ejectAfter: 100, eject: 100ms, maxEject: 100ms, accountPause: 1s}")
        .section("attempts", "{max: 3, backoff: exponential, wait: " + WAIT.toMillis() + "ms}");
  }

  @AfterAll
  void stop() {
    python.close();
    plain.close();
    http2.close();
  }

  @ParameterizedTest(name = "R1.2 both endpoints: {0}")
  @MethodSource("rows")
  void whatTheCallerGets(Row row) {
    Way way = row.overHttp2 ? http2 : plain;
    List<Long> millis = new ArrayList<>();
    String http = measured(way, row, millis, () -> overHttp(way, row.stream));
    String grpc = measured(way, row, millis, () -> overGrpc(way, row.stream));
    String sdk = measured(way, row, millis, () -> overSdk(way, row.stream));
    assertThat(http + " | " + grpc + " | " + sdk).isEqualTo(row.outcome);
    String inPython = PYTHON.get(row.name);
    if (inPython != null) {
      assertThat(measured(way, row, millis, () -> python.raised(row.stream))).as("openai-python").isEqualTo(inPython);
    }
    assertThat(millis).as("milliseconds").allMatch(each -> each >= row.took.leastMillis);
    assertThat(Collections.min(millis)).as("milliseconds of the fastest").isLessThan(row.took.mostMillis);
    assertThat(way.bed.publicOne.received().requestBytes()).as("G1").isZero();
  }

  /**
   * The outcome, after it was seen that it took as many attempts as the row says. A call that was hindered says just that: the machine stood still, and
   * the call is made again.
   */
  private static String measured(Way way, Row row, List<Long> millis, Supplier<String> call) {
    for (int tries = 1; ; tries++) {
      strike(way.bed, row.fault);
      try {
        double before = attempts(way.bed);
        long begun = System.nanoTime();
        String outcome = call.get();
        long took = (System.nanoTime() - begun) / 1_000_000;
        if (took < hinderedMillis(row) || tries == TRIES) {
          millis.add(took);
          assertThat(attempts(way.bed) - before).as("attempts: %s after %d ms", outcome, took).isEqualTo(row.attempts);
          return outcome;
        }
      } finally {
        heal(way, row);
      }
    }
  }

  /** From then on too little of a request's time is left for what is due: a wait has to end within the time for a first token. */
  private static long hinderedMillis(Row row) {
    return (row.took == Took.A_WAIT ? (row.overHttp2 ? FIRST_TOKEN_OVER_HTTP2 : FIRST_TOKEN).minus(WAIT) : TOTAL).toMillis();
  }

  private static double attempts(TestBed bed) {
    return bed.metric("tidegate_attempts_total", "upstream=\"private\"");
  }

  private static void strike(TestBed bed, @Nullable Fault fault) {
    for (Emulator each : List.of(bed.privateA, bed.privateB)) {
      if (fault == null) {
        each.refuseConnections();
      } else {
        each.always(fault);
      }
    }
  }

  /** Cooling, ejection and a closed account must not reach into the next call. */
  private static void heal(Way way, Row row) {
    for (Emulator each : List.of(way.bed.privateA, way.bed.privateB)) {
      each.clearFaults();
      if (row.fault == null) {
        each.acceptConnections();
      }
    }
    GrpcClientIT.await("the private side answers again, all of it", () -> overHttp(way, false).equals("200 whole")
        && healthy(way.bed));
  }

  private static boolean healthy(TestBed bed) {
    String status = bed.daemon.status();
    return !status.contains("EJECTED") && !status.contains("PROBING");
  }

  private static String overHttp(Way way, boolean stream) {
    HttpResponse<String> answer = way.bed.post("/v1/chat/completions",
        TestBed.body("auto", PROMPT, stream).replaceFirst("\\{", "{\"response_format\":{\"type\":\"json_object\"},"), "x-tidegate-sensitivity", "restricted");
    String body = answer.body();
    int code = body.indexOf("\"code\":\"");
    String why = code < 0 ? body.contains("[DONE]") || body.contains("\"finish_reason\":\"stop\"") ? "whole" : "cut"
        : body.substring(code + 8, body.indexOf('"', code + 8));
    return answer.statusCode() + " " + why;
  }

  private static String overGrpc(Way way, boolean stream) {
    ChatRequest request = ChatRequest.newBuilder().setModel("auto").setTemperature(0).addMessages(Message.newBuilder().setRole("user").setContent(PROMPT))
        .setResponseFormat(Struct.newBuilder().putFields("type", Value.newBuilder().setStringValue("json_object").build())).build();
    int seen = 0;
    try {
      RouterServiceBlockingStub stub = way.grpc.withDeadlineAfter(20, TimeUnit.SECONDS);
      if (!stream) {
        stub.chat(request);
      } else {
        for (Iterator<ChatStreamResponse> events = stub.chatStream(request); events.hasNext(); events.next()) {
          seen++;
        }
      }
      return "OK";
    } catch (StatusRuntimeException e) {
      String reason = StatusProto.fromThrowable(e).getDetailsList().stream().filter(any -> any.is(ErrorInfo.class)).map(any -> {
        try {
          return any.unpack(ErrorInfo.class).getReason();
        } catch (com.google.protobuf.InvalidProtocolBufferException broken) {
          throw new IllegalStateException(broken);
        }
      }).findFirst().orElse("?");
      return e.getStatus().getCode() + " " + reason + (seen > 0 ? " after content" : "");
    }
  }

  private static String overSdk(Way way, boolean stream) {
    ChatCompletionCreateParams params = ChatCompletionCreateParams.builder().model("auto").addUserMessage(PROMPT).temperature(0)
        .putAdditionalBodyProperty("response_format", JsonValue.from(Map.of("type", "json_object")))
        .putAdditionalHeader("x-tidegate-sensitivity", "restricted").build();
    int seen = 0;
    try {
      if (!stream) {
        way.sdk.chat().completions().create(params);
      } else {
        try (StreamResponse<ChatCompletionChunk> chunks = way.sdk.chat().completions().createStreaming(params)) {
          for (Iterator<ChatCompletionChunk> all = chunks.stream().iterator(); all.hasNext(); all.next()) {
            seen++;
          }
        }
      }
      return "OK";
    } catch (OpenAIException e) {
      return e.getClass().getSimpleName() + (seen > 0 ? " after content" : "");
    }
  }
}
