package io.tidegate.ingress.grpc;

import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.tidegate.ingress.BodyBudget;
import io.tidegate.ingress.Callers;
import io.tidegate.ingress.Reading;
import io.tidegate.ingress.RequestFacts;
import io.tidegate.ingress.RequestReader;
import io.tidegate.line.Line;
import io.tidegate.model.CacheDirective;
import io.tidegate.model.Caller;
import io.tidegate.model.Destination;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Finding;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.Sensitivity;
import io.tidegate.net.EventLoops;
import io.tidegate.time.Loop;
import io.tidegate.v1.BatchRequest;
import io.tidegate.v1.BatchResponse;
import io.tidegate.v1.ChatRequest;
import io.tidegate.v1.ChatResponse;
import io.tidegate.v1.ChatStreamResponse;
import io.tidegate.v1.ClassifyRequest;
import io.tidegate.v1.ClassifyResponse;
import io.tidegate.v1.CompleteRequest;
import io.tidegate.v1.CompleteResponse;
import io.tidegate.v1.EmbedRequest;
import io.tidegate.v1.EmbedResponse;
import io.tidegate.v1.Hints;
import io.tidegate.v1.Model;
import io.tidegate.v1.ModelsRequest;
import io.tidegate.v1.ModelsResponse;
import io.tidegate.v1.RouterServiceGrpc;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonWriter;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code tidegate.v1.RouterService}: each call becomes the same internal request as its HTTP sibling (decisions 18). Calls run on the event loop of
 * their connection.
 */
final class RouterServiceEdge extends RouterServiceGrpc.RouterServiceImplBase {
  static final ErrorAnswer BUSY = new ErrorAnswer(Refusal.BUSY, Refusal.BUSY.httpStatus(),
      "The router holds as many request bodies as it may. Try again in a moment.", null, 1);

  private final Line line;
  private final EventLoops loops;
  private final Callers callers;
  private final RequestReader reader = new RequestReader(JsonLimits.DEFAULT);
  private final Supplier<String> ids;
  private final BooleanSupplier draining;
  private final BodyBudget bodies;
  private final GrpcConfig config;

  RouterServiceEdge(Line line, EventLoops loops, Callers callers, Supplier<String> ids, BodyBudget bodies, GrpcConfig config,
      BooleanSupplier draining) {
    this.config = config;
    this.bodies = bodies;
    this.line = line;
    this.loops = loops;
    this.callers = callers;
    this.ids = ids;
    this.draining = draining;
  }

  @Override
  public void chat(ChatRequest request, StreamObserver<ChatResponse> observer) {
    walk(Operation.CHAT, () -> RequestJson.chat(request, false), request.getHints(), observer, CallSink.unary(call(observer), AnswerMessages::chat));
  }

  @Override
  public void chatStream(ChatRequest request, StreamObserver<ChatStreamResponse> observer) {
    walk(Operation.CHAT, () -> RequestJson.chat(request, true), request.getHints(), observer, CallSink.chatStream(call(observer)));
  }

  @Override
  public void complete(CompleteRequest request, StreamObserver<CompleteResponse> observer) {
    walk(Operation.COMPLETION, () -> RequestJson.complete(request), request.getHints(), observer,
        CallSink.unary(call(observer), AnswerMessages::completion));
  }

  @Override
  public void embed(EmbedRequest request, StreamObserver<EmbedResponse> observer) {
    walk(Operation.EMBEDDING, () -> RequestJson.embed(request), request.getHints(), observer,
        CallSink.unary(call(observer), AnswerMessages::embeddings));
  }

  @Override
  public StreamObserver<BatchRequest> batch(StreamObserver<BatchResponse> observer) {
    ServerCallStreamObserver<BatchResponse> call = call(observer);
    RequestFacts facts = facts(observer);
    if (facts == null) {
      return BatchCall.REFUSED;
    }
    Loop loop = loops.current();
    BatchCall batch = new BatchCall(call, config.batch(), bodies, (operation, json, hints) -> parse(operation, json, hints, facts),
        (requests, sink) -> line.batch(requests, config.batch().parallel(), sink, loop), loop, config.patience());
    call.setOnCancelHandler(() -> onLoop(loop, batch::cancel));
    call.setOnCloseHandler(() -> onLoop(loop, batch::close));
    call.setOnReadyHandler(() -> onLoop(loop, batch::ready));
    return batch;
  }

  @Override
  public void models(ModelsRequest request, StreamObserver<ModelsResponse> observer) {
    if (identify(CallFacts.KEY.get(), observer) == null) {
      return;
    }
    try {
      JsonText json = JsonText.parse(line.models(), JsonLimits.DEFAULT);
      ModelsResponse.Builder to = ModelsResponse.newBuilder();
      int data = json.member(0, "data");
      for (int node = data + 1; node < json.next(data); node = json.next(node)) {
        Model.Builder model = to.addModelsBuilder().setId(json.string(json.member(node, "id"))).setOwnedBy(json.string(json.member(node, "owned_by")));
        int zones = json.member(node, "zones");
        for (int zone = zones + 1; zone < json.next(zones); zone = json.next(zone)) {
          model.addZones(Routes.destination(Destination.valueOf(json.string(zone))));
        }
      }
      observer.onNext(to.build());
      observer.onCompleted();
    } catch (JsonException defect) {
      throw new IllegalStateException("our own list of models is valid JSON", defect);
    }
  }

  @Override
  public void classify(ClassifyRequest request, StreamObserver<ClassifyResponse> observer) {
    ModelRequest asked = switch (request.getRequestCase()) {
      case CHAT -> read(Operation.CHAT, () -> RequestJson.chat(request.getChat(), false), request.getChat().getHints(), observer);
      case COMPLETE -> read(Operation.COMPLETION, () -> RequestJson.complete(request.getComplete()), request.getComplete().getHints(), observer);
      case EMBED -> read(Operation.EMBEDDING, () -> RequestJson.embed(request.getEmbed()), request.getEmbed().getHints(), observer);
      case REQUEST_NOT_SET -> {
        observer.onError(Statuses.of(ErrorAnswer.ofParam(Refusal.INVALID_REQUEST, "Set one of chat, complete and embed.", "request"), null));
        yield null;
      }
    };
    if (asked == null) {
      return;
    }
    line.classify(asked, loops.current(), new Line.Classified() {
      @Override
      public void decided(RouteInfo route, List<Finding> findings, List<Destination> order) {
        ClassifyResponse.Builder to = ClassifyResponse.newBuilder().setRoute(Routes.message(route));
        order.forEach(destination -> to.addOrder(Routes.destination(destination)));
        for (Finding finding : findings) {
          to.addFindings(io.tidegate.v1.Finding.newBuilder().setType(finding.type()).setLikelihood(finding.likelihood().name())
              .setDetector(finding.detector()));
        }
        observer.onNext(to.build());
        observer.onCompleted();
      }

      @Override
      public void refused(ErrorAnswer error) {
        observer.onError(Statuses.of(error, null));
      }
    });
  }

  private <A> void walk(Operation operation, Supplier<byte[]> json, Hints hints, StreamObserver<A> observer, CallSink<A> sink) {
    ServerCallStreamObserver<A> call = call(observer);
    ModelRequest request = read(operation, json, hints, observer);
    if (request == null) {
      return;
    }
    int bytes = request.prompt().json().length();
    if (!bodies.take(bytes)) {
      observer.onError(Statuses.of(BUSY, null));
      return;
    }
    Loop loop = loops.current();
    WalkHandle handle = new WalkHandle(() -> bodies.give(bytes));
    call.setOnCancelHandler(() -> onLoop(loop, handle::cancel));
    call.setOnCloseHandler(() -> onLoop(loop, handle::close));
    call.setOnReadyHandler(() -> onLoop(loop, handle::writable));
    sink.onUnreadable(handle::cancel);
    handle.begun(line.walk(request, sink, loop));
  }

  /** The request, or null when an error has been answered. */
  private @Nullable ModelRequest read(Operation operation, Supplier<byte[]> json, Hints hints, StreamObserver<?> observer) {
    RequestFacts facts = facts(observer);
    return facts == null ? null : parse(operation, json, hints, facts).<@Nullable ModelRequest>fold(request -> request, error -> {
      observer.onError(Statuses.of(error, null));
      return null;
    });
  }

  /** What the call says of its requests, or null when an error has been answered. */
  private @Nullable RequestFacts facts(StreamObserver<?> observer) {
    CallFacts facts = CallFacts.KEY.get();
    if (draining.getAsBoolean()) {
      observer.onError(Statuses.of(ErrorAnswer.of(Refusal.DRAINING, "The router is stopping. Try again at once on a new connection."), null));
      return null;
    }
    Caller caller = identify(facts, observer);
    if (caller == null) {
      return null;
    }
    Deadline deadline = Context.current().getDeadline();
    long left = deadline == null ? 0 : Math.max(1, deadline.timeRemaining(TimeUnit.NANOSECONDS));
    return new RequestFacts(caller, facts.sensitivity(), facts.latencyClass(), left, CacheDirective.DEFAULT, facts.session(),
        callers.regional() ? callers.region(facts.remote(), facts.forwarded()) : "", facts.trace());
  }

  private Reading parse(Operation operation, Supplier<byte[]> json, Hints hints, RequestFacts call) {
    LatencyClass stated = Routes.latencyClass(hints.getLatencyClass());
    Sensitivity declared = call.declared().join(Routes.sensitivity(hints.getSensitivity()));
    RequestFacts about = new RequestFacts(call.caller(), declared, stated == null ? call.latencyWish() : stated, call.timeLeftNanos(),
        directive(hints), call.session(), call.region(), call.trace());
    byte[] body;
    try {
      body = json.get();
    } catch (JsonWriter.TooLarge tooLarge) {
      return new Reading.Refused(ErrorAnswer.of(Refusal.TOO_LARGE, "The request is too large."));
    }
    return reader.read(operation, body, about, ids.get(), loops.current().nanos());
  }

  /** The caller, or null when an error has been answered. */
  private @Nullable Caller identify(CallFacts facts, StreamObserver<?> observer) {
    Caller caller = callers.identify(facts.peer(), facts.bearer());
    if (caller == null) {
      observer.onError(Statuses.of(ErrorAnswer.of(Refusal.UNAUTHENTICATED,
          "Send a key of this router as metadata \"authorization: Bearer KEY\", or connect as a user or workload that it knows."), null));
      return null;
    }
    if (facts.error() != null) {
      observer.onError(Statuses.of(facts.error(), null));
      return null;
    }
    return caller;
  }

  private static CacheDirective directive(Hints hints) {
    return switch (hints.getCache()) {
      case CACHE_DIRECTIVE_UNSPECIFIED, UNRECOGNIZED -> CacheDirective.DEFAULT;
      case CACHE_DIRECTIVE_NO_CACHE -> CacheDirective.NO_CACHE;
      case CACHE_DIRECTIVE_NO_STORE -> CacheDirective.NO_STORE;
    };
  }

  private static void onLoop(Loop loop, Runnable task) {
    if (loop.inLoop()) {
      task.run();
    } else {
      loop.execute(task);
    }
  }

  private static <A> ServerCallStreamObserver<A> call(StreamObserver<A> observer) {
    return (ServerCallStreamObserver<A>) observer;
  }

  /** The walk as the call's callbacks see it; they may fire before {@code line.walk} has returned. Confined to the call's loop. */
  private static final class WalkHandle {
    private final Runnable end;
    private Line.@Nullable Walk walk;
    private boolean cancelled;
    private boolean closed;

    WalkHandle(Runnable end) {
      this.end = end;
    }

    void begun(Line.Walk begun) {
      walk = begun;
      if (cancelled) {
        begun.cancel();
      }
    }

    void cancel() {
      cancelled = true;
      if (walk != null) {
        walk.cancel();
      }
      close();
    }

    /** The call is over, one way or the other: what it held is given back, once. */
    void close() {
      if (!closed) {
        closed = true;
        end.run();
      }
    }

    void writable() {
      if (walk != null) {
        walk.writable();
      }
    }
  }
}
