package io.tidegate.upstream.gate;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.util.ReferenceCountUtil;
import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.net.TurnEnd;
import org.jspecify.annotations.Nullable;

/** One stream of an HTTP/2 connection: one exchange (F4). On the loop only. */
final class H2Stream extends ChannelInboundHandlerAdapter implements Carrier {
  private final H2Connection connection;
  private final boolean reused;
  private final long sinceNanos;
  /** Whom it serves; null when that has ended. */
  private @Nullable Exchange exchange;
  /** Set when opened. */
  private @Nullable Http2StreamChannel channel;
  private boolean anyFrame;
  private boolean headSeen;
  private boolean ended;

  H2Stream(H2Connection connection, Exchange exchange, boolean reused) {
    this.connection = connection;
    this.exchange = exchange;
    this.reused = reused;
    this.sinceNanos = connection.nanos();
  }

  void serve(Http2StreamChannel opened) {
    channel = opened;
    Exchange served = exchange;
    if (served != null) {
      served.carried(this);
    }
  }

  @Override
  public Channel channel() {
    Http2StreamChannel opened = channel;
    if (opened == null) {
      throw new IllegalStateException("stream is not open");
    }
    return opened;
  }

  @Override
  public Channel socket() {
    return connection.channel();
  }

  @Override
  public boolean isHttp2() {
    return true;
  }

  @Override
  public boolean reused() {
    return reused;
  }

  @Override
  public void flushSoon() {
    TurnEnd.flush(channel());
  }

  @Override
  public void reading(boolean on) {
    channel().config().setAutoRead(on);
  }

  @Override
  public void abort() {
    exchange = null;
    if (!anyFrame) {
      connection.doubt(sinceNanos);
    }
    channel().close();
  }

  @Override
  public void finish() {
    exchange = null;
    if (!ended) {
      channel().close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      anyFrame = true;
      Exchange served = exchange;
      if (served == null) {
        return;
      }
      if (message instanceof Http2HeadersFrame frame) {
        headers(served, frame);
      } else if (message instanceof Http2DataFrame frame) {
        if (!headSeen) {
          breakOff(AttemptFailure.of(Kind.PROTOCOL));
          return;
        }
        if (frame.content().isReadable()) {
          served.body(frame.content());
        }
        end(frame.isEndStream());
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void headers(Exchange served, Http2HeadersFrame frame) {
    Http2Headers headers = frame.headers();
    if (headSeen) {
      end(frame.isEndStream());
      return;
    }
    int status = status(headers.status());
    if (status < 100 || status == 101) {
      breakOff(AttemptFailure.of(Kind.PROTOCOL));
      return;
    }
    if (status < 200) {
      return;
    }
    headSeen = true;
    served.head(new ResponseHead(status, text(headers.get("content-type")), text(headers.get("content-encoding")), -1,
        name -> text(headers.get(name))));
    end(frame.isEndStream());
  }

  private void end(boolean endOfStream) {
    ended |= endOfStream;
    Exchange served = exchange;
    if (endOfStream && served != null) {
      served.end();
    }
  }

  private static @Nullable String text(@Nullable CharSequence value) {
    return value == null ? null : value.toString();
  }

  private static int status(@Nullable CharSequence text) {
    if (text == null || text.length() != 3) {
      return -1;
    }
    int status = 0;
    for (int i = 0; i < 3; i++) {
      char digit = text.charAt(i);
      if (digit < '0' || digit > '9') {
        return -1;
      }
      status = status * 10 + digit - '0';
    }
    return status;
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    Exchange served = exchange;
    if (served != null && headSeen) {
      served.batchDone();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof Http2ResetFrame reset) {
      breakOff(AttemptFailure.of(reset.errorCode() == Http2Error.REFUSED_STREAM.code() ? Kind.REFUSED_STREAM : Kind.RESET));
    } else if (event instanceof Http2GoAwayFrame) {
      // Told only to streams above the last one the peer will work on (RFC 9113 section 6.8).
      connection.leave();
      Exchange served = exchange;
      exchange = null;
      if (served != null) {
        served.notBegun();
      }
    }
    ReferenceCountUtil.release(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    connection.streamClosed();
    breakOff(AttemptFailure.of(Kind.RESET));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    breakOff(AttemptFailure.of(cause instanceof java.io.IOException ? Kind.RESET : Kind.PROTOCOL));
    ctx.close();
  }

  private void breakOff(AttemptFailure failure) {
    Exchange served = exchange;
    exchange = null;
    if (served != null) {
      channel().close();
      served.broken(failure, !anyFrame);
    }
  }
}
