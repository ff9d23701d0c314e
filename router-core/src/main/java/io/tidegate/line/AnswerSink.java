package io.tidegate.line;

import io.netty.buffer.ByteBuf;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.RouteInfo;

/**
 * Where one answer goes; implemented by each ingress. Called on the request's loop only. Exactly one of {@link #complete}, {@link #refuse},
 * or {@link #open} followed by {@link #close} or {@link #breakOff}, is called (G5).
 */
public interface AnswerSink {
  /** The whole answer. {@code json} is consumed. */
  void complete(RouteInfo route, ByteBuf json);

  /** A stream begins. */
  void open(RouteInfo route);

  /**
   * Events of the stream: one or more whole {@code data: {json}\n\n} frames in UTF-8, nothing else; never {@code [DONE]}.
   * Consumed.
   */
  void events(ByteBuf frames);

  /** The stream ended well. Over HTTP this writes {@code [DONE]}. */
  void close();

  /** An error instead of an answer. */
  void refuse(ErrorAnswer error, RouteInfo route);

  /** The stream broke after {@link #open}: says so in the stream's own protocol, without {@code [DONE]}. */
  void breakOff(ErrorAnswer error);

  /** False while the caller's socket is full: the line stops reading the upstream until {@link Line.Walk#writable}. */
  boolean isWritable();
}
