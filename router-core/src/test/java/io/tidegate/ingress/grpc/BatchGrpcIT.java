package io.tidegate.ingress.grpc;

import static io.tidegate.ingress.grpc.GrpcRig.chat;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.tidegate.ingress.BatchLimits;
import io.tidegate.ingress.Callers;
import io.tidegate.line.AnswerSink;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Refusal;
import io.tidegate.model.Sensitivity;
import io.tidegate.v1.BatchRequest;
import io.tidegate.v1.BatchResponse;
import io.tidegate.v1.ChatRequest;
import io.tidegate.v1.EmbedRequest;
import io.tidegate.v1.Hints;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** gRPC {@code Batch} over a socket. */
class BatchGrpcIT {
  private @Nullable GrpcRig rig;

  private GrpcRig rig(Callers callers) throws IOException {
    GrpcRig made = new GrpcRig(GrpcConfig.DEFAULT.withBatch(new BatchLimits(3, 2000, 2)), callers);
    rig = made;
    return made;
  }

  private GrpcRig rig() throws IOException {
    return rig(Callers.DEFAULT);
  }

  @AfterEach
  void close() throws InterruptedException {
    GrpcRig used = rig;
    if (used != null) {
      GrpcRig.await("bytes in flight given back", () -> used.ingress.heldBytes() == 0);
      used.close();
    }
  }

  /** What comes back. */
  private static final class Results implements StreamObserver<BatchResponse> {
    private final List<BatchResponse> all = new CopyOnWriteArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile @Nullable Status status;

    @Override
    public void onNext(BatchResponse result) {
      all.add(result);
    }

    @Override
    public void onError(Throwable error) {
      status = Status.fromThrowable(error);
      over.countDown();
    }

    @Override
    public void onCompleted() {
      status = Status.OK;
      over.countDown();
    }

    Status.Code end() throws InterruptedException {
      assertThat(over.await(10, TimeUnit.SECONDS)).isTrue();
      Status ended = status;
      return ended == null ? Status.Code.UNKNOWN : ended.getCode();
    }
  }

  private static BatchRequest item(String text) {
    return BatchRequest.newBuilder().setChat(chat(text)).build();
  }

  private static Results send(GrpcRig rig, BatchRequest... items) {
    Results results = new Results();
    StreamObserver<BatchRequest> to = rig.async.batch(results);
    for (BatchRequest item : items) {
      to.onNext(item);
    }
    to.onCompleted();
    return results;
  }

  @Test
  @DisplayName("R2.1 results come as they finish, each with its item's index; the call ends when all are there")
  void outOfOrder() throws Exception {
    GrpcRig rig = rig();
    List<Runnable> ends = new ArrayList<>();
    rig.line.script = (request, sink, loop) -> {
      ends.add(() -> sink.complete(RecordingLine.route(request.id()), RecordingLine.bytes(request.operation() == Operation.CHAT ? RecordingLine.CHAT
          : "{\"data\":[{\"index\":0,\"embedding\":[1.5]}]}")));
      if (ends.size() == 2) {
        ends.get(1).run();
        ends.get(0).run();
      }
    };
    Results results = send(rig, item("one"), BatchRequest.newBuilder().setEmbed(EmbedRequest.newBuilder().setModel("auto").addInput("p")).build());
    assertThat(results.end()).isEqualTo(Status.Code.OK);
    assertThat(results.all).extracting(BatchResponse::getIndex).containsExactly(1, 0);
    assertThat(results.all.get(0).getEmbed().getEmbeddings(0).getValues(0)).isEqualTo(1.5f);
    assertThat(results.all.get(1).getChat().getRoute().getUpstream()).isEqualTo("home");
    assertThat(rig.line.requests).extracting(ModelRequest::id).doesNotHaveDuplicates();
  }

  @Test
  @DisplayName("R2.1 a bad item and a failed one are errors with their index, and the others are answered")
  void errors() throws Exception {
    GrpcRig rig = rig();
    rig.line.script = (request, sink, loop) -> {
      if (request.declared() == Sensitivity.RESTRICTED) {
        sink.refuse(ErrorAnswer.of(Refusal.NO_PERMITTED_UPSTREAM, "Down."), RecordingLine.route(request.id()));
      } else {
        sink.complete(RecordingLine.route(request.id()), RecordingLine.bytes(RecordingLine.CHAT));
      }
    };
    ChatRequest raised = chat("two").toBuilder().setHints(Hints.newBuilder().setSensitivity(io.tidegate.v1.Sensitivity.SENSITIVITY_RESTRICTED)).build();
    Results results = send(rig, BatchRequest.getDefaultInstance(), BatchRequest.newBuilder().setChat(raised).build(), item("three"));
    assertThat(results.end()).isEqualTo(Status.Code.OK);
    assertThat(results.all).hasSize(3);
    for (BatchResponse result : results.all) {
      switch (result.getIndex()) {
        case 0 -> assertThat(result.getError().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT.value());
        case 1 -> assertThat(result.getError().getCode()).isEqualTo(Status.Code.UNAVAILABLE.value());
        default -> assertThat(result.getChat().getChoices(0).getMessage().getContent()).isEqualTo("hello");
      }
    }
  }

  @Test
  @DisplayName("R2.1 G8 too many items, too many bytes and none at all end the call, and nothing reaches the line")
  void bounds() throws Exception {
    GrpcRig rig = rig();
    assertThat(send(rig, item("1"), item("2"), item("3"), item("4")).end()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(send(rig, item("a".repeat(1500)), item("b".repeat(1500))).end()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(send(rig).end()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(rig.line.requests).isEmpty();
  }

  @Test
  @DisplayName("decisions 12: nothing is begun before the client has sent all it has")
  void begunTogether() throws Exception {
    GrpcRig rig = rig();
    Results results = new Results();
    StreamObserver<BatchRequest> to = rig.async.batch(results);
    to.onNext(item("my number begins 110105194912"));
    GrpcRig.await("the item is in", () -> rig.ingress.heldBytes() > 0);
    assertThat(rig.line.requests).isEmpty();
    to.onNext(item("31002X"));
    to.onCompleted();
    assertThat(results.end()).isEqualTo(Status.Code.OK);
    assertThat(rig.line.requests).hasSize(2);
  }

  @Test
  @DisplayName("E9 a call that is cancelled cancels every item, begun or not")
  void cancel() throws Exception {
    GrpcRig rig = rig();
    List<AnswerSink> held = new CopyOnWriteArrayList<>();
    rig.line.script = (request, sink, loop) -> held.add(sink);
    Context.CancellableContext context = Context.current().withCancellation();
    context.run(() -> send(rig, item("one"), item("two")));
    GrpcRig.await("both begun", () -> held.size() == 2);
    context.cancel(null);
    GrpcRig.await("both cancelled", () -> rig.line.cancelled.get() == 2);
  }

  @Test
  @DisplayName("B8 without a key the call ends at once, and its items are not read")
  void unauthenticated() throws Exception {
    GrpcRig rig = rig((peer, key) -> null);
    assertThat(send(rig, item("one")).end()).isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(rig.line.requests).isEmpty();
  }

  @Test
  @DisplayName("R2.1 items are not streamed, whatever their extra fields say")
  void noStreams() throws Exception {
    GrpcRig rig = rig();
    ChatRequest stream = chat("x").toBuilder().setExtra(Struct.newBuilder().putFields("stream", Value.newBuilder().setBoolValue(true).build())).build();
    Results results = send(rig, BatchRequest.newBuilder().setChat(stream).build());
    assertThat(results.end()).isEqualTo(Status.Code.OK);
    assertThat(results.all.get(0).getError().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT.value());
    assertThat(rig.line.requests).isEmpty();
  }

  @Test
  @DisplayName("the call's deadline is the deadline of every item")
  void deadline() throws Exception {
    GrpcRig rig = rig();
    Results results = new Results();
    StreamObserver<BatchRequest> to = rig.async.withDeadlineAfter(30, TimeUnit.SECONDS).batch(results);
    to.onNext(item("one"));
    to.onNext(item("two"));
    to.onCompleted();
    assertThat(results.end()).isEqualTo(Status.Code.OK);
    assertThat(rig.line.requests).hasSize(2)
        .allMatch(request -> request.timeLeftNanos() > TimeUnit.SECONDS.toNanos(20) && request.timeLeftNanos() <= TimeUnit.SECONDS.toNanos(30));
  }
}
