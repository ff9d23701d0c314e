package io.tidegate.ingress.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.tidegate.line.AnswerSink;
import io.tidegate.line.Line;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.RouteInfo;
import org.jspecify.annotations.Nullable;

/**
 * The answer's half of an HTTP/2 stream: takes exactly one end (G5), and what is said after it is dropped. One object with the request's half, {@link H2Stream}:
 * a stream is a request, and a second object for each would be paid for by all. Confined to its connection's loop.
 */
abstract class H2Answer extends LoopState.Watched implements AnswerSink, Intake.Answerer {
  private static final byte[] DONE = Ascii.bytes("data: [DONE]\n\n");
  private static final byte[] PING = Ascii.bytes(": waiting\n");
  /** A long body leaves in pieces, so that progress can be seen. */
  private static final int PIECE_BYTES = 16 << 10;

  final Intake intake;
  final LoopState loopState;
  final RequestHead head;
  final BodyReader body;
  ChannelHandlerContext ctx;

  String id = "";
  Line.@Nullable Walk walk;
  /** The caller has said all. */
  boolean requestEnded;
  boolean opened;
  /** A file is being sent. */
  private boolean content;
  boolean done;
  boolean inRead;
  long progressNanos;
  private boolean flushScheduled;
  private int pendingWrites;
  private boolean progressed;
  private boolean wroteSinceSweep;
  private long quietSinceNanos;

  @SuppressWarnings("NullAway.Init") // ctx is set by handlerAdded, before any event
  H2Answer(Intake intake, LoopState loopState) {
    this.intake = intake;
    this.loopState = loopState;
    this.head = new RequestHead(intake.hosts, true, intake.regional());
    this.body = new BodyReader(intake.budget, intake.config.maxBodyBytes());
  }

  @Override
  public void complete(@Nullable RouteInfo route, ByteBuf json) {
    if (done || opened) {
      json.release();
      return;
    }
    write(H2AnswerHead.complete(loopState, id, route, json.readableBytes()));
    while (json.readableBytes() > PIECE_BYTES) {
      data(json.readRetainedSlice(PIECE_BYTES), false);
    }
    data(json, true);
    finish();
  }

  @Override
  public void refuse(ErrorAnswer error) {
    refuse(error, null);
  }

  @Override
  public void refuse(ErrorAnswer error, @Nullable RouteInfo route) {
    if (done || opened) {
      return;
    }
    intake.count(error);
    byte[] json = ErrorJson.of(error);
    write(H2AnswerHead.error(loopState, id, route, error, json.length));
    data(head.method == Method.HEAD ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(json), true);
    finish();
  }

  @Override
  public void contentBegins(long bytes) {
    if (done || opened) {
      return;
    }
    opened = true;
    content = true;
    write(H2AnswerHead.content(loopState, id, bytes));
    flushSoon();
  }

  @Override
  public void contentPiece(ByteBuf piece, boolean last) {
    if (done || !content) {
      piece.release();
      return;
    }
    while (piece.readableBytes() > PIECE_BYTES) {
      data(piece.readRetainedSlice(PIECE_BYTES), false);
    }
    data(piece, last);
    if (last) {
      finish();
    } else {
      flushSoon();
    }
  }

  @Override
  public void contentFails() {
    if (!done) {
      done = true;
      walk = null;
      body.release();
      ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.INTERNAL_ERROR));
    }
  }

  @Override
  public void open(RouteInfo route) {
    if (done || opened) {
      return;
    }
    opened = true;
    quietSinceNanos = loopState.loop.nanos();
    write(H2AnswerHead.stream(loopState, id, route));
    flushSoon();
  }

  @Override
  public void events(ByteBuf frames) {
    if (done || !opened || !frames.isReadable()) {
      frames.release();
      return;
    }
    wroteSinceSweep = true;
    data(frames, false);
    flushSoon();
  }

  @Override
  public void close() {
    last(DONE);
  }

  @Override
  public void breakOff(ErrorAnswer error) {
    intake.count(error);
    last(ErrorJson.frame(error));
  }

  @Override
  public boolean isWritable() {
    return ctx.channel().isWritable();
  }

  private void last(byte[] text) {
    if (!done && opened) {
      data(Unpooled.wrappedBuffer(text), true);
      finish();
    }
  }

  private void write(Http2Headers headers) {
    ctx.write(new DefaultHttp2HeadersFrame(headers));
  }

  private void data(ByteBuf content, boolean last) {
    if (pendingWrites++ == 0) {
      progressed = true;
    }
    ctx.write(new DefaultHttp2DataFrame(content, last)).addListener((ChannelFutureListener) written -> {
      pendingWrites--;
      progressed = true;
      if (last && !requestEnded && written.isSuccess()) {
        // What the caller may still be sending is not wanted any more (RFC 9113 section 8.1). Earlier, this would overtake the answer.
        ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR));
      }
    });
  }

  private void finish() {
    done = true;
    walk = null;
    body.release();
    if (!inRead) {
      ctx.flush();
    }
  }

  private void flushSoon() {
    if (!inRead && !flushScheduled) {
      flushScheduled = true;
      loopState.loop.execute(() -> {
        flushScheduled = false;
        ctx.flush();
      });
    }
  }

  /** The answer ends here, with a word (G5). */
  @Override
  void cutShort() {
    Line.Walk current = walk;
    if (content) {
      contentFails();
    } else if (opened) {
      breakOff(Faults.DRAINING);
    } else {
      refuse(Faults.DRAINING);
    }
    if (current != null) {
      current.cancel();
    }
  }

  /** Cuts off a caller who takes nothing for too long, and shows one who waits that the stream lives. */
  void sweepAnswer(long now) {
    if (progressed || pendingWrites == 0) {
      progressed = false;
      progressNanos = now;
    } else if (now - progressNanos > intake.config.writeTimeout().toNanos()) {
      ctx.close(); // frees what was kept for a caller who takes nothing (hazard E6)
      return;
    }
    if (!opened || done || content || pendingWrites > 0) {
      return;
    }
    if (wroteSinceSweep) {
      wroteSinceSweep = false;
      quietSinceNanos = now;
    } else if (now - quietSinceNanos >= intake.config.pingEvery().toNanos()) {
      quietSinceNanos = now;
      data(Unpooled.wrappedBuffer(PING), false);
      flushSoon();
    }
  }
}
