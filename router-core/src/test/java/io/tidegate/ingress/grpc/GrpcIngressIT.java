package io.tidegate.ingress.grpc;

import static io.tidegate.ingress.grpc.GrpcRig.chat;
import static io.tidegate.ingress.grpc.GrpcRig.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.StreamObserver;
import io.tidegate.ingress.Callers;
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
import io.tidegate.v1.ClassifyRequest;
import io.tidegate.v1.ClassifyResponse;
import io.tidegate.v1.CompleteRequest;
import io.tidegate.v1.Destination;
import io.tidegate.v1.EmbedRequest;
import io.tidegate.v1.Hints;
import io.tidegate.v1.ModelsRequest;
import io.tidegate.v1.ModelsResponse;
import io.tidegate.v1.RouterServiceGrpc;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Calls over gRPC: what reaches the line, what callers may say, and the rest of the service. */
class GrpcIngressIT {
  @RegisterExtension final GrpcRigs rigs = new GrpcRigs();

  // Unary

  @Test
  @DisplayName("a chat reaches the line as the HTTP request would, and its answer says how it came about")
  void chatCall() throws Exception {
    GrpcRig rig = rigs.rig();
    rig.line.script = (request, sink, loop) -> sink.complete(RecordingLine.route(request.id()), rigs.bytes(RecordingLine.CHAT));
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
    GrpcRig rig = rigs.rig();
    rig.line.script = (request, sink, loop) -> sink.complete(RecordingLine.route(request.id()), rigs.bytes(request.operation() == Operation.COMPLETION
        ? "{\"choices\":[{\"text\":\"t\"}]}" : "{\"data\":[{\"index\":0,\"embedding\":[1.5]}]}"));
    assertThat(rig.blocking.complete(CompleteRequest.newBuilder().setModel("auto").addPrompt("p").build()).getChoices(0).getText()).isEqualTo("t");
    assertThat(rig.blocking.embed(EmbedRequest.newBuilder().setModel("auto").addInput("p").build()).getEmbeddings(0).getValues(0)).isEqualTo(1.5f);
  }

  @Test
  @DisplayName("an error of the line is its status with reason and request id")
  void refusal() throws Exception {
    GrpcRig rig = rigs.rig();
    rig.line.script = (request, sink, loop) -> sink.refuse(new ErrorAnswer(Refusal.NO_PERMITTED_UPSTREAM, 503, "Try again later.", null, 2),
        RecordingLine.route(request.id()));
    StatusRuntimeException error = failure(() -> rig.blocking.chat(chat("hi")));
    assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(GrpcRigs.reason(error)).isEqualTo("NO_PERMITTED_UPSTREAM");
    assertThat(StatusesTest.info(error).getMetadataMap()).containsEntry("request_id", rig.line.requests.get(0).id());
  }

  @Test
  @DisplayName("F1 an answer that cannot be read is an upstream's failure")
  void unreadableAnswer() throws Exception {
    GrpcRig rig = rigs.rig();
    rig.line.script = (request, sink, loop) -> sink.complete(RecordingLine.route(request.id()), rigs.bytes("CANARY"));
    StatusRuntimeException error = failure(() -> rig.blocking.chat(chat("hi")));
    assertThat(GrpcRigs.reason(error)).isEqualTo("UPSTREAM_FAILED");
    assertThat(error.getMessage()).doesNotContain("CANARY");
  }

  // What callers may say

  @Test
  @DisplayName("A8 sensitivity of metadata and hints are joined; class and cache directive are taken")
  void hints() throws Exception {
    GrpcRig rig = rigs.rig();
    ChatRequest request = chat("hi").toBuilder().setHints(Hints.newBuilder().setSensitivity(io.tidegate.v1.Sensitivity.SENSITIVITY_INTERNAL)
        .setCache(io.tidegate.v1.CacheDirective.CACHE_DIRECTIVE_NO_STORE).setLatencyClass(io.tidegate.v1.LatencyClass.LATENCY_CLASS_BATCH)).build();
    GrpcRigs.with(rig.blocking, "x-tidegate-sensitivity", "confidential", "x-tidegate-latency-class", "interactive").chat(request);
    GrpcRigs.with(rig.blocking, "x-tidegate-latency-class", "interactive").chat(chat("hi"));
    assertThat(rig.line.requests).extracting(ModelRequest::declared).containsExactly(Sensitivity.CONFIDENTIAL, Sensitivity.PUBLIC);
    assertThat(rig.line.requests).extracting(ModelRequest::latencyWish).containsExactly(LatencyClass.BATCH, LatencyClass.INTERACTIVE);
    assertThat(rig.line.requests).extracting(ModelRequest::cacheDirective).containsExactly(CacheDirective.NO_STORE, CacheDirective.DEFAULT);
  }

  @Test
  @DisplayName("A6 a sensitivity of a newer protocol is the highest")
  void unknownEnum() throws Exception {
    GrpcRig rig = rigs.rig();
    rig.blocking.chat(chat("hi").toBuilder().setHints(Hints.newBuilder().setSensitivityValue(99).setLatencyClassValue(99).setCacheValue(99)).build());
    assertThat(rig.line.requests.get(0).declared()).isEqualTo(Sensitivity.RESTRICTED);
  }

  @Test
  @DisplayName("A8 metadata given twice is refused before anything else")
  void duplicateMetadata() throws Exception {
    GrpcRig rig = rigs.rig();
    StatusRuntimeException error = failure(() -> GrpcRigs.with(rig.blocking, "x-tidegate-sensitivity", "internal", "x-tidegate-sensitivity", "public").chat(chat("x")));
    assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(rig.line.requests).isEmpty();
  }

  @Test
  @DisplayName("B8 a caller is known by its key; without or with a wrong one the error is the same, for every method")
  void keys() throws Exception {
    GrpcRig rig = rigs.rig(GrpcConfig.DEFAULT, (peer, key) -> "K1".equals(key) ? new Caller("a", "job") : null);
    GrpcRigs.with(rig.blocking, "authorization", "Bearer K1").chat(chat("hi"));
    assertThat(rig.line.requests.get(0).caller()).isEqualTo(new Caller("a", "job"));
    StatusRuntimeException none = failure(() -> rig.blocking.chat(chat("hi")));
    StatusRuntimeException wrong = failure(() -> GrpcRigs.with(rig.blocking, "authorization", "Bearer K2").chat(chat("hi")));
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
    GrpcRig rig = rigs.rig();
    StatusRuntimeException error = failure(() -> rig.blocking.chat(chat("hi").toBuilder().setExtra(RequestJsonTest.struct("chat_template",
        RequestJsonTest.text("x"))).build()));
    assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(StatusesTest.info(error).getMetadataMap()).containsEntry("param", "chat_template");
    assertThat(failure(() -> rig.blocking.chat(ChatRequest.getDefaultInstance())).getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(failure(() -> rig.blocking.chat(chat("hi").toBuilder().setTemperature(Double.NaN).build())).getStatus().getCode())
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(rig.line.requests).isEmpty();
  }

  // The rest of the service

  @Test
  @DisplayName("decisions 36 models with the places that may serve them")
  void models() throws Exception {
    ModelsResponse answer = rigs.rig().blocking.models(ModelsRequest.getDefaultInstance());
    assertThat(answer.getModelsList()).extracting(io.tidegate.v1.Model::getId).containsExactly("auto", "qwen");
    assertThat(answer.getModels(0).getZonesList()).containsExactly(Destination.DESTINATION_PRIVATE, Destination.DESTINATION_PUBLIC);
  }

  @Test
  @DisplayName("Classify tells the decision and what was seen, never the text")
  void classify() throws Exception {
    GrpcRig rig = rigs.rig();
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
    GrpcRig rig = rigs.rig();
    assertThat(failure(() -> rig.blocking.classify(ClassifyRequest.getDefaultInstance())).getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    rig.line.classifierFull = true;
    assertThat(GrpcRigs.reason(failure(() -> rig.blocking.classify(ClassifyRequest.newBuilder().setChat(chat("x")).build())))).isEqualTo("CLASSIFICATION_FAILED");
  }

  @Test
  @DisplayName("E10 reflection is off unless asked for")
  void reflection() throws Exception {
    assertThat(reflectionStatus(rigs.rig())).isEqualTo(Status.Code.UNIMPLEMENTED);
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
    GrpcRig rig = rigs.rig();
    HealthGrpc.HealthBlockingStub health = HealthGrpc.newBlockingStub(rig.channel);
    HealthCheckRequest ask = HealthCheckRequest.newBuilder().setService(RouterServiceGrpc.SERVICE_NAME).build();
    assertThat(health.check(ask).getStatus()).isEqualTo(ServingStatus.SERVING);
    AtomicReference<Runnable> finish = new AtomicReference<>();
    rig.line.script = (request, sink, loop) -> finish.set(() -> loop.execute(
        () -> sink.complete(RecordingLine.route(request.id()), rigs.bytes(RecordingLine.CHAT))));
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
