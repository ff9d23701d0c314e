package io.tidegate.upstream.gate;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.net.TurnEnd;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 connection. Owned by one exchange at a time (F4); confined to its loop. It is kept only after an answer whose framing left no
 * doubt; anything else closes it (F3).
 */
final class H1Connection extends ChannelInboundHandlerAdapter implements Carrier {
  private static final int MAX_INTERIM_ANSWERS = 8;

  private enum State {
    /** In the pool, or just connected: not a byte is expected. */
    IDLE,
    /** A request was written, its answer's head is awaited. */
    HEAD,
    /** Between an interim (1xx) head and its end. */
    INTERIM,
    BODY,
    /** The message has ended; decided upon when all that was read is handled. */
    ENDED,
    CLOSED
  }

  private final Pool pool;
  private final Channel channel;
  private final StrictResponseDecoder decoder;
  private State state = State.IDLE;
  private boolean keepAlive;
  private boolean reused;
  private int interimAnswers;
  /** Whom it serves; null between exchanges. */
  private @Nullable Exchange exchange;
  private long idleSinceNanos;

  H1Connection(Pool pool, Channel channel, StrictResponseDecoder decoder) {
    this.pool = pool;
    this.channel = channel;
    this.decoder = decoder;
  }

  /** Serves {@code next} from now on. */
  void serve(Exchange next) {
    exchange = next;
    state = State.HEAD;
    interimAnswers = 0;
    decoder.expectAnswer();
    next.carried(this);
  }

  boolean isUsable() {
    return state == State.IDLE && channel.isActive();
  }

  long idleSinceNanos() {
    return idleSinceNanos;
  }

  @Override
  public Channel channel() {
    return channel;
  }

  @Override
  public Channel socket() {
    return channel;
  }

  @Override
  public boolean isHttp2() {
    return false;
  }

  @Override
  public boolean reused() {
    return reused;
  }

  @Override
  public void flushSoon() {
    TurnEnd.flush(channel);
  }

  @Override
  public void reading(boolean on) {
    channel.config().setAutoRead(on);
  }

  @Override
  public void abort() {
    exchange = null;
    shut();
  }

  @Override
  public void finish() {
    exchange = null;
    if (state == State.ENDED) {
      reading(true);
    } else {
      shut();
    }
  }

  /** The gate closes. */
  void abortAndTell() {
    breakOff(Kind.RESET);
  }

  void shut() {
    if (state != State.CLOSED) {
      state = State.CLOSED;
      pool.closed(this);
      channel.close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (state == State.CLOSED) {
        return;
      }
      if (message instanceof HttpResponse response) {
        head(response);
      }
      if (message instanceof HttpContent content) {
        content(content);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void head(HttpResponse response) {
    if (state != State.HEAD) {
      // An answer nobody asked for.
      breakOff(Kind.PROTOCOL);
      return;
    }
    DecoderResult result = response.decoderResult();
    if (result.isFailure()) {
      breakOff(kindOf(result.cause()));
      return;
    }
    int status = response.status().code();
    if (status < 200) {
      if (status == 101 || ++interimAnswers > MAX_INTERIM_ANSWERS) {
        breakOff(Kind.PROTOCOL);
      } else {
        state = State.INTERIM;
      }
      return;
    }
    HttpHeaders headers = response.headers();
    String coding = headers.get(HttpHeaderNames.TRANSFER_ENCODING);
    if (coding != null && (!coding.equalsIgnoreCase("chunked") || headers.getAll(HttpHeaderNames.TRANSFER_ENCODING).size() > 1)) {
      breakOff(Kind.PROTOCOL);
      return;
    }
    String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
    keepAlive = HttpUtil.isKeepAlive(response) && (coding != null || length != null);
    state = State.BODY;
    Exchange served = exchange;
    if (served != null) {
      served.head(new ResponseHead(status, headers.get(HttpHeaderNames.CONTENT_TYPE), headers.get(HttpHeaderNames.CONTENT_ENCODING),
          length == null ? -1 : Long.parseLong(length), headers::get));
    }
  }

  private void content(HttpContent content) {
    if (state == State.CLOSED) {
      return;
    }
    if (content.decoderResult().isFailure()) {
      breakOff(kindOf(content.decoderResult().cause()));
      return;
    }
    boolean last = content instanceof LastHttpContent;
    if (state == State.INTERIM) {
      state = last ? State.HEAD : state;
      return;
    }
    ByteBuf bytes = content.content();
    if (bytes.isReadable()) {
      if (state != State.BODY) {
        // Bytes after the end mark: the answer stands, the connection does not.
        breakOff(Kind.PROTOCOL);
        return;
      }
      Exchange served = exchange;
      if (served != null) {
        served.body(bytes);
      }
    }
    if (last && state != State.CLOSED) {
      state = State.ENDED;
      Exchange served = exchange;
      if (served != null) {
        served.end();
      }
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    Exchange served = exchange;
    if (served != null && state == State.BODY) {
      served.batchDone();
    }
    if (state == State.ENDED) {
      // Its exchange has ended, too: end() settles or drops.
      if (keepAlive && decoder.heldBack() == 0 && channel.isActive() && allWritten()) {
        state = State.IDLE;
        decoder.expectNothing();
        reused = true;
        idleSinceNanos = pool.nanos();
        pool.idle(this);
      } else {
        shut();
      }
    }
  }

  /** An answer that came before the request was out (an early 413, say) leaves a connection in doubt. */
  private boolean allWritten() {
    ChannelOutboundBuffer pending = channel.unsafe().outboundBuffer();
    return pending != null && pending.totalPendingWriteBytes() == 0;
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    breakOff(Kind.RESET);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    breakOff(cause instanceof java.io.IOException ? Kind.RESET : kindOf(cause));
  }

  private void breakOff(Kind kind) {
    Exchange served = exchange;
    exchange = null;
    boolean noByteCame = state == State.HEAD && !decoder.anyByte();
    shut();
    if (served != null) {
      served.broken(AttemptFailure.of(kind), noByteCame);
    }
  }

  private static Kind kindOf(Throwable cause) {
    if (cause instanceof PrematureChannelClosureException) {
      return Kind.RESET;
    }
    return cause instanceof TooLongFrameException ? Kind.OVERSIZED : Kind.PROTOCOL;
  }
}
