package io.tidegate.lab.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.rpc.ErrorInfo;
import io.grpc.ConnectivityState;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;
import io.tidegate.lab.fault.ConnectionFaults;
import io.tidegate.lab.fault.StreamFaults;
import io.tidegate.v1.CacheOutcome;
import io.tidegate.v1.ChatRequest;
import io.tidegate.v1.ChatResponse;
import io.tidegate.v1.ChatStreamResponse;
import io.tidegate.v1.ClassifyRequest;
import io.tidegate.v1.ClassifyResponse;
import io.tidegate.v1.CompleteRequest;
import io.tidegate.v1.Destination;
import io.tidegate.v1.EmbedRequest;
import io.tidegate.v1.EmbedResponse;
import io.tidegate.v1.Function;
import io.tidegate.v1.Hints;
import io.tidegate.v1.Message;
import io.tidegate.v1.ModelsRequest;
import io.tidegate.v1.RouterServiceGrpc;
import io.tidegate.v1.RouterServiceGrpc.RouterServiceBlockingStub;
import io.tidegate.v1.Sensitivity;
import io.tidegate.v1.Tool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A grpc-java client: unary, stream, deadline, cancel, errors, health. */
class GrpcClientIT {
  private TestBed bed;
  private ManagedChannel channel;
  private RouterServiceBlockingStub grpc;

  @BeforeEach
  void start() {
    bed = TestBed.builder().privateMore(", embeddings: true").start();
    channel = ManagedChannelBuilder.forAddress("127.0.0.1", bed.daemon.grpcPort()).usePlaintext().disableRetry().build();
    grpc = RouterServiceGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
  }

  @AfterEach
  void stop() throws InterruptedException {
    channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    bed.close();
  }

  private static ChatRequest.Builder chat(String text) {
    return ChatRequest.newBuilder().setModel("auto").setTemperature(0).addMessages(Message.newBuilder().setRole("user").setContent(text));
  }

  @Test
  @DisplayName("G6 a chat answer carries its route: destination, rules, the policy's digest")
  void unary() {
    ChatResponse answer = grpc.chat(chat("Sort a list in Java.").build());
    assertThat(answer.getChoices(0).getMessage().getContent()).isNotEmpty();
    assertThat(answer.getChoices(0).getFinishReason()).isEqualTo("stop");
    assertThat(answer.getUsage().getTotalTokens()).isPositive();
    assertThat(answer.getRoute().getDestination()).isEqualTo(Destination.DESTINATION_PUBLIC);
    assertThat(answer.getRoute().getPolicy()).hasSize(64);
    assertThat(answer.getRoute().getAttempts()).isEqualTo(1);
    ChatResponse again = grpc.chat(chat("Sort a list in Java.").build());
    assertThat(again.getRoute().getCache()).isEqualTo(CacheOutcome.CACHE_OUTCOME_HIT);
    assertThat(again.getChoices(0)).isEqualTo(answer.getChoices(0));
    ChatResponse home = grpc.chat(chat(Samples.patient(new SplittableRandom(1))).build());
    assertThat(home.getRoute().getDestination()).isEqualTo(Destination.DESTINATION_PRIVATE);
    assertThat(home.getRoute().getRulesCount()).isPositive();
  }

  @Test
  @DisplayName("G5 a stream: route first, then pieces, then a finish reason, and usage when asked")
  void stream() {
    List<ChatStreamResponse> messages = new ArrayList<>();
    grpc.chatStream(chat("Count to three.").setIncludeUsage(true).build()).forEachRemaining(messages::add);
    assertThat(messages.get(0).getRoute().getDestination()).isEqualTo(Destination.DESTINATION_PUBLIC);
    assertThat(messages.stream().skip(1)).noneMatch(ChatStreamResponse::hasRoute);
    assertThat(messages.stream().flatMap(message -> message.getChoicesList().stream()).map(choice -> choice.getDelta().getContent())
        .reduce("", String::concat)).isNotEmpty();
    assertThat(messages.stream().flatMap(message -> message.getChoicesList().stream()).filter(choice -> choice.getFinishReason().equals("stop"))).hasSize(1);
    assertThat(messages.stream().filter(ChatStreamResponse::hasUsage)).isNotEmpty();
  }

  @Test
  @DisplayName("tools, completions, embeddings and models over gRPC; no OpenAI field is lost")
  void otherCalls() {
    Tool tool = Tool.newBuilder().setFunction(Function.newBuilder().setName("get_weather").setParameters(Struct.newBuilder()
        .putFields("type", Value.newBuilder().setStringValue("object").build()))).build();
    ChatResponse call = grpc.chat(chat("How is the weather in Oslo?").addTools(tool)
        .setToolChoice(Value.newBuilder().setStringValue("required")).build());
    assertThat(call.getChoices(0).getMessage().getToolCalls(0).getFunction().getName()).isEqualTo("get_weather");
    assertThat(grpc.complete(CompleteRequest.newBuilder().setModel("auto").addPrompt("Once upon a time").build()).getChoices(0).getText()).isNotEmpty();
    EmbedResponse vectors = grpc.embed(EmbedRequest.newBuilder().setModel("auto").addInput("one").addInput("two").build());
    assertThat(vectors.getEmbeddingsList()).hasSize(2).allMatch(vector -> vector.getValuesCount() > 0);
    assertThat(grpc.models(ModelsRequest.getDefaultInstance()).getModelsList()).anyMatch(model -> model.getId().equals("auto") && model.getZonesCount() == 2);
    grpc.chat(chat("With a field of tomorrow.").setExtra(Struct.newBuilder().putFields("some_new_field", Value.newBuilder().setNumberValue(17).build())).build());
    assertThat(bed.publicOne.received().contains("\"some_new_field\":17".getBytes(java.nio.charset.StandardCharsets.UTF_8))).isTrue();
  }

  @Test
  @DisplayName("Classify decides and sends nothing")
  void classify() {
    ClassifyResponse said = grpc.classify(ClassifyRequest.newBuilder().setChat(chat(Samples.patient(new SplittableRandom(3)))).build());
    assertThat(said.getRoute().getSensitivity()).isEqualTo(Sensitivity.SENSITIVITY_RESTRICTED);
    assertThat(said.getOrderList()).containsExactly(Destination.DESTINATION_PRIVATE);
    assertThat(said.getFindingsList()).anyMatch(finding -> finding.getType().equals("CN_ID") && finding.getLikelihood().equals("VERY_LIKELY"));
    assertThat(bed.publicOne.received().modelCalls() + bed.privateA.received().modelCalls() + bed.privateB.received().modelCalls()).isZero();
  }

  @Test
  @DisplayName("A8 hints raise; a duplicate in the metadata is refused; a field given twice is refused")
  void hints() {
    assertThat(grpc.chat(chat("Hello.").setHints(Hints.newBuilder().setSensitivity(Sensitivity.SENSITIVITY_RESTRICTED)).build()).getRoute().getDestination())
        .isEqualTo(Destination.DESTINATION_PRIVATE);
    Metadata twice = new Metadata();
    Metadata.Key<String> key = Metadata.Key.of("x-tidegate-sensitivity", Metadata.ASCII_STRING_MARSHALLER);
    twice.put(key, "public");
    twice.put(key, "public");
    StatusRuntimeException refused = catchThrowableOfType(StatusRuntimeException.class,
        () -> grpc.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(twice)).chat(chat("Hello.").build()));
    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    StatusRuntimeException doubled = catchThrowableOfType(StatusRuntimeException.class,
        () -> grpc.chat(chat("Hello.").setExtra(Struct.newBuilder().putFields("model", Value.newBuilder().setStringValue("x").build())).build()));
    assertThat(doubled.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(bed.publicOne.received().requestBytes()).isZero();
  }

  @Test
  @DisplayName("E9 a deadline ends the call in time and frees the upstream")
  void deadline() {
    bed.publicOne.always(ConnectionFaults.hang());
    bed.privateA.always(ConnectionFaults.hang());
    bed.privateB.always(ConnectionFaults.hang());
    long begun = System.nanoTime();
    StatusRuntimeException late = catchThrowableOfType(StatusRuntimeException.class,
        () -> grpc.withDeadlineAfter(700, TimeUnit.MILLISECONDS).chat(chat("Hello.").build()));
    assertThat(late.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
    await("the upstream is free", () -> bed.publicOne.received().inFlight() + bed.privateA.received().inFlight() + bed.privateB.received().inFlight() == 0);
  }

  @Test
  @DisplayName("E9 a client that cancels frees the upstream within a second")
  void cancel() {
    bed.publicOne.always(StreamFaults.slowEvents(Duration.ofMillis(200)));
    long soonest = Long.MAX_VALUE;
    // What is slow each time is slow; what met a machine that stood still is not slow again.
    for (int tries = 1; tries <= 5 && soonest >= 1_000_000_000; tries++) {
      Context.CancellableContext context = Context.current().withCancellation();
      context.run(() -> {
        Iterator<ChatStreamResponse> messages = grpc.chatStream(chat("Tell a long story.").build());
        messages.next();
        messages.next();
      });
      assertThat(bed.publicOne.received().inFlight()).isEqualTo(1);
      long begun = System.nanoTime();
      context.cancel(null);
      await("the upstream is free", () -> bed.publicOne.received().inFlight() == 0);
      soonest = Math.min(soonest, System.nanoTime() - begun);
      int leavers = tries;
      await("the emulator has noted it", () -> bed.publicOne.received().cancellations().size() == leavers);
    }
    assertThat(soonest).isLessThan(1_000_000_000);
  }

  @Test
  @DisplayName("decisions 33 an error has a status, a reason and a request id")
  void errors() throws Exception {
    StatusRuntimeException unknown = catchThrowableOfType(StatusRuntimeException.class,
        () -> grpc.chat(ChatRequest.newBuilder().setModel("no-such-model").addMessages(Message.newBuilder().setRole("user").setContent("x")).build()));
    assertThat(unknown.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    com.google.rpc.Status status = StatusProto.fromThrowable(unknown);
    assertThat(status).isNotNull();
    ErrorInfo info = status.getDetails(0).unpack(ErrorInfo.class);
    assertThat(info.getReason()).isEqualTo("NOT_FOUND");
    assertThat(info.getDomain()).isEqualTo("tidegate.io");
    assertThat(info.getMetadataMap()).containsEntry("param", "model").containsKey("request_id");
  }

  @Test
  @DisplayName("E10 health is served, reflection is not")
  void healthAndReflection() {
    assertThat(HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.newBuilder().setService(RouterServiceGrpc.SERVICE_NAME).build()).getStatus())
        .isEqualTo(ServingStatus.SERVING);
    assertThat(channel.getState(false)).isEqualTo(ConnectivityState.READY);
    var reflection = io.grpc.MethodDescriptor.<byte[], byte[]>newBuilder().setType(io.grpc.MethodDescriptor.MethodType.UNARY)
        .setFullMethodName("grpc.reflection.v1.ServerReflection/ServerReflectionInfo").setRequestMarshaller(new Raw()).setResponseMarshaller(new Raw()).build();
    StatusRuntimeException none = catchThrowableOfType(StatusRuntimeException.class,
        () -> io.grpc.stub.ClientCalls.blockingUnaryCall(channel, reflection, io.grpc.CallOptions.DEFAULT, new byte[0]));
    assertThat(none.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
  }

  private static final class Raw implements io.grpc.MethodDescriptor.Marshaller<byte[]> {
    @Override
    public java.io.InputStream stream(byte[] value) {
      return new java.io.ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(java.io.InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (java.io.IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  static void await(String what, BooleanSupplier holds) {
    await(Duration.ofSeconds(30), what, holds);
  }

  /** The last look is the hundredth at least: a process that stood still has not waited. */
  static void await(Duration patience, String what, BooleanSupplier holds) {
    long end = System.nanoTime() + patience.toNanos();
    for (int looks = 1; !holds.getAsBoolean(); looks++) {
      assertThat(looks < 100 || System.nanoTime() - end < 0).as("waiting until " + what).isTrue();
      java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
    }
  }
}
