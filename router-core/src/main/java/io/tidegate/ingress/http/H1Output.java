package io.tidegate.ingress.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.tidegate.net.TurnEnd;

/** What goes out on one HTTP/1 connection: when it is flushed, how much of it the caller has yet to take, and its end. Confined to its channel's loop. */
final class H1Output {
  /** Large buffers leave in pieces of this length, so that the progress of a slow reader can be seen. */
  private static final int PIECE_BYTES = 64 << 10;

  private final ChannelHandlerContext ctx;
  private final Runnable flush = this::flushScheduled;
  private boolean inRead;
  private boolean flushPending;
  private boolean flushScheduled;
  private long writtenBytes;
  private long progressMark;
  private long progressNanos;

  H1Output(ChannelHandlerContext ctx) {
    this.ctx = ctx;
  }

  /** What is written from now on is flushed once all is read that came. */
  void readBegins() {
    inRead = true;
  }

  void readEnds() {
    inRead = false;
    flushNow();
  }

  /** Writes without flushing. {@code out} is consumed. */
  void write(ByteBuf out) {
    writtenBytes += out.readableBytes();
    while (out.readableBytes() > PIECE_BYTES) {
      ctx.write(out.readRetainedSlice(PIECE_BYTES), ctx.voidPromise());
    }
    ctx.write(out, ctx.voidPromise());
    flushPending = true;
  }

  /** Flushes once for all that is written in this turn of the loop. */
  void flushSoon() {
    if (!inRead && !flushScheduled) {
      flushScheduled = true;
      ctx.channel().eventLoop().execute(flush);
    }
  }

  /** Flushes in this turn of the loop, or at the end of the read that is under way. */
  void flushThisTurn() {
    if (!inRead && flushPending) {
      flushPending = false;
      TurnEnd.flush(ctx.channel());
    }
  }

  private void flushScheduled() {
    flushScheduled = false;
    flushNow();
  }

  private void flushNow() {
    if (flushPending) {
      flushPending = false;
      ctx.flush();
    }
  }

  /** Sends what is written, then the end of our side. {@code sent} is run between the two. */
  void finish(Runnable sent) {
    flushPending = false;
    ctx.writeAndFlush(ctx.alloc().buffer(0, 0)).addListener((ChannelFutureListener) written -> {
      sent.run();
      SslHandler tls = ctx.pipeline().get(SslHandler.class);
      if (!written.isSuccess()) {
        ctx.close();
      } else if (tls != null) {
        tls.closeOutbound();
      } else if (ctx.channel() instanceof DuplexChannel duplex) {
        duplex.shutdownOutput();
      } else {
        ctx.close();
      }
    });
  }

  /** Bytes the caller has yet to take; notes when it last took any. One who takes nothing for too long is cut off (hazards D4, E6). */
  long pendingBytes(long now) {
    ChannelOutboundBuffer out = ctx.channel().unsafe().outboundBuffer();
    long pending = out == null ? 0 : out.totalPendingWriteBytes();
    long progress = writtenBytes - pending;
    if (pending == 0 || progress != progressMark) {
      progressMark = progress;
      progressNanos = now;
    }
    return pending;
  }

  /** Since the caller last took any, as {@link #pendingBytes} noted. */
  long silentNanos(long now) {
    return now - progressNanos;
  }
}
