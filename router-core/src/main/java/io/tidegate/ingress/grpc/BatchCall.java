package io.tidegate.ingress.grpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.netty.buffer.ByteBuf;
import io.tidegate.ingress.BatchLimits;
import io.tidegate.ingress.BodyBudget;
import io.tidegate.ingress.Reading;
import io.tidegate.line.BatchSink;
import io.tidegate.line.Line;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;
import io.tidegate.time.Loop;
import io.tidegate.v1.BatchRequest;
import io.tidegate.v1.BatchResponse;
import io.tidegate.v1.Hints;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One call of {@code Batch}: takes items until the client closes its side, begins them, and sends each result as it is ready. Items are begun together,
 * as what spans them raises them (decisions 12). Confined to the call's loop.
 */
final class BatchCall implements StreamObserver<BatchRequest>, BatchSink {
  /** Takes what may still come into a call that has been answered. */
  static final StreamObserver<BatchRequest> REFUSED = new StreamObserver<>() {
    @Override
    public void onNext(BatchRequest item) {}

    @Override
    public void onError(Throwable cancelled) {}

    @Override
    public void onCompleted() {}
  };

  /** As of a body over HTTP. */
  private static final int MIN_PROGRESS = 1 << 10;
  private static final long SECOND = 1_000_000_000L;
  /** A line on which whole messages may take long; slower ones are not waited for. */
  private static final long SLOW_BYTES_PER_SECOND = 64 << 10;

  private final ServerCallStreamObserver<BatchResponse> observer;
  private final BatchLimits limits;
  private final BodyBudget bodies;
  private final Parser parser;
  private final Begin begin;
  private final Loop loop;
  private final GrpcConfig.Patience patience;
  private final List<Reading> items = new ArrayList<>();
  private final List<ModelRequest> requests = new ArrayList<>();
  private int[] places = {};
  private long received;
  private long held;
  private Line.@Nullable Walk walk;
  private boolean ended;
  private boolean whole;
  private Loop.@Nullable Timer watch;
  /** Bytes that had come when the watch was set. */
  private long mark;
  /** When results were first seen to wait for the caller; negative while none do. */
  private long behindSince = -1;
  /** Bytes of results since the caller had last taken what there was. */
  private long unread;

  /** Reads an item as the call it would be by itself. */
  @FunctionalInterface
  interface Parser {
    Reading parse(Operation operation, Supplier<byte[]> json, Hints hints);
  }

  /** Begins the batch. */
  @FunctionalInterface
  interface Begin {
    Line.Walk batch(List<ModelRequest> requests, BatchSink sink);
  }

  BatchCall(ServerCallStreamObserver<BatchResponse> observer, BatchLimits limits, BodyBudget bodies, Parser parser, Begin begin, Loop loop,
      GrpcConfig.Patience patience) {
    this.observer = observer;
    this.limits = limits;
    this.bodies = bodies;
    this.parser = parser;
    this.begin = begin;
    this.loop = loop;
    this.patience = patience;
    watch(itemsSpan());
  }

  /** An item counts once it is whole, so the longest one has its time on a slow line. */
  private long itemsSpan() {
    return patience.body().toNanos() + onASlowLine(limits.bytes());
  }

  private static long onASlowLine(long bytes) {
    return bytes * SECOND / SLOW_BYTES_PER_SECOND;
  }

  private void watch(long nanos) {
    mark = received;
    watch = loop.schedule(this::watched, nanos);
  }

  /** A call without a deadline of its own must not hold its share of the bodies for ever (G8). */
  private void watched() {
    watch = null;
    if (ended) {
      return;
    }
    if (!whole) {
      if (received - mark < MIN_PROGRESS) {
        failed(ErrorAnswer.of(Refusal.REQUEST_TIMEOUT, "The batch did not come in time: send its items without long pauses, then end them."));
        return;
      }
      watch(itemsSpan());
      return;
    }
    long now = loop.nanos();
    if (observer.isReady()) {
      tookAll();
    } else if (behindSince < 0) {
      behindSince = now;
    }
    // Whoever is ready has taken all but a little; on the way there nothing is heard of what it takes.
    if (behindSince < 0 || now - behindSince < patience.write().toNanos() + onASlowLine(unread)) {
      watch(patience.write().toNanos());
    } else {
      failed(ErrorAnswer.of(Refusal.REQUEST_TIMEOUT, "The results were not taken in time: read them as they come."));
    }
  }

  private void unwatch() {
    Loop.Timer set = watch;
    watch = null;
    if (set != null) {
      set.cancel();
    }
  }

  @Override
  public void onNext(BatchRequest item) {
    if (ended) {
      return;
    }
    received += item.getSerializedSize();
    if (items.size() == limits.items()) {
      failed(ErrorAnswer.of(Refusal.INVALID_REQUEST, "A batch holds at most " + limits.items() + " requests. Send more batches."));
      return;
    }
    if (received > limits.bytes()) {
      failed(ErrorAnswer.of(Refusal.TOO_LARGE, "The batch is too large. Send more batches."));
      return;
    }
    Reading read = switch (item.getRequestCase()) {
      case CHAT -> parser.parse(Operation.CHAT, () -> RequestJson.chat(item.getChat(), false), item.getChat().getHints());
      case COMPLETE -> parser.parse(Operation.COMPLETION, () -> RequestJson.complete(item.getComplete()), item.getComplete().getHints());
      case EMBED -> parser.parse(Operation.EMBEDDING, () -> RequestJson.embed(item.getEmbed()), item.getEmbed().getHints());
      case REQUEST_NOT_SET -> new Reading.Refused(ErrorAnswer.ofParam(Refusal.INVALID_REQUEST, "Set one of chat, complete and embed.", "request"));
    };
    Reading kept = read instanceof Reading.Accepted streaming && streaming.request().stream()
        ? new Reading.Refused(ErrorAnswer.ofParam(Refusal.INVALID_REQUEST, "Items of a batch cannot be streamed.", "stream")) : read;
    if (kept instanceof Reading.Accepted accepted) {
      int bytes = accepted.request().prompt().json().length();
      if (!bodies.take(bytes)) {
        failed(RouterServiceEdge.BUSY);
        return;
      }
      held += bytes;
    }
    items.add(kept);
  }

  @Override
  public void onError(Throwable cancelled) {
    cancel();
  }

  /** All items are in. */
  @Override
  public void onCompleted() {
    if (ended) {
      return;
    }
    if (items.isEmpty()) {
      failed(ErrorAnswer.of(Refusal.INVALID_REQUEST, "The batch is empty. Send at least one request."));
      return;
    }
    whole = true;
    unwatch();
    watch(patience.write().toNanos());
    places = new int[items.size()];
    for (int place = 0; place < places.length; place++) {
      if (items.get(place) instanceof Reading.Accepted accepted) {
        places[requests.size()] = place;
        requests.add(accepted.request());
      }
    }
    for (int place = 0; place < places.length; place++) {
      if (items.get(place) instanceof Reading.Refused no) {
        error(place, no.error(), null);
      }
    }
    items.clear();
    Line.Walk begun = begin.batch(requests, this);
    if (ended) {
      begun.cancel();
    } else {
      walk = begun;
    }
  }

  void cancel() {
    ended = true;
    Line.Walk current = walk;
    walk = null;
    if (current != null) {
      current.cancel();
    }
    close();
  }

  /** The call is over, one way or the other: what it held is given back. */
  void close() {
    unwatch();
    bodies.give(held);
    held = 0;
  }

  void ready() {
    tookAll();
    Line.Walk current = walk;
    if (current != null) {
      current.writable();
    }
  }

  @Override
  public void answered(int item, RouteInfo route, ByteBuf json) {
    if (ended) {
      json.release();
      return;
    }
    byte[] bytes = new byte[json.readableBytes()];
    json.readBytes(bytes);
    json.release();
    try {
      JsonText answer = JsonText.parse(bytes, JsonLimits.DEFAULT);
      io.tidegate.v1.RouteInfo how = Routes.message(route);
      BatchResponse.Builder to = BatchResponse.newBuilder().setIndex(places[item]);
      switch (requests.get(item).operation()) {
        case CHAT -> to.setChat(AnswerMessages.chat(answer, how));
        case COMPLETION -> to.setComplete(AnswerMessages.completion(answer, how));
        case EMBEDDING -> to.setEmbed(AnswerMessages.embeddings(answer, how));
      }
      send(to.build());
    } catch (JsonException invalid) {
      error(places[item], ErrorAnswer.of(Refusal.UPSTREAM_FAILED, "The upstream's answer could not be read."), route);
    }
  }

  @Override
  public void refused(int item, ErrorAnswer error, @Nullable RouteInfo route) {
    if (!ended) {
      error(places[item], error, route);
    }
  }

  private void error(int place, ErrorAnswer error, @Nullable RouteInfo route) {
    send(BatchResponse.newBuilder().setIndex(place).setError(Statuses.status(error, route)).build());
  }

  private void send(BatchResponse result) {
    unread += result.getSerializedSize();
    observer.onNext(result);
  }

  private void tookAll() {
    unread = 0;
    behindSince = -1;
  }

  @Override
  public void done() {
    if (!ended) {
      ended = true;
      observer.onCompleted();
      // Not only when the caller has read it all, which it may never do.
      close();
    }
  }

  @Override
  public void failed(ErrorAnswer error) {
    if (!ended) {
      ended = true;
      Line.Walk current = walk;
      walk = null;
      if (current != null) {
        current.cancel();
      }
      observer.onError(Statuses.of(error, null));
      close();
    }
  }

  @Override
  public boolean isWritable() {
    return observer.isReady();
  }
}
