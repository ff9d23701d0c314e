package io.tidegate.ingress.grpc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tidegate.fake.ItemWalks;
import io.tidegate.line.AnswerSink;
import io.tidegate.line.BatchSink;
import io.tidegate.line.Line;
import io.tidegate.model.Destination;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Finding;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Likelihood;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.Sensitivity;
import io.tidegate.time.Loop;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A line that records what reaches it and answers by script. Safe from any thread. */
final class RecordingLine implements Line {
  static final String CHAT = "{\"id\":\"c1\",\"object\":\"chat.completion\",\"created\":7,\"model\":\"m\",\"choices\":[{\"index\":0,\"message\":"
      + "{\"role\":\"assistant\",\"content\":\"hello\"},\"finish_reason\":\"stop\"}],\"usage\":null}";

  /** What to do with a request, on its loop. */
  interface Script {
    void answer(ModelRequest request, AnswerSink sink, Loop loop);
  }

  final List<ModelRequest> requests = new CopyOnWriteArrayList<>();
  final AtomicInteger cancelled = new AtomicInteger();
  volatile Script script = (request, sink, loop) -> sink.complete(route(request.id()), bytes(CHAT));
  volatile Runnable onWritable = () -> { };
  volatile boolean classifierFull;

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
    requests.add(request);
    if (classifierFull) {
      done.refused(ErrorAnswer.of(Refusal.CLASSIFICATION_FAILED, "No room."));
    } else {
      done.decided(route(request.id()), List.of(new Finding("CN_ID", 1, 0, 18, Likelihood.VERY_LIKELY, "cn-id")), List.of(Destination.PRIVATE));
    }
  }

  @Override
  public byte[] models() {
    return ("{\"object\":\"list\",\"data\":[{\"id\":\"auto\",\"object\":\"model\",\"created\":0,\"owned_by\":\"tidegate\",\"zones\":[\"PRIVATE\","
        + "\"PUBLIC\"]},{\"id\":\"qwen\",\"object\":\"model\",\"created\":0,\"owned_by\":\"tidegate\",\"zones\":[\"PRIVATE\"]}]}")
        .getBytes(StandardCharsets.UTF_8);
  }

  static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
  }

  static RouteInfo route(String id) {
    return new RouteInfo(id, Sensitivity.INTERNAL, LatencyClass.STANDARD, Destination.PRIVATE, "home", "floor,harmless", "ab12",
        RouteInfo.CacheOutcome.MISS, 1);
  }
}
