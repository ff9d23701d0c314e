package io.tidegate.upstream.gate;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.AttemptFailure.Kind;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/2 connection, shared by all exchanges of a loop with an endpoint. Opens no more streams than its peer allows, nor than the
 * endpoint's bound on connections. On the loop only.
 */
final class H2Connection extends ChannelInboundHandlerAdapter {
  private static final int STREAM_WINDOW_BYTES = 256 << 10;
  private static final long DOUBTFUL_AFTER_NANOS = 5_000_000_000L;

  private final Channel channel;
  private final Pool pool;
  /** Who waits for the peer's settings; null once they came. */
  private @Nullable Dial dial;
  private long peerMaxStreams = Long.MAX_VALUE;
  private int streams;
  private boolean usedBefore;
  private boolean leaving;
  private boolean closed;
  private long lastReadNanos;
  private long idleSinceNanos;

  private H2Connection(Channel channel, Pool pool, Dial dial) {
    this.channel = channel;
    this.pool = pool;
    this.dial = dial;
    this.lastReadNanos = pool.nanos();
    this.idleSinceNanos = lastReadNanos;
  }

  /** Speaks HTTP/2 on {@code channel}, and tells {@code dial} when the peer's settings are there. */
  static void begin(Channel channel, Pool pool, Dial dial) {
    H2Connection connection = new H2Connection(channel, pool, dial);
    Http2Settings settings = Http2Settings.defaultSettings().pushEnabled(false).initialWindowSize(STREAM_WINDOW_BYTES)
        .maxHeaderListSize(pool.gate().config().maxHeaderBytes());
    channel.pipeline().addLast(connection.new ReadWatch(),
        Http2FrameCodecBuilder.forClient().initialSettings(settings).gracefulShutdownTimeoutMillis(0).build(),
        new Http2MultiplexHandler(new ChannelInboundHandlerAdapter() {
          @Override
          public void channelActive(ChannelHandlerContext ctx) {
            ctx.close();
          }

          @Override
          public boolean isSharable() {
            return true;
          }
        }), connection);
  }

  /** Notes when the peer was last heard, and when it is gone. */
  private final class ReadWatch extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      lastReadNanos = pool.nanos();
      ctx.fireChannelRead(message);
    }

    /** First of all, so that streams which break now do not come back to this connection. */
    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      end();
      ctx.fireChannelInactive();
    }
  }

  /** Opens a stream for {@code exchange}; false if no more are allowed now. */
  boolean open(Exchange exchange) {
    if (streams >= peerMaxStreams || streams >= pool.target().upstream().maxConnectionsPerEndpoint()) {
      return false;
    }
    streams++;
    H2Stream stream = new H2Stream(this, exchange, usedBefore);
    usedBefore = true;
    new Http2StreamChannelBootstrap(channel).handler(stream).open().addListener((Future<Http2StreamChannel> opened) -> {
      if (!opened.isSuccess()) {
        streamClosed();
        exchange.notCarried(AttemptFailure.of(Kind.REFUSED_STREAM));
      } else if (exchange.isOver()) {
        opened.getNow().close();
      } else {
        stream.serve(opened.getNow());
      }
    });
    return true;
  }

  Channel channel() {
    return channel;
  }

  long nanos() {
    return pool.nanos();
  }

  boolean isIdleSince(long nanos) {
    return streams == 0 && idleSinceNanos - nanos <= 0;
  }

  void streamClosed() {
    streams--;
    if (streams == 0) {
      idleSinceNanos = pool.nanos();
      if (leaving) {
        shut();
      }
    }
  }

  /** A stream that was begun at {@code sinceNanos} was given up without a word: if the peer said nothing at all since, it may be gone. */
  void doubt(long sinceNanos) {
    if (lastReadNanos - sinceNanos < 0 && pool.nanos() - sinceNanos > DOUBTFUL_AFTER_NANOS) {
      leave();
    }
  }

  void shut() {
    if (!closed) {
      closed = true;
      pool.closed(this);
      channel.close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (message instanceof Http2SettingsFrame frame) {
        Long max = frame.settings().maxConcurrentStreams();
        if (max != null) {
          peerMaxStreams = max;
        }
        Dial waits = dial;
        if (waits != null) {
          dial = null;
          waits.http2Ready(this);
        }
      } else if (message instanceof Http2GoAwayFrame) {
        leave();
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  /** No new streams from now on. */
  void leave() {
    leaving = true;
    pool.leaving(this);
    if (streams == 0) {
      shut();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    end();
  }

  private void end() {
    shut();
    Dial waits = dial;
    if (waits != null) {
      dial = null;
      waits.http2Failed();
    }
  }
}
