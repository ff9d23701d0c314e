package io.tidegate.ingress.grpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.netty.buffer.ByteBuf;
import io.tidegate.line.AnswerSink;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;
import io.tidegate.v1.ChatStreamResponse;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * One call's answer. Unary answers are translated whole; streams frame by frame. Confined to the call's loop.
 *
 * @param <A> the call's response message
 */
final class CallSink<A> implements AnswerSink {
  private static final byte[] DATA = {'d', 'a', 't', 'a', ':', ' '};

  private final ServerCallStreamObserver<A> observer;
  private final @Nullable BiFunction<JsonText, io.tidegate.v1.RouteInfo, A> unary;
  private final @Nullable StreamForm<A> stream;
  private @Nullable RouteInfo route;
  private boolean broken;
  private Runnable leave = () -> { };

  private CallSink(ServerCallStreamObserver<A> observer, @Nullable BiFunction<JsonText, io.tidegate.v1.RouteInfo, A> unary,
      @Nullable StreamForm<A> stream) {
    this.observer = observer;
    this.unary = unary;
    this.stream = stream;
  }

  /** How a stream's messages are made. */
  interface StreamForm<A> {
    A first(io.tidegate.v1.RouteInfo route);

    A chunk(JsonText json);
  }

  static <A> CallSink<A> unary(ServerCallStreamObserver<A> observer, BiFunction<JsonText, io.tidegate.v1.RouteInfo, A> form) {
    return new CallSink<>(observer, form, null);
  }

  static CallSink<ChatStreamResponse> chatStream(ServerCallStreamObserver<ChatStreamResponse> observer) {
    return new CallSink<>(observer, null, new StreamForm<>() {
      @Override
      public ChatStreamResponse first(io.tidegate.v1.RouteInfo route) {
        return ChatStreamResponse.newBuilder().setRoute(route).build();
      }

      @Override
      public ChatStreamResponse chunk(JsonText json) {
        return AnswerMessages.chunk(json);
      }
    });
  }

  /** @param leave called when an event could not be read and the call has been ended: nobody needs the rest */
  void onUnreadable(Runnable leave) {
    this.leave = leave;
  }

  @Override
  public void complete(RouteInfo info, ByteBuf json) {
    if (unary == null) {
      throw new IllegalStateException("a stream was asked for");
    }
    try {
      observer.onNext(unary.apply(parse(json, json.readerIndex(), json.readableBytes()), Routes.message(info)));
      observer.onCompleted();
    } catch (JsonException invalid) {
      observer.onError(Statuses.of(ErrorAnswer.of(Refusal.UPSTREAM_FAILED, "The upstream's answer could not be read."), info));
    } finally {
      json.release();
    }
  }

  @Override
  public void open(RouteInfo info) {
    route = info;
    observer.onNext(form().first(Routes.message(info)));
  }

  @Override
  public void events(ByteBuf frames) {
    try {
      int at = frames.readerIndex();
      int end = frames.writerIndex();
      while (at < end && !broken) {
        int lineEnd = frames.indexOf(at, end, (byte) '\n');
        int stop = lineEnd < 0 ? end : lineEnd;
        if (stop > at) {
          observer.onNext(form().chunk(data(frames, at, stop)));
        }
        at = stop + 1;
      }
    } catch (JsonException invalid) {
      breakOff(ErrorAnswer.of(Refusal.UPSTREAM_INCOMPLETE, "The upstream broke off with an event that could not be read."));
      leave.run();
    } finally {
      frames.release();
    }
  }

  @Override
  public void close() {
    if (!broken) {
      observer.onCompleted();
    }
  }

  @Override
  public void refuse(ErrorAnswer error, RouteInfo info) {
    observer.onError(Statuses.of(error, info));
  }

  @Override
  public void breakOff(ErrorAnswer error) {
    if (!broken) {
      broken = true;
      observer.onError(Statuses.of(error, route));
    }
  }

  @Override
  public boolean isWritable() {
    return observer.isReady();
  }

  private StreamForm<A> form() {
    if (stream == null) {
      throw new IllegalStateException("one answer was asked for");
    }
    return stream;
  }

  /** The JSON of a {@code data:} line; a line that is none has no JSON either. */
  private static JsonText data(ByteBuf frames, int start, int end) throws JsonException {
    int from = start;
    while (from < end && from - start < DATA.length && frames.getByte(from) == DATA[from - start]) {
      from++;
    }
    return parse(frames, from, end - from);
  }

  private static JsonText parse(ByteBuf from, int start, int length) throws JsonException {
    byte[] bytes = new byte[length];
    from.getBytes(start, bytes);
    return JsonText.parse(bytes, JsonLimits.DEFAULT);
  }
}
