package io.tidegate.ingress.http;

import io.netty.buffer.Unpooled;
import io.tidegate.fake.ItemWalks;
import io.tidegate.line.AnswerSink;
import io.tidegate.line.BatchSink;
import io.tidegate.line.Line;
import io.tidegate.model.Destination;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.Sensitivity;
import io.tidegate.time.Loop;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A line that records what reaches it and answers by script. Safe from any thread. */
final class RecordingLine implements Line {
  /** What to do with a request, on its loop. */
  interface Script {
    void answer(ModelRequest request, AnswerSink sink, Loop loop);
  }

  final List<ModelRequest> requests = new CopyOnWriteArrayList<>();
  final AtomicInteger modelLists = new AtomicInteger();
  final AtomicInteger cancelled = new AtomicInteger();
  final AtomicInteger writable = new AtomicInteger();
  volatile Script script = (request, sink, loop) -> sink.complete(route(request.id()), json("{\"id\":\"" + request.model() + "\"}"));
  volatile Runnable onWritable = () -> {};

  @Override
  public Walk walk(ModelRequest request, AnswerSink sink, Loop loop) {
    requests.add(request);
    if (!loop.inLoop()) {
      throw new IllegalStateException("not on the loop");
    }
    script.answer(request, sink, loop);
    return new Walk() {
      @Override
      public void cancel() {
        cancelled.incrementAndGet();
      }

      @Override
      public void writable() {
        writable.incrementAndGet();
        onWritable.run();
      }
    };
  }

  @Override
  public Walk batch(List<ModelRequest> batch, int parallel, BatchSink sink, Loop loop) {
    return ItemWalks.begin(this, batch, sink, loop);
  }

  @Override
  public void classify(ModelRequest request, Loop loop, Classified done) {
    throw new UnsupportedOperationException("HTTP does not classify without sending");
  }

  @Override
  public byte[] models() {
    modelLists.incrementAndGet();
    return "{\"object\":\"list\",\"data\":[{\"id\":\"m\"}]}".getBytes(StandardCharsets.UTF_8);
  }

  /** Nothing has come through. */
  boolean untouched() {
    return requests.isEmpty() && modelLists.get() == 0;
  }

  static io.netty.buffer.ByteBuf json(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
  }

  static RouteInfo route(String id) {
    return new RouteInfo(id, Sensitivity.INTERNAL, LatencyClass.STANDARD, Destination.PRIVATE, "local-vllm", "floor,harmless", "ab12",
        RouteInfo.CacheOutcome.MISS, 1);
  }
}
