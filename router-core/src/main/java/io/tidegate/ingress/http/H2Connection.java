package io.tidegate.ingress.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2PingFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2PingFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.ReferenceCountUtil;
import io.tidegate.ingress.H2FrameGuard;
import io.tidegate.model.Peer;
import io.tidegate.net.Peers;

/**
 * One HTTP/2 connection: its limits (hazards E1 to E6), its idle time, its orderly end. Netty's frame codec reads the protocol, {@link H2Stream}
 * the requests. Confined to its channel's loop.
 */
final class H2Connection extends LoopState.Watched {
  private static final int STREAM_WINDOW = 64 << 10;
  private static final int CONNECTION_WINDOW = 1 << 20;
  private static final int DEFAULT_WINDOW = 65_535;
  private static final int MAX_CONTROL_FRAMES_QUEUED = 1_000;
  private static final int MAX_SMALL_CONTINUATIONS = 16;
  private static final int MAX_EMPTY_DATA = 2;
  private static final int MAX_RESETS = 200;
  private static final int RESET_WINDOW_SECONDS = 30;
  private static final long DRAIN_PING = 0x7469646567617465L;
  /** A caller who does not answer the ping by then is not waited for. */
  private static final long PING_PATIENCE_NANOS = 5_000_000_000L;
  private static final WriteBufferWaterMark STREAM_MARKS = new WriteBufferWaterMark(16 << 10, 32 << 10);

  private final Intake intake;
  private final LoopState loopState;
  private final Http2FrameCodec codec;
  private ChannelHandlerContext ctx;
  private long idleSinceNanos;
  private boolean draining;
  private boolean lastWordSaid;
  private long drainNanos;

  @SuppressWarnings("NullAway.Init") // ctx is set by handlerAdded, before any event
  private H2Connection(Intake intake, LoopState loopState, Http2FrameCodec codec) {
    this.intake = intake;
    this.loopState = loopState;
    this.codec = codec;
  }

  /** Makes {@code pipeline} speak HTTP/2, from the preface on. */
  static void install(ChannelPipeline pipeline, Intake intake, LoopState loopState) {
    HttpConfig config = intake.config;
    // The codec's bound on decoded headers protects memory and answers without a body; ours, in H2Head, answers as over HTTP/1.
    Http2Settings settings = new Http2Settings().maxConcurrentStreams(config.maxStreams()).initialWindowSize(STREAM_WINDOW)
        .maxHeaderListSize(2L * config.maxHeaderBytes());
    Http2FrameCodec codec = Http2FrameCodecBuilder.forServer().initialSettings(settings).validateHeaders(true)
        .validateRequiredPseudoHeaders(true).encoderEnforceMaxQueuedControlFrames(MAX_CONTROL_FRAMES_QUEUED)
        .decoderEnforceMaxConsecutiveEmptyDataFrames(MAX_EMPTY_DATA)
        .decoderEnforceMaxSmallContinuationFrames(MAX_SMALL_CONTINUATIONS)
        .decoderEnforceMaxRstFramesPerWindow(MAX_RESETS, RESET_WINDOW_SECONDS)
        .encoderEnforceMaxRstFramesPerWindow(MAX_RESETS, RESET_WINDOW_SECONDS)
        .gracefulShutdownTimeoutMillis(config.lingerTimeout().toMillis()).build();
    Peer peer = Peers.of(pipeline.channel());
    pipeline.addLast(new H2FrameGuard(loopState.loop), codec, new Http2MultiplexHandler(new ChannelInitializer<Channel>() {
      @Override
      protected void initChannel(Channel stream) {
        stream.config().setWriteBufferWaterMark(STREAM_MARKS);
        stream.pipeline().addLast(new H2Stream(intake, loopState, peer));
      }
    }), new H2Connection(intake, loopState, codec));
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    ctx = context;
    idleSinceNanos = loopState.loop.nanos();
    loopState.watch(this);
    context.write(new DefaultHttp2WindowUpdateFrame(CONNECTION_WINDOW - DEFAULT_WINDOW));
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    loopState.forget(this);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    loopState.forget(this);
    context.fireChannelInactive();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (draining && message instanceof Http2PingFrame ping && ping.ack() && ping.content() == DRAIN_PING) {
      lastWord();
    }
    ReferenceCountUtil.release(message);
  }

  /** Every stream that is to be finished is known now: the sweep closes when the last one is. */
  private void lastWord() {
    if (!lastWordSaid) {
      lastWordSaid = true;
      ctx.writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
    }
  }

  /** Errors of the protocol are the codec's: it says GOAWAY with their code, or resets the stream, and closes if need be. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (Http2CodecUtil.getEmbeddedHttp2Exception(cause) == null) {
      context.close();
    }
  }

  /** GOAWAY without a last stream, then a ping: once it is back, no request can be under way to us that we have not seen (hazard H1). */
  @Override
  void drain() {
    if (!draining) {
      draining = true;
      drainNanos = loopState.loop.nanos();
      ctx.write(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR).setExtraStreamIds(Integer.MAX_VALUE));
      ctx.writeAndFlush(new DefaultHttp2PingFrame(DRAIN_PING));
    }
  }

  @Override
  void sweep(long now) {
    if (draining && now - drainNanos > PING_PATIENCE_NANOS) {
      lastWord();
    }
    if (codec.connection().numActiveStreams() > 0) {
      idleSinceNanos = now;
    } else if (lastWordSaid || now - idleSinceNanos > intake.config.idleTimeout().toNanos()) {
      ctx.close();
    }
  }
}
