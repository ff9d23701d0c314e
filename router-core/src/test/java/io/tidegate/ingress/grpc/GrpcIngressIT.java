package io.tidegate.ingress.grpc;

import static io.tidegate.ingress.grpc.GrpcRig.chat;
import static io.tidegate.ingress.grpc.GrpcRig.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.netty.buffer.ByteBuf;
import io.tidegate.ingress.Callers;
import io.tidegate.line.AnswerSink;
import io.tidegate.model.CacheDirective;
import io.tidegate.model.Caller;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Refusal;
import io.tidegate.model.Sensitivity;
import io.tidegate.v1.ChatRequest;
import io.tidegate.v1.ChatResponse;
import io.tidegate.v1.ChatStreamResponse;
import io.tidegate.v1.ClassifyRequest;
import io.tidegate.v1.ClassifyResponse;
import io.tidegate.v1.CompleteRequest;
import io.tidegate.v1.Destination;
import io.tidegate.v1.EmbedRequest;
import io.tidegate.v1.Hints;
import io.tidegate.v1.ModelsRequest;
import io.tidegate.v1.ModelsResponse;
import io.tidegate.v1.RouterServiceGrpc;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class GrpcIngressIT {
  private static final String CHUNK = "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%s\"}}]}\n\n";

  private final ConcurrentLinkedQueue<ByteBuf> buffers = new ConcurrentLinkedQueue<>();
  private @Nullable GrpcRig rig;

  private GrpcRig rig() throws IOException {
    return rig(GrpcConfig.DEFAULT, Callers.DEFAULT);
  }

  private GrpcRig rig(GrpcConfig config, Callers callers) throws IOException {
    GrpcRig made = new GrpcRig(config, callers);
    rig = made;
    return made;
  }

  @AfterEach
  void close() throws InterruptedException {
    GrpcRig used = rig;
    if (used != null) {
      GrpcRig.await("bytes in flight given back", () -> used.ingress.heldBytes() == 0);
      used.close();
    }
    assertThat(buffers).as("H6 buffers nobody released").allMatch(buffer -> buffer.refCnt() == 0);
  }

  private ByteBuf bytes(String text) {
    ByteBuf buffer = RecordingLine.bytes(text);
    buffers.add(buffer);
    return buffer;
  }

  private static String reason(Throwable error) {
    return StatusesTest.info(error).getReason();
  }

  private static RouterServiceGrpc.RouterServiceBlockingStub with(RouterServiceGrpc.RouterServiceBlockingStub stub, String... namesAndValues) {
    Metadata metadata = new Metadata();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      metadata.put(Metadata.Key.of(namesAndValues[i], Metadata.ASCII_STRING_MARSHALLER), namesAndValues[i + 1]);
    }
    return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
  }

  // Unary

  @Test
  @DisplayName("a chat reaches the line as the HTTP request would, and its answer says how it came about")
  void chatCall() throws Exception {
    GrpcRig rig = rig();
    rig.line.script = (request, sink, loop) -> sink.complete(RecordingLine.route(request.id()), bytes(RecordingLine.CHAT));
    ChatResponse answer = rig.blocking.chat(chat("hi"));
    assertThat(answer.getChoices(0).getMessage().getContent()).isEqualTo("hello");
    assertThat(answer.getRoute().getUpstream()).isEqualTo("home");
    assertThat(answer.getRoute().getDestination()).isEqualTo(Destination.DESTINATION_PRIVATE);
    assertThat(answer.getRoute().getRulesList()).containsExactly("floor", "harmless");
    assertThat(answer.hasUsage()).isFalse();
    ModelRequest request = rig.line.requests.get(0);
    assertThat(answer.getRoute().getRequestId()).isEqualTo(request.id());
    assertThat(request.operation()).isEqualTo(Operation.CHAT);
    assertThat(request.stream()).isFalse();
    assertThat(request.timeLeftNanos()).isZero();
    assertThat(StandardCharsets.UTF_8.decode(request.prompt().json().buffer()).toString())
        .isEqualTo("{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}");
  }

  @Test
  @DisplayName("completions and embeddings")
  void otherOperations() throws Exception {
    GrpcRig rig = rig();
    rig.line.script = (request, sink, loop) -> sink.complete(RecordingLine.route(request.id()), bytes(request.operation() == Operation.COMPLETION
        ? "{\"choices\":[{\"text\":\"t\"}]}" : "{\"data\":[{\"index\":0,\"embedding\":[1.5]}]}"));
    assertThat(rig.blocking.complete(CompleteRequest.newBuilder().setModel("auto").addPrompt("p").build()).getChoices(0).getText()).isEqualTo("t");
    assertThat(rig.blocking.embed(EmbedRequest.newBuilder().setModel("auto").addInput("p").build()).getEmbeddings(0).getValues(0)).isEqualTo(1.5f);
  }

  @Test
  @DisplayName("an error of the line is its status with reason and request id")
  void refusal() throws Exception {
    GrpcRig rig = rig();
    rig.line.script = (request, sink, loop) -> sink.refuse(new ErrorAnswer(Refusal.NO_PERMITTED_UPSTREAM, 503, "Try again later.", null, 2),
        RecordingLine.route(request.id()));
    StatusRuntimeException error = failure(() -> rig.blocking.chat(chat("hi")));
    assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(reason(error)).isEqualTo("NO_PERMITTED_UPSTREAM");
    assertThat(StatusesTest.info(error).getMetadataMap()).containsEntry("request_id", rig.line.requests.get(0).id());
  }

  @Test
  @DisplayName("F1 an answer that cannot be read is an upstream's failure")
  void unreadableAnswer() throws Exception {
    GrpcRig rig = rig();
    rig.line.script = (request, sink, loop) -> sink.complete(RecordingLine.route(request.id()), bytes("CANARY"));
    StatusRuntimeException error = failure(() -> rig.blocking.chat(chat("hi")));
    assertThat(reason(error)).isEqualTo("UPSTREAM_FAILED");
    assertThat(error.getMessage()).doesNotContain("CANARY");
  }

  // What callers may say

  @Test
  @DisplayName("A8 sensitivity of metadata and hints are joined; class and cache directive are taken")
  void hints() throws Exception {
    GrpcRig rig = rig();
    ChatRequest request = chat("hi").toBuilder().setHints(Hints.newBuilder().setSensitivity(io.tidegate.v1.Sensitivity.SENSITIVITY_INTERNAL)
        .setCache(io.tidegate.v1.CacheDirective.CACHE_DIRECTIVE_NO_STORE).setLatencyClass(io.tidegate.v1.LatencyClass.LATENCY_CLASS_BATCH)).build();
    with(rig.blocking, "x-tidegate-sensitivity", "confidential", "x-tidegate-latency-class", "interactive").chat(request);
    with(rig.blocking, "x-tidegate-latency-class", "interactive").chat(chat("hi"));
    assertThat(rig.line.requests).extracting(ModelRequest::declared).containsExactly(Sensitivity.CONFIDENTIAL, Sensitivity.PUBLIC);
    assertThat(rig.line.requests).extracting(ModelRequest::latencyWish).containsExactly(LatencyClass.BATCH, LatencyClass.INTERACTIVE);
    assertThat(rig.line.requests).extracting(ModelRequest::cacheDirective).containsExactly(CacheDirective.NO_STORE, CacheDirective.DEFAULT);
  }

  @Test
  @DisplayName("A6 a sensitivity of a newer protocol is the highest")
  void unknownEnum() throws Exception {
    GrpcRig rig = rig();
    rig.blocking.chat(chat("hi").toBuilder().setHints(Hints.newBuilder().setSensitivityValue(99).setLatencyClassValue(99).setCacheValue(99)).build());
    assertThat(rig.line.requests.get(0).declared()).isEqualTo(Sensitivity.RESTRICTED);
  }

  @Test
  @DisplayName("A8 metadata given twice is refused before anything else")
  void duplicateMetadata() throws Exception {
    GrpcRig rig = rig();
    StatusRuntimeException error = failure(() -> with(rig.blocking, "x-tidegate-sensitivity", "internal", "x-tidegate-sensitivity", "public").chat(chat("x")));
    assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(rig.line.requests).isEmpty();
  }

  @Test
  @DisplayName("B8 a caller is known by its key; without or with a wrong one the error is the same, for every method")
  void keys() throws Exception {
    GrpcRig rig = rig(GrpcConfig.DEFAULT, (peer, key) -> "K1".equals(key) ? new Caller("a", "job") : null);
    with(rig.blocking, "authorization", "Bearer K1").chat(chat("hi"));
    assertThat(rig.line.requests.get(0).caller()).isEqualTo(new Caller("a", "job"));
    StatusRuntimeException none = failure(() -> rig.blocking.chat(chat("hi")));
    StatusRuntimeException wrong = failure(() -> with(rig.blocking, "authorization", "Bearer K2").chat(chat("hi")));
    assertThat(none.getStatus().toString()).isEqualTo(wrong.getStatus().toString());
    assertThat(none.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(failure(() -> rig.blocking.models(ModelsRequest.getDefaultInstance())).getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(failure(() -> rig.blocking.classify(ClassifyRequest.newBuilder().setChat(chat("x")).build())).getStatus().getCode())
        .isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(rig.line.requests).hasSize(1);
  }

  @Test
  @DisplayName("A16 fields that would choose a destination are refused over gRPC too")
  void refusedFields() throws Exception {
    GrpcRig rig = rig();
    StatusRuntimeException error = failure(() -> rig.blocking.chat(chat("hi").toBuilder().setExtra(RequestJsonTest.struct("chat_template",
        RequestJsonTest.text("x"))).build()));
    assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(StatusesTest.info(error).getMetadataMap()).containsEntry("param", "chat_template");
    assertThat(failure(() -> rig.blocking.chat(ChatRequest.getDefaultInstance())).getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(failure(() -> rig.blocking.chat(chat("hi").toBuilder().setTemperature(Double.NaN).build())).getStatus().getCode())
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(rig.line.requests).isEmpty();
  }

  // Streams

  @Test
  @DisplayName("a stream begins with the route, then comes event by event, then ends")
  void stream() throws Exception {
    GrpcRig rig = rig();
    rig.line.script = (request, sink, loop) -> {
      sink.open(RecordingLine.route(request.id()));
      sink.events(bytes(CHUNK.formatted("a") + CHUNK.formatted("b")));
      sink.events(bytes(CHUNK.formatted("c")));
      sink.close();
    };
    List<ChatStreamResponse> all = new ArrayList<>();
    rig.blocking.chatStream(chat("hi")).forEachRemaining(all::add);
    assertThat(all).hasSize(4);
    assertThat(all.get(0).getRoute().getUpstream()).isEqualTo("home");
    assertThat(all.subList(1, 4)).noneMatch(ChatStreamResponse::hasRoute).extracting(piece -> piece.getChoices(0).getDelta().getContent())
        .containsExactly("a", "b", "c");
    assertThat(rig.line.requests.get(0).stream()).isTrue();
  }

  @Test
  @DisplayName("F1 a stream that breaks ends in an error status after what came")
  void brokenStream() throws Exception {
    GrpcRig rig = rig();
    rig.line.script = (request, sink, loop) -> {
      sink.open(RecordingLine.route(request.id()));
      sink.events(bytes(CHUNK.formatted("a")));
      sink.breakOff(ErrorAnswer.of(Refusal.UPSTREAM_INCOMPLETE, "It broke off."));
    };
    Iterator<ChatStreamResponse> answers = rig.blocking.chatStream(chat("hi"));
    answers.next();
    assertThat(answers.next().getChoices(0).getDelta().getContent()).isEqualTo("a");
    assertThat(reason(failure(answers::next))).isEqualTo("UPSTREAM_INCOMPLETE");
  }

  @Test
  @DisplayName("F1 an event that cannot be read breaks the stream off once, and the upstream is left")
  void unreadableEvents() throws Exception {
    GrpcRig rig = rig();
    for (String frame : List.of("data: {broken\n\n", "CANARY\n\n", "data:\n\n", "d\n\n", ": comment\n\n")) {
      int before = rig.line.cancelled.get();
      rig.line.script = (request, sink, loop) -> {
        sink.open(RecordingLine.route(request.id()));
        loop.execute(() -> {
          sink.events(bytes(frame + CHUNK.formatted("after")));
          sink.events(bytes(CHUNK.formatted("after")));
          sink.close();
        });
      };
      Iterator<ChatStreamResponse> answers = rig.blocking.chatStream(chat("hi"));
      answers.next();
      StatusRuntimeException error = failure(answers::next);
      assertThat(reason(error)).as(frame).isEqualTo("UPSTREAM_INCOMPLETE");
      assertThat(error.getMessage()).doesNotContain("CANARY");
      GrpcRig.await("the walk is cancelled", () -> rig.line.cancelled.get() == before + 1);
    }
  }

  @Test
  @DisplayName("many events in one buffer, blank lines and a missing last line end are all the same")
  void framesAreSplit() throws Exception {
    GrpcRig rig = rig();
    StringBuilder many = new StringBuilder("\n\n");
    for (int i = 0; i < 5_000; i++) {
      many.append(CHUNK.formatted(i));
    }
    rig.line.script = (request, sink, loop) -> {
      sink.open(RecordingLine.route(request.id()));
      sink.events(bytes(many.substring(0, many.length() - 2)));
      sink.events(bytes(""));
      sink.close();
    };
    AtomicInteger seen = new AtomicInteger(-1);
    rig.blocking.chatStream(chat("hi")).forEachRemaining(piece -> seen.incrementAndGet());
    assertThat(seen).hasValue(5_000);
  }

  @Test
  @DisplayName("E6 a caller that does not read holds the stream: what is buffered for it is bounded, and nothing is lost")
  void backPressure() throws Exception {
    GrpcRig rig = rig();
    int total = 4_000;
    String frame = CHUNK.formatted("x".repeat(1_000));
    AtomicInteger produced = new AtomicInteger();
    AtomicReference<AnswerSink> open = new AtomicReference<>();
    Runnable produce = () -> {
      AnswerSink sink = open.get();
      while (sink.isWritable() && produced.get() < total) {
        sink.events(bytes(frame));
        if (produced.incrementAndGet() == total) {
          sink.close();
        }
      }
    };
    rig.line.script = (request, sink, loop) -> {
      sink.open(RecordingLine.route(request.id()));
      open.set(sink);
      loop.execute(produce);
    };
    rig.line.onWritable = produce;
    AtomicInteger received = new AtomicInteger();
    CountDownLatch over = new CountDownLatch(1);
    AtomicReference<ClientCallStreamObserver<ChatRequest>> client = new AtomicReference<>();
    ManagedChannel small = rig.channel(64 << 10);
    RouterServiceGrpc.newStub(small).chatStream(chat("hi"), new ClientResponseObserver<ChatRequest, ChatStreamResponse>() {
      @Override
      public void beforeStart(ClientCallStreamObserver<ChatRequest> call) {
        call.disableAutoRequestWithInitial(1);
        client.set(call);
      }

      @Override
      public void onNext(ChatStreamResponse piece) {
        received.incrementAndGet();
      }

      @Override
      public void onError(Throwable error) {
        over.countDown();
      }

      @Override
      public void onCompleted() {
        over.countDown();
      }
    });
    GrpcRig.await("the first message", () -> received.get() == 1);
    AtomicInteger before = new AtomicInteger(-1);
    GrpcRig.await("the stream stands still", () -> {
      int now = produced.get();
      boolean still = now > 0 && before.getAndSet(now) == now;
      java.util.concurrent.locks.LockSupport.parkNanos(50_000_000);
      return still;
    });
    // The caller's window of 64 KiB, and the 32 KiB that gRPC buffers before it says "not ready".
    assertThat(produced.get()).isLessThan(130);
    client.get().request(total + 10);
    assertThat(over.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(received.get()).isEqualTo(total + 1);
    small.shutdownNow();
  }

  // Leaving and time

  @Test
  @DisplayName("E9 a cancelled call cancels its walk, on the loop, once")
  void cancel() throws Exception {
    GrpcRig rig = rig();
    rig.line.script = (request, sink, loop) -> { };
    ClientCancel call = new ClientCancel();
    rig.async.chat(chat("hi"), call);
    GrpcRig.await("the request", () -> rig.line.requests.size() == 1);
    java.util.Objects.requireNonNull(call.observer).cancel("enough", null);
    GrpcRig.await("the cancel", () -> rig.line.cancelled.get() == 1);
  }

  /** Keeps the handle by which a unary call is cancelled. */
  private static final class ClientCancel implements ClientResponseObserver<ChatRequest, ChatResponse> {
    private volatile @Nullable ClientCallStreamObserver<ChatRequest> observer;

    @Override
    public void beforeStart(ClientCallStreamObserver<ChatRequest> call) {
      observer = call;
    }

    @Override
    public void onNext(ChatResponse answer) {}

    @Override
    public void onError(Throwable error) {}

    @Override
    public void onCompleted() {}
  }

  @Test
  @DisplayName("F4 a connection that breaks cancels all its walks")
  void brokenConnection() throws Exception {
    GrpcRig rig = rig();
    rig.line.script = (request, sink, loop) -> { };
    ManagedChannel other = rig.channel();
    for (int i = 0; i < 5; i++) {
      RouterServiceGrpc.newStub(other).chat(chat("hi"), new ClientCancel());
    }
    GrpcRig.await("the requests", () -> rig.line.requests.size() == 5);
    other.shutdownNow();
    GrpcRig.await("the cancels", () -> rig.line.cancelled.get() == 5);
  }

  @Test
  @DisplayName("E9 the call's deadline is the request's, and its end cancels the walk")
  void deadline() throws Exception {
    GrpcRig rig = rig();
    rig.line.script = (request, sink, loop) -> { };
    StatusRuntimeException error = failure(() -> rig.blocking.withDeadlineAfter(300, TimeUnit.MILLISECONDS).chat(chat("hi")));
    assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    assertThat(rig.line.requests.get(0).timeLeftNanos()).isBetween(1L, 300_000_000L);
    GrpcRig.await("the cancel", () -> rig.line.cancelled.get() == 1);
  }

  @Test
  @DisplayName("G5 a defect behind the edge is INTERNAL, without its message, and gives back what was held")
  void defect() throws Exception {
    GrpcRig rig = rig();
    rig.line.script = (request, sink, loop) -> {
      throw new IllegalStateException("CANARY");
    };
    StatusRuntimeException error = failure(() -> rig.blocking.chat(chat("hi")));
    assertThat(reason(error)).isEqualTo("INTERNAL");
    assertThat(error.toString()).doesNotContain("CANARY");
  }

  // Bounds

  @Test
  @DisplayName("G8 E8 a message past the bound is RESOURCE_EXHAUSTED and reaches no line")
  void tooLarge() throws Exception {
    GrpcRig rig = rig(new GrpcConfig(10_000, 32 << 10, 100, false), Callers.DEFAULT);
    rig.blocking.chat(chat("x".repeat(9_000)));
    assertThat(failure(() -> rig.blocking.chat(chat("x".repeat(10_001)))).getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(rig.line.requests).hasSize(1);
  }

  @Test
  @DisplayName("G8 E8 a compressed bomb is stopped at the bound, not after")
  void bomb() throws Exception {
    GrpcRig rig = rig(new GrpcConfig(100_000, 32 << 10, 100, false), Callers.DEFAULT);
    assertThat(failure(() -> rig.blocking.withCompression("gzip").chat(chat("x".repeat(50_000_000)))).getStatus().getCode())
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(rig.line.requests).isEmpty();
  }

  @Test
  @DisplayName("G8 requests in flight together are bounded; what ends gives its bytes back")
  void bytesInFlight() throws Exception {
    GrpcRig rig = rig(new GrpcConfig(10_000, 32 << 10, 100, 10, 10_000, false, io.tidegate.ingress.BatchLimits.DEFAULT), Callers.DEFAULT);
    rig.line.script = (request, sink, loop) -> { };
    ClientCancel first = new ClientCancel();
    rig.async.chat(chat("x".repeat(6_000)), first);
    GrpcRig.await("the first request", () -> rig.line.requests.size() == 1);
    StatusRuntimeException error = failure(() -> rig.blocking.chat(chat("x".repeat(6_000))));
    assertThat(reason(error)).isEqualTo("BUSY");
    java.util.Objects.requireNonNull(first.observer).cancel("enough", null);
    GrpcRig.await("its bytes", () -> rig.ingress.heldBytes() == 0);
    rig.line.script = (request, sink, loop) -> sink.complete(RecordingLine.route(request.id()), bytes(RecordingLine.CHAT));
    for (int i = 0; i < 5; i++) {
      rig.blocking.chat(chat("x".repeat(6_000)));
    }
  }

  @Test
  @DisplayName("G8 decisions 30 connections past the bound are closed; a closed one makes room")
  void connections() throws Exception {
    GrpcRig rig = rig(new GrpcConfig(10_000, 32 << 10, 100, 2, 10_000, false, io.tidegate.ingress.BatchLimits.DEFAULT), Callers.DEFAULT);
    rig.blocking.chat(chat("hi"));
    ManagedChannel second = rig.channel();
    RouterServiceGrpc.newBlockingStub(second).chat(chat("hi"));
    ManagedChannel third = rig.channel();
    assertThat(failure(() -> RouterServiceGrpc.newBlockingStub(third).chat(chat("hi"))).getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    third.shutdownNow();
    second.shutdownNow();
    GrpcRig.await("room", () -> rig.ingress.openConnections() == 1);
    ManagedChannel fourth = rig.channel();
    RouterServiceGrpc.newBlockingStub(fourth).chat(chat("hi"));
    fourth.shutdownNow();
  }

  // The rest of the service

  @Test
  @DisplayName("decisions 36 models with the places that may serve them")
  void models() throws Exception {
    ModelsResponse answer = rig().blocking.models(ModelsRequest.getDefaultInstance());
    assertThat(answer.getModelsList()).extracting(io.tidegate.v1.Model::getId).containsExactly("auto", "qwen");
    assertThat(answer.getModels(0).getZonesList()).containsExactly(Destination.DESTINATION_PRIVATE, Destination.DESTINATION_PUBLIC);
  }

  @Test
  @DisplayName("Classify tells the decision and what was seen, never the text")
  void classify() throws Exception {
    GrpcRig rig = rig();
    ClassifyResponse answer = rig.blocking.classify(ClassifyRequest.newBuilder().setChat(chat("CANARY")).build());
    assertThat(answer.getOrderList()).containsExactly(Destination.DESTINATION_PRIVATE);
    assertThat(answer.getFindings(0).getType()).isEqualTo("CN_ID");
    assertThat(answer.toString()).doesNotContain("CANARY");
    rig.blocking.classify(ClassifyRequest.newBuilder().setComplete(CompleteRequest.newBuilder().setModel("auto").addPrompt("p")).build());
    rig.blocking.classify(ClassifyRequest.newBuilder().setEmbed(EmbedRequest.newBuilder().setModel("auto").addInput("p")).build());
    assertThat(rig.line.requests).extracting(ModelRequest::operation).containsExactly(Operation.CHAT, Operation.COMPLETION, Operation.EMBEDDING);
  }

  @Test
  @DisplayName("Classify without a request, or when the classifier has no room, is refused")
  void classifyRefused() throws Exception {
    GrpcRig rig = rig();
    assertThat(failure(() -> rig.blocking.classify(ClassifyRequest.getDefaultInstance())).getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    rig.line.classifierFull = true;
    assertThat(reason(failure(() -> rig.blocking.classify(ClassifyRequest.newBuilder().setChat(chat("x")).build())))).isEqualTo("CLASSIFICATION_FAILED");
  }

  @Test
  @DisplayName("E10 reflection is off unless asked for")
  void reflection() throws Exception {
    assertThat(reflectionStatus(rig())).isEqualTo(Status.Code.UNIMPLEMENTED);
    try (GrpcRig on = new GrpcRig(new GrpcConfig(10_000, 32 << 10, 100, true), Callers.DEFAULT)) {
      assertThat(reflectionStatus(on)).isEqualTo(Status.Code.OK);
    }
  }

  private static Status.Code reflectionStatus(GrpcRig rig) throws InterruptedException {
    AtomicReference<Status> status = new AtomicReference<>();
    StreamObserver<io.grpc.reflection.v1.ServerReflectionRequest> asks = io.grpc.reflection.v1.ServerReflectionGrpc.newStub(rig.channel)
        .serverReflectionInfo(new StreamObserver<>() {
          @Override
          public void onNext(io.grpc.reflection.v1.ServerReflectionResponse answer) {}

          @Override
          public void onError(Throwable error) {
            status.set(Status.fromThrowable(error));
          }

          @Override
          public void onCompleted() {
            status.set(Status.OK);
          }
        });
    asks.onNext(io.grpc.reflection.v1.ServerReflectionRequest.newBuilder().setListServices("").build());
    asks.onCompleted();
    GrpcRig.await("the end of the call", () -> status.get() != null);
    return status.get().getCode();
  }

  @Test
  @DisplayName("H1 draining: health says so, calls under way go on to their end, new ones are UNAVAILABLE")
  void draining() throws Exception {
    GrpcRig rig = rig();
    HealthGrpc.HealthBlockingStub health = HealthGrpc.newBlockingStub(rig.channel);
    HealthCheckRequest ask = HealthCheckRequest.newBuilder().setService(RouterServiceGrpc.SERVICE_NAME).build();
    assertThat(health.check(ask).getStatus()).isEqualTo(ServingStatus.SERVING);
    AtomicReference<Runnable> finish = new AtomicReference<>();
    rig.line.script = (request, sink, loop) -> finish.set(() -> loop.execute(
        () -> sink.complete(RecordingLine.route(request.id()), bytes(RecordingLine.CHAT))));
    var pending = RouterServiceGrpc.newFutureStub(rig.channel).chat(chat("hi"));
    GrpcRig.await("the request", () -> finish.get() != null);
    rig.ingress.drain();
    GrpcRig.await("GOAWAY is heard", () -> rig.channel.getState(false) != io.grpc.ConnectivityState.READY);
    StatusRuntimeException late = failure(() -> rig.blocking.chat(chat("late")));
    assertThat(late.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(rig.line.requests).hasSize(1);
    finish.get().run();
    assertThat(pending.get(10, TimeUnit.SECONDS).getChoices(0).getMessage().getContent()).isEqualTo("hello");
  }
}
