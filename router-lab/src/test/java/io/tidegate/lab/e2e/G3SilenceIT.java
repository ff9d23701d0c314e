package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.tidegate.lab.emulator.Canary;
import io.tidegate.lab.emulator.Emulator;
import io.tidegate.lab.emulator.RawSocket;
import io.tidegate.lab.fault.Fault;
import io.tidegate.lab.fault.Faults;
import io.tidegate.lab.fault.StreamFaults;
import io.tidegate.v1.ChatRequest;
import io.tidegate.v1.ChatResponse;
import io.tidegate.v1.ClassifyRequest;
import io.tidegate.v1.Message;
import io.tidegate.v1.RouterServiceGrpc;
import io.tidegate.v1.RouterServiceGrpc.RouterServiceBlockingStub;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Canaries in every part of a request, good and malformed, over both doors, and in what upstreams answer; then a search for them, in some thirty
 * spellings, in the log at DEBUG, standard output, metrics, status, the audit segments' raw bytes and everything callers were told in errors.
 */
class G3SilenceIT {
  private static final List<Fault> ECHOES = List.of(Faults.errorThatEchoes(400), Faults.errorThatEchoes(401), Faults.errorThatEchoes(404), Faults.errorThatEchoes(413),
      Faults.errorThatEchoes(422), Faults.errorThatEchoes(429), Faults.errorThatEchoes(500), Faults.errorThatEchoes(503), Faults.errorThatEchoes(200));

  private final SplittableRandom random = new SplittableRandom(31);
  private final List<String> canaries = new ArrayList<>();
  /** What each canary was, for messages: the canary itself must not be in a report either. */
  private final List<String> places = new ArrayList<>();
  /** What callers were told when there was no answer. */
  private final List<byte[]> errors = new ArrayList<>();
  @TempDir private Path folder;
  private LogCapture log;
  private TestBed bed;
  private ManagedChannel channel;
  private RouterServiceBlockingStub grpc;

  @BeforeEach
  void start() {
    log = new LogCapture();
    bed = TestBed.builder().section("telemetry", "{logLevel: debug}").section("timeouts", "{drain: 1s, idle: 500ms}")
        .section("jobs", "{directory: '" + folder.resolve("jobs") + "'}").section("health", "{interval: 60s, ejectAfter: 100, eject: 100ms, maxEject: 100ms, accountPause: 1s}").start();
    channel = ManagedChannelBuilder.forAddress("127.0.0.1", bed.daemon.grpcPort()).usePlaintext().disableRetry().build();
    grpc = RouterServiceGrpc.newBlockingStub(channel);
  }

  @AfterEach
  void stop() throws InterruptedException {
    channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    bed.close();
    log.close();
  }

  @Test
  @DisplayName("G3 B1 what was in requests and answers is in no log, metric, status, audit segment or error")
  void silence() throws Exception {
    goodRequests();
    jobs();
    malformedHttp();
    malformedGrpc();
    echoingUpstreams();
    answers();
    assertThat(canaries).hasSizeGreaterThan(70);
    assertThat(errors).hasSizeGreaterThan(60);

    assertSilent("the log at DEBUG", List.of(log.events()));
    assertSilent("standard output", List.of(log.output()));
    assertSilent("metrics and status", List.of(utf8(bed.admin("/metrics")), utf8(bed.admin("/admin/status")), utf8(bed.daemon.status())));
    bed.daemon.close();
    assertSilent("the log of the stop", List.of(log.events(), log.output()));
    assertAuditSilent();
  }

  private void assertAuditSilent() throws IOException {
    List<byte[]> segments = new ArrayList<>();
    try (Stream<Path> files = Files.walk(bed.directory.resolve("audit"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        segments.add(Files.readAllBytes(file));
      }
    }
    assertThat(segments).as("audit segments").isNotEmpty();
    assertSilent("the audit segments", segments);
  }

  private void assertSilent(String where, List<byte[]> texts) {
    assertThat(texts.stream().mapToInt(text -> text.length).sum()).as(where + " has something to search").isPositive();
    assertThat(Canary.searchIn(texts, canaries).stream().map(seen -> places.get(seen.index())).distinct().toList()).as(where).isEmpty();
  }

  private String canary(String place) {
    StringBuilder word = new StringBuilder("qzv");
    for (int i = 0; i < 14; i++) {
      word.append((char) ('a' + random.nextInt(26)));
    }
    canaries.add(word.toString());
    places.add(place);
    return word.toString();
  }

  /** A patient's record with a canary; its identity number is one as well. */
  private String record(String place) {
    String id = Samples.cnId(random);
    canaries.add(id);
    places.add(place + ": identity number");
    return "患者" + canary(place) + "，身份证号 " + id + "，诊断为2型糖尿病。";
  }

  /** Good lines and bad, a good form and a broken one; in a job's own files the text may stand, and nowhere else. */
  private void jobs() throws Exception {
    JobClient client = new JobClient(bed.daemon.httpPort(), java.net.http.HttpClient.Version.HTTP_1_1);
    String batch = client.submit(JobClient.line(canary("custom id"), "auto", record("line of a job")) + JobClient.line("wrong", canary("model of a line"), canary("line of a job")));
    assertThat(client.over(batch, java.time.Duration.ofSeconds(30)).get("request_counts").get("completed").asInt()).isEqualTo(1);
    String failed = client.submit("{\"" + canary("key of a line") + "\":\"" + canary("bad line"));
    errors.add(client.over(failed, java.time.Duration.ofSeconds(30)).toString().getBytes(StandardCharsets.UTF_8));
    errors.add(client.upload(canary("purpose"), canary("refused file").getBytes(StandardCharsets.UTF_8)).bytes());
    errors.add(client.post("/v1/batches", "{\"" + canary("field of a batch") + "\":1}").bytes());
    errors.add(client.post("/v1/batches", "{\"input_file_id\":\"" + canary("file id") + "\",\"endpoint\":\"" + canary("endpoint") + "\"}").bytes());
    errors.add(client.get("/v1/files?" + canary("query") + "=" + canary("its value")).bytes());
    errors.add(client.get("/v1/files/" + canary("path")).bytes());
  }

  private void goodRequests() {
    for (boolean stream : new boolean[] {false, true}) {
      assertThat(bed.chat("auto", "Tell me about " + canary("harmless prompt"), stream).statusCode()).isEqualTo(200);
      assertThat(bed.chat("auto", record("restricted prompt"), stream).statusCode()).isEqualTo(200);
    }
    String parts = "{\"model\":\"auto\",\"" + canary("unknown field") + "\":\"" + canary("its value") + "\",\"user\":\"" + canary("user")
        + "\",\"messages\":[{\"role\":\"system\",\"name\":\"" + canary("name") + "\",\"content\":[{\"type\":\"text\",\"text\":\"" + canary("part") + "\"}]},"
        + "{\"role\":\"user\",\"content\":\"hi\"}],\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"" + canary("tool") + "\",\"parameters\":{\"type\":\"object\"}}}]}";
    assertThat(bed.post("/v1/chat/completions", parts, "user-agent", canary("user agent"), "x-custom", canary("header"), "authorization", "Bearer " + canary("key"))
        .statusCode()).isEqualTo(200);
    assertThat(bed.post("/v1/completions", "{\"model\":\"auto\",\"prompt\":\"" + canary("completion prompt") + "\"}").statusCode()).isEqualTo(200);
    assertThat(bed.post("/v1/embeddings", "{\"model\":\"auto\",\"input\":\"" + canary("embedded text") + "\"}").statusCode()).isEqualTo(200);
    assertThat(grpc.chat(chat(record("restricted prompt over gRPC"))).getChoicesCount()).isEqualTo(1);
    grpc.chatStream(chat("Tell me about " + canary("harmless prompt over gRPC"))).forEachRemaining(message -> { });
    errors.add(grpc.classify(ClassifyRequest.newBuilder().setChat(chat(record("classified prompt"))).build()).toByteArray());
  }

  private void malformedHttp() {
    refused("/v1/chat/completions", "{\"model\":\"" + canary("unknown model") + "\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}");
    refused("/v1/chat/completions", "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"" + canary("text cut short"));
    refused("/v1/chat/completions", "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"" + canary("text before rubbish") + "\"}]}" + canary("rubbish"));
    String twice = canary("key given twice");
    refused("/v1/chat/completions", "{\"model\":\"auto\",\"messages\":[],\"" + twice + "\":1,\"" + twice + "\":2}");
    refused("/v1/chat/completions", "{\"model\":\"auto\",\"messages\":\"" + canary("wrong type") + "\"}");
    refused("/v1/chat/completions", "{\"model\":\"auto\",\"messages\":[{\"role\":\"" + canary("role") + "\",\"content\":{\"a\":\"" + canary("odd content") + "\"}}],\"stream\":\""
        + canary("stream flag") + "\"}");
    refused("/v1/chat/completions", "{\"model\":\"auto\",\"messages\":[],\"chat_template\":\"" + canary("refused field") + "\"}");
    refused("/v1/chat/completions", "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"https://" + canary("remote image")
        + ".example/x.png\"}}]}]}");
    refused("/v1/embeddings", "{\"model\":\"auto\",\"messages\":[{\"content\":\"" + canary("wrong call") + "\"}]}");
    refused("/v1/" + canary("path"), "{}");
    refused("/v1/chat/completions?" + canary("query") + "=" + canary("query value"), "{");
    told(bed.post("/v1/chat/completions", TestBed.body("auto", canary("declared nonsense"), false), "x-tidegate-sensitivity", canary("declared sensitivity")));
    told(bed.post("/v1/chat/completions", TestBed.body("auto", canary("nonsense class"), false), "x-tidegate-latency-class", canary("latency class")));
    raw("POST /v1/chat/completions HTTP/1.1\r\nHost: " + canary("host") + ".example\r\nContent-Length: 2\r\n\r\n{}");
    raw("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nX-" + canary("header name") + " : " + canary("bad header") + "\r\nContent-Length: 2\r\n\r\n{}");
    raw("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + canary("length") + "\r\n\r\n");
    raw("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" + canary("chunk size") + "\r\n");
    raw(canary("method") + " /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n\r\n");
    raw("GET /" + canary("version") + " HTTP/9." + canary("version number") + "\r\n\r\n");
    raw("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Encoding: " + canary("encoding") + "\r\nContent-Type: text/" + canary("content type")
        + "\r\nContent-Length: 2\r\n\r\n{}");
    raw("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + canary("bytes for HTTP/2 frames"));
  }

  private void malformedGrpc() {
    refused(() -> grpc.chat(ChatRequest.newBuilder().setModel(canary("unknown model over gRPC")).addMessages(Message.newBuilder().setRole("user").setContent("x")).build()));
    refused(() -> grpc.chat(chat("x").toBuilder().setExtra(Struct.newBuilder().putFields("model", text(canary("field given twice")))).build()));
    refused(() -> grpc.chat(chat("x").toBuilder().setExtra(Struct.newBuilder().putFields("chat_template", text(canary("refused field over gRPC")))).build()));
    Metadata hints = new Metadata();
    hints.put(Metadata.Key.of("x-tidegate-sensitivity", Metadata.ASCII_STRING_MARSHALLER), canary("sensitivity over gRPC"));
    hints.put(Metadata.Key.of("x-" + canary("metadata name"), Metadata.ASCII_STRING_MARSHALLER), canary("metadata"));
    refused(() -> grpc.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(hints)).chat(chat(canary("prompt with bad metadata"))));
    // gRPC itself names an unknown method in its answer, so that answer is not searched; the log is.
    assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(channel, nowhere(canary("method over gRPC")), CallOptions.DEFAULT, chat(canary("prompt to nowhere"))))
        .isInstanceOf(StatusRuntimeException.class);
  }

  private static MethodDescriptor<ChatRequest, ChatResponse> nowhere(String name) {
    return MethodDescriptor.<ChatRequest, ChatResponse>newBuilder().setType(MethodDescriptor.MethodType.UNARY).setFullMethodName("tidegate.v1.RouterService/" + name)
        .setRequestMarshaller(ProtoUtils.marshaller(ChatRequest.getDefaultInstance())).setResponseMarshaller(ProtoUtils.marshaller(ChatResponse.getDefaultInstance())).build();
  }

  private static Value text(String value) {
    return Value.newBuilder().setStringValue(value).build();
  }

  /** An upstream that fails says the whole prompt back. */
  private void echoingUpstreams() {
    List<Fault> faults = new ArrayList<>(ECHOES);
    faults.add(StreamFaults.failInStream(2));
    faults.add(Faults.html());
    for (Fault fault : faults) {
      for (Emulator emulator : List.of(bed.privateA, bed.privateB, bed.publicOne)) {
        emulator.always(fault);
      }
      told(bed.chat("auto", record("restricted, " + fault), false));
      told(bed.chat("auto", record("restricted stream, " + fault), true));
      told(bed.chat("auto", canary("harmless, " + fault), false));
      refused(() -> grpc.chat(chat(record("restricted over gRPC, " + fault))));
      refused(() -> grpc.chatStream(chat(canary("harmless stream over gRPC, " + fault))).forEachRemaining(message -> { }));
    }
    for (Emulator emulator : List.of(bed.privateA, bed.privateB, bed.publicOne)) {
      emulator.clearFaults();
    }
  }

  /** Text of answers, whole and broken, is as silent. The caller gets it, of course, so those answers are not searched. */
  private void answers() throws IOException {
    // Closed accounts must not hide the rest.
    GrpcClientIT.await("the accounts are open again", () -> bed.chat("auto", "Hello again.", false, "cache-control", "no-store").statusCode() == 200
        && bed.chat("auto", "Hello again.", false, "x-tidegate-sensitivity", "restricted").statusCode() == 200);
    String said = canary("answer");
    always(Faults.status(200, "application/json", "{\"id\":\"" + canary("answer's id") + "\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"" + canary("answer's model")
        + "\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"" + said + "\"},\"finish_reason\":\"stop\"}]}"));
    assertThat(bed.chat("auto", "Say something.", false).body()).contains(said);
    assertSilent("errors and classifications", errors);
    always(Faults.status(200, "application/json", "{\"choices\":[{\"index\":0,\"message\":{\"content\":\"" + canary("half an answer")));
    told(bed.chat("auto", "Say something else.", false));
    always(Faults.status(200, "text/event-stream", "data: {\"" + canary("half an event") + "\ndata: " + canary("broken event") + "\n\n"));
    told(bed.chat("auto", "Say something as a stream.", true));
    always(Faults.status(200, "text/" + canary("answer's type"), canary("odd answer")));
    told(bed.chat("auto", "Say something odd.", false));
    always(Faults.status(503, "application/json", canary("error that is no JSON")));
    told(bed.chat("auto", "Say nothing.", false));
    assertSilent("errors", errors);
  }

  private void always(Fault fault) {
    bed.privateA.always(fault);
    bed.privateB.always(fault);
    bed.publicOne.always(fault);
  }

  private static ChatRequest chat(String text) {
    return ChatRequest.newBuilder().setModel("auto").setTemperature(0).addMessages(Message.newBuilder().setRole("user").setContent(text)).build();
  }

  private void refused(String path, String body) {
    HttpResponse<String> answer = bed.post(path, body);
    assertThat(answer.statusCode()).isGreaterThanOrEqualTo(400);
    told(answer);
  }

  private void told(HttpResponse<String> answer) {
    errors.add(utf8(answer.headers().map() + "\n" + answer.body()));
  }

  private void refused(Runnable call) {
    try {
      call.run();
    } catch (StatusRuntimeException refused) {
      errors.add(utf8(refused.getStatus() + " " + refused.getTrailers()));
    }
  }

  private void raw(String bytes) {
    try (RawSocket socket = new RawSocket(bed.daemon.httpPort())) {
      socket.write(bytes).readToEnd(2_000);
      errors.add(socket.bytes());
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
