package io.tidegate.ingress.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;

/**
 * Tells HTTP/2 with prior knowledge from HTTP/1 by the connection's first bytes, and makes way. {@code PRI} is reserved for this
 * (RFC 9113 section 3.4). Holds fewer than 24 bytes. Confined to its channel's loop.
 */
final class PrefaceDetector extends LoopState.Watched {
  private static final byte[] PREFACE = Ascii.bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

  private final Intake intake;
  private final LoopState loopState;
  private long deadlineNanos;
  private ByteBuf first = Unpooled.EMPTY_BUFFER;
  private ChannelHandlerContext ctx;

  @SuppressWarnings("NullAway.Init") // ctx is set by handlerAdded, before any event
  PrefaceDetector(Intake intake, LoopState loopState) {
    this.intake = intake;
    this.loopState = loopState;
    this.deadlineNanos = loopState.loop.nanos() + intake.config.headerTimeout().toNanos();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    ctx = context;
    loopState.watch(this);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    loopState.forget(this);
    first.release();
    first = Unpooled.EMPTY_BUFFER;
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    loopState.forget(this);
    context.fireChannelInactive();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf in = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(context.alloc(), first, (ByteBuf) message);
    first = Unpooled.EMPTY_BUFFER;
    int looked = Math.min(in.readableBytes(), PREFACE.length);
    for (int i = 0; i < looked; i++) {
      if (in.getByte(in.readerIndex() + i) != PREFACE[i]) {
        context.pipeline().addLast(new H1Connection(intake, loopState));
        handOver(context, in);
        return;
      }
    }
    if (looked < PREFACE.length) {
      first = in;
      return;
    }
    H2Connection.install(context.pipeline(), intake, loopState);
    handOver(context, in);
  }

  private void handOver(ChannelHandlerContext context, ByteBuf in) {
    context.fireChannelRead(in);
    context.pipeline().remove(this);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }

  /** Its first request may be on its way. */
  @Override
  void drain() {
    long quiet = loopState.loop.nanos() + intake.config.drainQuiet().toNanos();
    deadlineNanos = quiet - deadlineNanos < 0 ? quiet : deadlineNanos;
  }

  @Override
  void sweep(long now) {
    if (now - deadlineNanos >= 0) {
      ctx.close();
    }
  }
}
