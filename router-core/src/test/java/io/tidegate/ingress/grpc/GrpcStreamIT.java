package io.tidegate.ingress.grpc;

import static io.tidegate.ingress.grpc.GrpcRig.chat;
import static io.tidegate.ingress.grpc.GrpcRig.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.tidegate.line.AnswerSink;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Refusal;
import io.tidegate.v1.ChatRequest;
import io.tidegate.v1.ChatStreamResponse;
import io.tidegate.v1.RouterServiceGrpc;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Streams over gRPC: their events, and a caller that does not read. */
class GrpcStreamIT {
  @RegisterExtension final GrpcRigs rigs = new GrpcRigs();

  // Streams

  @Test
  @DisplayName("a stream begins with the route, then comes event by event, then ends")
  void stream() throws Exception {
    GrpcRig rig = rigs.rig();
    rig.line.script = (request, sink, loop) -> {
      sink.open(RecordingLine.route(request.id()));
      sink.events(rigs.bytes(GrpcRigs.CHUNK.formatted("a") + GrpcRigs.CHUNK.formatted("b")));
      sink.events(rigs.bytes(GrpcRigs.CHUNK.formatted("c")));
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
    GrpcRig rig = rigs.rig();
    rig.line.script = (request, sink, loop) -> {
      sink.open(RecordingLine.route(request.id()));
      sink.events(rigs.bytes(GrpcRigs.CHUNK.formatted("a")));
      sink.breakOff(ErrorAnswer.of(Refusal.UPSTREAM_INCOMPLETE, "It broke off."));
    };
    Iterator<ChatStreamResponse> answers = rig.blocking.chatStream(chat("hi"));
    answers.next();
    assertThat(answers.next().getChoices(0).getDelta().getContent()).isEqualTo("a");
    assertThat(GrpcRigs.reason(failure(answers::next))).isEqualTo("UPSTREAM_INCOMPLETE");
  }

  @Test
  @DisplayName("F1 an event that cannot be read breaks the stream off once, and the upstream is left")
  void unreadableEvents() throws Exception {
    GrpcRig rig = rigs.rig();
    for (String frame : List.of("data: {broken\n\n", "CANARY\n\n", "data:\n\n", "d\n\n", ": comment\n\n")) {
      int before = rig.line.cancelled.get();
      rig.line.script = (request, sink, loop) -> {
        sink.open(RecordingLine.route(request.id()));
        loop.execute(() -> {
          sink.events(rigs.bytes(frame + GrpcRigs.CHUNK.formatted("after")));
          sink.events(rigs.bytes(GrpcRigs.CHUNK.formatted("after")));
          sink.close();
        });
      };
      Iterator<ChatStreamResponse> answers = rig.blocking.chatStream(chat("hi"));
      answers.next();
      StatusRuntimeException error = failure(answers::next);
      assertThat(GrpcRigs.reason(error)).as(frame).isEqualTo("UPSTREAM_INCOMPLETE");
      assertThat(error.getMessage()).doesNotContain("CANARY");
      GrpcRig.await("the walk is cancelled", () -> rig.line.cancelled.get() == before + 1);
    }
  }

  @Test
  @DisplayName("many events in one buffer, blank lines and a missing last line end are all the same")
  void framesAreSplit() throws Exception {
    GrpcRig rig = rigs.rig();
    StringBuilder many = new StringBuilder("\n\n");
    for (int i = 0; i < 5_000; i++) {
      many.append(GrpcRigs.CHUNK.formatted(i));
    }
    rig.line.script = (request, sink, loop) -> {
      sink.open(RecordingLine.route(request.id()));
      sink.events(rigs.bytes(many.substring(0, many.length() - 2)));
      sink.events(rigs.bytes(""));
      sink.close();
    };
    AtomicInteger seen = new AtomicInteger(-1);
    rig.blocking.chatStream(chat("hi")).forEachRemaining(piece -> seen.incrementAndGet());
    assertThat(seen).hasValue(5_000);
  }

  @Test
  @DisplayName("E6 a caller that does not read holds the stream: what is buffered for it is bounded, and nothing is lost")
  void backPressure() throws Exception {
    GrpcRig rig = rigs.rig();
    int total = 4_000;
    String frame = GrpcRigs.CHUNK.formatted("x".repeat(1_000));
    AtomicInteger produced = new AtomicInteger();
    AtomicReference<AnswerSink> open = new AtomicReference<>();
    Runnable produce = () -> {
      AnswerSink sink = open.get();
      while (sink.isWritable() && produced.get() < total) {
        sink.events(rigs.bytes(frame));
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
}
