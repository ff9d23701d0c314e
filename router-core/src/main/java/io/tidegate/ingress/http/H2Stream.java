package io.tidegate.ingress.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.util.ReferenceCountUtil;
import io.tidegate.line.Line;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Peer;
import io.tidegate.model.Refusal;

/**
 * One HTTP/2 stream: one request, whose answer {@link H2Answer} sends. A malformed request is a stream error (E7); one that is only unwelcome gets the
 * same answer as over HTTP/1. Confined to its connection's loop.
 */
final class H2Stream extends H2Answer {
  private final Peer peer;
  private boolean headSeen;
  private boolean ended;

  H2Stream(Intake intake, LoopState loopState, Peer peer) {
    super(intake, loopState);
    this.peer = peer;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    ctx = context;
    long now = loopState.loop.nanos();
    body.expect(now, intake.config.bodyTimeout());
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
      } else if (body.fallsBehind(() -> loopState.loop.execute(this::goOn))) {
        ctx.channel().config().setAutoRead(false);
      }
    }
  }

  /** An upload's disk has caught up. */
  private void goOn() {
    body.goOn(loopState.loop.nanos(), intake.config.bodyTimeout());
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

  @Override
  void sweep(long now) {
    if (!requestEnded && !done) {
      if (body.tooSlow(now, intake.config.bodyTimeout())) {
        refuse(Faults.TIMED_OUT);
      }
      return;
    }
    sweepAnswer(now);
  }
}
