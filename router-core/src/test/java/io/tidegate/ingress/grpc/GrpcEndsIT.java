package io.tidegate.ingress.grpc;

import static io.tidegate.ingress.grpc.GrpcRig.chat;
import static io.tidegate.ingress.grpc.GrpcRig.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.tidegate.ingress.Callers;
import io.tidegate.v1.ChatRequest;
import io.tidegate.v1.ChatResponse;
import io.tidegate.v1.RouterServiceGrpc;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How calls over gRPC end before their answer: by the caller, by time, by a defect, by a bound. */
class GrpcEndsIT {
  @RegisterExtension final GrpcRigs rigs = new GrpcRigs();

  // Leaving and time

  @Test
  @DisplayName("E9 a cancelled call cancels its walk, on the loop, once")
  void cancel() throws Exception {
    GrpcRig rig = rigs.rig();
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
    GrpcRig rig = rigs.rig();
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
    GrpcRig rig = rigs.rig();
    // The deadline is not for making a connection.
    rig.blocking.chat(chat("hi"));
    rig.line.requests.clear();
    rig.line.script = (request, sink, loop) -> { };
    // Where the machine stands still a call's time may be over before it is sent; not each time.
    for (int i = 0; i < 10 && rig.line.requests.isEmpty(); i++) {
      StatusRuntimeException error = failure(() -> rig.blocking.withDeadlineAfter(300, TimeUnit.MILLISECONDS).chat(chat("hi")));
      assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    }
    assertThat(rig.line.requests.get(0).timeLeftNanos()).isBetween(1L, 300_000_000L);
    GrpcRig.await("the cancel", () -> rig.line.cancelled.get() == rig.line.requests.size());
  }

  @Test
  @DisplayName("G5 a defect behind the edge is INTERNAL, without its message, and gives back what was held")
  void defect() throws Exception {
    GrpcRig rig = rigs.rig();
    rig.line.script = (request, sink, loop) -> {
      throw new IllegalStateException("CANARY");
    };
    StatusRuntimeException error = failure(() -> rig.blocking.chat(chat("hi")));
    assertThat(GrpcRigs.reason(error)).isEqualTo("INTERNAL");
    assertThat(error.toString()).doesNotContain("CANARY");
  }

  // Bounds

  @Test
  @DisplayName("G8 E8 a message past the bound is RESOURCE_EXHAUSTED and reaches no line")
  void tooLarge() throws Exception {
    GrpcRig rig = rigs.rig(new GrpcConfig(10_000, 32 << 10, 100, false), Callers.DEFAULT);
    rig.blocking.chat(chat("x".repeat(9_000)));
    assertThat(failure(() -> rig.blocking.chat(chat("x".repeat(10_001)))).getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(rig.line.requests).hasSize(1);
  }

  @Test
  @DisplayName("G8 E8 a compressed bomb is stopped at the bound, not after")
  void bomb() throws Exception {
    GrpcRig rig = rigs.rig(new GrpcConfig(100_000, 32 << 10, 100, false), Callers.DEFAULT);
    assertThat(failure(() -> rig.blocking.withCompression("gzip").chat(chat("x".repeat(50_000_000)))).getStatus().getCode())
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(rig.line.requests).isEmpty();
  }

  @Test
  @DisplayName("G8 requests in flight together are bounded; what ends gives its bytes back")
  void bytesInFlight() throws Exception {
    GrpcRig rig = rigs.rig(new GrpcConfig(10_000, 32 << 10, 100, 10, 10_000, false, io.tidegate.ingress.BatchLimits.DEFAULT), Callers.DEFAULT);
    rig.line.script = (request, sink, loop) -> { };
    ClientCancel first = new ClientCancel();
    rig.async.chat(chat("x".repeat(6_000)), first);
    GrpcRig.await("the first request", () -> rig.line.requests.size() == 1);
    StatusRuntimeException error = failure(() -> rig.blocking.chat(chat("x".repeat(6_000))));
    assertThat(GrpcRigs.reason(error)).isEqualTo("BUSY");
    java.util.Objects.requireNonNull(first.observer).cancel("enough", null);
    GrpcRig.await("its bytes", () -> rig.ingress.heldBytes() == 0);
    rig.line.script = (request, sink, loop) -> sink.complete(RecordingLine.route(request.id()), rigs.bytes(RecordingLine.CHAT));
    for (int i = 0; i < 5; i++) {
      rig.blocking.chat(chat("x".repeat(6_000)));
    }
  }

  @Test
  @DisplayName("G8 decisions 30 connections past the bound are closed; a closed one makes room")
  void connections() throws Exception {
    GrpcRig rig = rigs.rig(new GrpcConfig(10_000, 32 << 10, 100, 2, 10_000, false, io.tidegate.ingress.BatchLimits.DEFAULT), Callers.DEFAULT);
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
}
