package io.tidegate.ingress.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.util.ReferenceCountUtil;
import io.tidegate.line.AnswerSink;
import io.tidegate.line.Line;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Peer;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/2 stream: one request, and the sink of its answer. A malformed request is a stream error (E7); one that is only unwelcome gets the
 * same answer as over HTTP/1. Confined to its connection's loop.
 */
final class H2Stream extends LoopState.Watched implements AnswerSink, Intake.Answerer {
  private static final byte[] DONE = Ascii.bytes("data: [DONE]\n\n");
  private static final byte[] PING = Ascii.bytes(": waiting\n");
  /** A long body leaves in pieces, so that progress can be seen. */
  private static final int PIECE_BYTES = 16 << 10;
  private static final int MIN_BODY_PROGRESS = 1 << 10;

  private final Intake intake;
  private final LoopState loopState;
  private final Peer peer;
  private final RequestHead head;
  private final BodyReader body;
  private ChannelHandlerContext ctx;

  private String id = "";
  private Line.@Nullable Walk walk;
  private boolean headSeen;
  private boolean requestEnded;
  private boolean opened;
  /** A file is being sent. */
  private boolean content;
  private boolean heldUp;
  private boolean done;
  private boolean ended;
  private boolean flushScheduled;
  private boolean inRead;
  private long bodyDeadlineNanos;
  private int bodyMark;
  private int pendingWrites;
  private boolean progressed;
  private long progressNanos;
  private boolean wroteSinceSweep;
  private long quietSinceNanos;

  @SuppressWarnings("NullAway.Init") // ctx is set by handlerAdded, before any event
  H2Stream(Intake intake, LoopState loopState, Peer peer) {
    this.peer = peer;
    this.intake = intake;
    this.loopState = loopState;
    this.head = new RequestHead(intake.hosts, true, intake.regional());
    this.body = new BodyReader(intake.budget, intake.config.maxBodyBytes());
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    ctx = context;
    long now = loopState.loop.nanos();
    bodyDeadlineNanos = now + intake.config.bodyTimeout().toNanos();
    progressNanos = now;
    loopState.watch(this);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    end();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    end();
    context.fireChannelInactive();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    inRead = true;
    if (message instanceof Http2HeadersFrame frame) {
      headers(frame);
    } else if (message instanceof Http2DataFrame frame) {
      try {
        data(frame);
      } finally {
        frame.release();
      }
    } else {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    inRead = false;
    context.flush();
    context.fireChannelReadComplete();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    Line.Walk current = walk;
    if (current != null && !done && context.channel().isWritable()) {
      current.writable();
    }
    context.fireChannelWritabilityChanged();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }

  private void headers(Http2HeadersFrame frame) {
    requestEnded |= frame.isEndStream();
    if (done) {
      return;
    }
    if (headSeen) {
      refuse(Faults.TRAILERS);
      return;
    }
    headSeen = true;
    id = intake.newId();
    ErrorAnswer error = H2Head.read(frame.headers(), head, intake.config);
    if (error != null) {
      malformed(error);
      return;
    }
    error = intake.judge(head, peer);
    intake.locate(head, ctx.channel().parent().remoteAddress());
    if (error != null) {
      refuse(error);
    } else if (requestEnded) {
      bodyEnded(head.contentLength > 0 ? BodyReader.Progress.REFUSED : BodyReader.Progress.DONE, Faults.LENGTH_MISMATCH);
    } else if (head.method != Method.POST) {
      refuse(Faults.BODY_ON_GET);
    } else {
      body.begin(false, head.contentLength, false);
      if (head.isUpload()) {
        body.passTo(intake.upload(head), intake.uploadBytes());
      }
      if (head.expectContinue) {
        ctx.write(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers(false, 1).status("100")));
      }
    }
  }

  private void data(Http2DataFrame frame) {
    requestEnded |= frame.isEndStream();
    if (!done && headSeen) {
      BodyReader.Progress progress = body.feedFrame(frame.content(), frame.isEndStream());
      if (progress != BodyReader.Progress.MORE) {
        bodyEnded(progress, body.fault());
      } else if (!heldUp && body.crowded(() -> loopState.loop.execute(this::goOn))) {
        heldUp = true;
        ctx.channel().config().setAutoRead(false);
      }
    }
  }

  /** An upload's disk has caught up. */
  private void goOn() {
    heldUp = false;
    bodyDeadlineNanos = loopState.loop.nanos() + intake.config.bodyTimeout().toNanos();
    if (!ended) {
      ctx.channel().config().setAutoRead(true);
    }
  }

  private void bodyEnded(BodyReader.Progress progress, ErrorAnswer fault) {
    if (progress == BodyReader.Progress.REFUSED) {
      malformed(fault);
    } else if (head.route == Route.MODELS) {
      complete(null, intake.models(head));
    } else {
      begin();
    }
  }

  private void begin() {
    long now = loopState.loop.nanos();
    progressNanos = now;
    try {
      Line.Walk started = head.route == Route.JOBS ? intake.jobs(head, body, this, loopState.loop)
          : intake.begin(head, body.take(), id, this, this, loopState.loop, now);
      walk = done ? null : started;
    } catch (RuntimeException bug) {
      if (opened) {
        breakOff(Faults.INTERNAL);
      } else {
        refuse(Faults.INTERNAL);
      }
    }
  }

  /** A stream error for what is no HTTP; an answer for what is only too large or too much. */
  private void malformed(ErrorAnswer error) {
    if (error.refusal() != Refusal.INVALID_REQUEST) {
      refuse(error);
      return;
    }
    intake.count(error);
    done = true;
    body.release();
    ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.PROTOCOL_ERROR));
  }

  @Override
  public void complete(@Nullable RouteInfo route, ByteBuf json) {
    if (done || opened) {
      json.release();
      return;
    }
    write(H2Answers.complete(loopState, id, route, json.readableBytes()));
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
    write(H2Answers.error(loopState, id, route, error, json.length));
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
    write(H2Answers.content(loopState, id, bytes));
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
    write(H2Answers.stream(loopState, id, route));
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

  private void end() {
    if (ended) {
      return;
    }
    ended = true;
    loopState.forget(this);
    Line.Walk current = walk;
    walk = null;
    boolean unanswered = !done;
    done = true;
    if (unanswered && current != null) {
      current.cancel();
    }
    body.release();
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

  @Override
  void sweep(long now) {
    if (!requestEnded && !done) {
      sweepBody(now);
      return;
    }
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

  private void sweepBody(long now) {
    if (now - bodyDeadlineNanos < 0 || heldUp) {
      return;
    }
    if (body.size() - bodyMark < MIN_BODY_PROGRESS) {
      refuse(Faults.TIMED_OUT);
      return;
    }
    bodyMark = body.size();
    bodyDeadlineNanos = now + intake.config.bodyTimeout().toNanos();
  }
}
