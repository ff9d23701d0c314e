package io.tidegate.ingress.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.tidegate.decide.DecisionFixture;
import io.tidegate.fake.FakeLoop;
import io.tidegate.ingress.BatchLimits;
import io.tidegate.ingress.BodyBudget;
import io.tidegate.ingress.Reading;
import io.tidegate.line.BatchSink;
import io.tidegate.line.Line;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Refusal;
import io.tidegate.v1.BatchRequest;
import io.tidegate.v1.BatchResponse;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A caller of {@code Batch} that has no deadline and does not go on. */
class BatchCallTest {
  private static final long SECOND = 1_000_000_000L;
  /** Ten seconds, and as long as the largest batch takes at 64 KiB/s. */
  private static final long ITEMS = 10 * SECOND + BatchLimits.DEFAULT.bytes() * SECOND / (64 << 10);

  private final FakeLoop loop = new FakeLoop();
  private final BodyBudget bodies = new BodyBudget(1 << 20);
  private final Caller caller = new Caller();
  private final BatchCall call = new BatchCall(caller, BatchLimits.DEFAULT, bodies, (operation, json, hints) -> new Reading.Accepted(
      DecisionFixture.request("r1", operation, "auto", false, new String(json.get(), StandardCharsets.UTF_8))), (requests, sink) -> begun(sink),
      loop, GrpcConfig.Patience.DEFAULT);
  private @Nullable BatchSink results;
  private boolean cancelled;

  private Line.Walk begun(BatchSink sink) {
    results = sink;
    return new Line.Walk() {
      @Override
      public void cancel() {
        cancelled = true;
      }

      @Override
      public void writable() {}
    };
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(bodies.heldBytes()).isZero();
    assertThat(loop.pendingTimers()).isZero();
  }

  @Test
  @DisplayName("G8 a batch whose items stop coming ends, and holds nothing")
  void neverEnded() {
    call.onNext(item("a".repeat(2_000)));
    loop.advance(ITEMS);
    assertThat(caller.ended).as("as much time again for what came").isNull();
    assertThat(bodies.heldBytes()).isPositive();
    call.onNext(item("a drip"));
    loop.advance(ITEMS - 1);
    assertThat(caller.ended).as("a long item may be on a slow line").isNull();
    loop.advance(1);
    assertThat(caller.ended).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
  }

  @Test
  @DisplayName("G8 a batch whose results nobody takes ends, what is under way is cancelled, and it holds nothing")
  void neverRead() {
    call.onNext(item("one"));
    call.onCompleted();
    caller.ready = false;
    loop.advance(90 * SECOND);
    assertThat(cancelled).isTrue();
    assertThat(caller.ended).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
  }

  @Test
  @DisplayName("a caller that reads slowly is waited for as long as it reads, and one whose upstream is slow, too")
  void slow() {
    call.onNext(item("one"));
    call.onCompleted();
    loop.advance(200 * SECOND);
    caller.ready = false;
    for (int i = 0; i < 10; i++) {
      loop.advance(29 * SECOND);
      call.ready();
    }
    assertThat(caller.ended).isNull();
    BatchSink to = Objects.requireNonNull(results);
    to.refused(0, ErrorAnswer.of(Refusal.BUSY, "Later."), null);
    to.done();
    assertThat(bodies.heldBytes()).as("whether it is read or not").isZero();
    assertThat(caller.ended).isEqualTo(Status.Code.OK);
    assertThat(cancelled).isFalse();
  }

  @Test
  @DisplayName("G8 a caller that leaves leaves no timer")
  void left() {
    call.onNext(item("one"));
    call.cancel();
    assertThat(caller.ended).isNull();
  }

  private static BatchRequest item(String text) {
    return BatchRequest.newBuilder().setChat(GrpcRig.chat(text)).build();
  }

  /** The call as gRPC sees it. */
  private static final class Caller extends ServerCallStreamObserver<BatchResponse> {
    private boolean ready = true;
    private Status.@Nullable Code ended;

    @Override
    public boolean isReady() {
      return ready;
    }

    @Override
    public void onNext(BatchResponse result) {}

    @Override
    public void onError(Throwable error) {
      ended = Status.fromThrowable(error).getCode();
    }

    @Override
    public void onCompleted() {
      ended = Status.Code.OK;
    }

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public void setOnCancelHandler(Runnable handler) {}

    @Override
    public void setOnReadyHandler(Runnable handler) {}

    @Override
    public void setCompression(String compression) {}

    @Override
    public void disableAutoInboundFlowControl() {}

    @Override
    public void disableAutoRequest() {}

    @Override
    public void request(int count) {}

    @Override
    public void setMessageCompression(boolean enable) {}
  }
}
