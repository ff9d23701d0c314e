package io.tidegate.gguf.serve;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.timeout.IdleStateEvent;
import io.tidegate.gguf.api.Answers;
import io.tidegate.gguf.api.Refused;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/** One connection: one request at a time. On its loop only. */
final class Connection extends SimpleChannelInboundHandler<HttpObject> {
  private static final String JSON = "application/json; charset=utf-8";

  private final ModelServer server;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream(256);
  /** The request being read; null between requests. */
  private @Nullable HttpRequest request;
  /** The answer under way; null while there is none. */
  private @Nullable Underway underway;
  private boolean answering;
  private boolean keepAlive;

  Connection(ModelServer server) {
    this.server = server;
  }

  /** Something that is to be given up when the caller goes away. */
  interface Underway {
    void giveUp();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, HttpObject object) {
    if (answering) {
      // No pipelining: nobody who talks to this server does that.
      if (object instanceof HttpRequest) {
        ctx.close();
      }
      return;
    }
    if (object instanceof HttpRequest head) {
      begin(ctx, head);
    }
    HttpRequest reading = request;
    if (object instanceof HttpContent content && reading != null) {
      ByteBuf bytes = content.content();
      if (body.size() + bytes.readableBytes() > server.settings().bodyBytes()) {
        refuse(ctx, Refused.tooLarge(server.settings().bodyBytes()), true);
        return;
      }
      byte[] piece = new byte[bytes.readableBytes()];
      bytes.readBytes(piece);
      body.write(piece, 0, piece.length);
      if (object instanceof LastHttpContent) {
        byte[] whole = body.toByteArray();
        body.reset();
        request = null;
        answering = true;
        new Router(server, this, ctx).route(reading, whole);
      }
    }
  }

  private void begin(ChannelHandlerContext ctx, HttpRequest head) {
    if (head.decoderResult().isFailure()) {
      refuse(ctx, new Refused(400, "invalid_request_error", "the request is not valid HTTP", null, 0, 0), true);
      return;
    }
    keepAlive = HttpUtil.isKeepAlive(head);
    if (HttpUtil.getContentLength(head, 0L) > server.settings().bodyBytes()) {
      refuse(ctx, Refused.tooLarge(server.settings().bodyBytes()), true);
      return;
    }
    if (HttpUtil.is100ContinueExpected(head)) {
      ctx.writeAndFlush(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
    }
    body.reset();
    request = head;
  }

  private void refuse(ChannelHandlerContext ctx, Refused refused, boolean close) {
    request = null;
    answering = true;
    keepAlive &= !close;
    send(ctx, refused);
  }

  /** What is given up when the connection closes. */
  void underway(Underway what) {
    underway = what;
  }

  boolean keepAlive() {
    return keepAlive;
  }

  void send(ChannelHandlerContext ctx, Refused refused) {
    FullHttpResponse response = response(refused.status(), JSON, Answers.error(refused));
    if (refused.status() == HttpResponseStatus.SERVICE_UNAVAILABLE.code()) {
      response.headers().set(HttpHeaderNames.RETRY_AFTER, 1);
    }
    finish(ctx, response);
  }

  void send(ChannelHandlerContext ctx, String type, byte[] content) {
    finish(ctx, response(HttpResponseStatus.OK.code(), type, content));
  }

  void json(ChannelHandlerContext ctx, byte[] content) {
    send(ctx, JSON, content);
  }

  private FullHttpResponse response(int status, String type, byte[] content) {
    FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), Unpooled.wrappedBuffer(content));
    response.headers().set(HttpHeaderNames.CONTENT_TYPE, type).set(HttpHeaderNames.CONTENT_LENGTH, content.length);
    return response;
  }

  private void finish(ChannelHandlerContext ctx, FullHttpResponse response) {
    HttpUtil.setKeepAlive(response, keepAlive);
    ctx.write(response);
    over(ctx);
  }

  /** The answer's last byte was written. */
  void over(ChannelHandlerContext ctx) {
    underway = null;
    answering = false;
    if (keepAlive) {
      ctx.flush();
    } else {
      answering = true;
      ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    Underway what = underway;
    if (what != null) {
      underway = null;
      what.giveUp();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (!ctx.channel().isWritable()) {
      ctx.close(); // Takes nothing: its answer is not kept for it.
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof IdleStateEvent && !answering) {
      ctx.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
