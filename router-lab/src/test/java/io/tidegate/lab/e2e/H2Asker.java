package io.tidegate.lab.e2e;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** HTTP/2 on one connection that several workers and all tenants share; a caller who leaves resets its stream. Any thread. */
final class H2Asker implements Asker {
  private final EventLoopGroup group;
  private final int port;
  private @Nullable Channel connection;

  H2Asker(EventLoopGroup group, int port) {
    this.group = group;
    this.port = port;
  }

  private synchronized Channel connected() throws InterruptedException {
    Channel open = connection;
    if (open == null || !open.isActive()) {
      open = new Bootstrap().group(group).channel(NioSocketChannel.class).handler(new ChannelInitializer<Channel>() {
        @Override
        protected void initChannel(Channel channel) {
          channel.pipeline().addLast(Http2FrameCodecBuilder.forClient().build(), new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()),
              new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext ctx, Object message) {
                  ReferenceCountUtil.release(message);
                }

                @Override
                public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                  ctx.close();
                }
              });
        }
      }).connect("127.0.0.1", port).sync().channel();
      connection = open;
    }
    return open;
  }

  @Override
  public Outcome ask(String key, Question question) throws InterruptedException {
    Collector collector = new Collector(question);
    Http2StreamChannel stream;
    try {
      stream = new Http2StreamChannelBootstrap(connected()).handler(collector).open().get(10, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException goingAway) {
      drop();
      return Outcome.of(Kind.LOST);
    }
    DefaultHttp2Headers head = new DefaultHttp2Headers();
    head.method("POST").path("/v1/chat/completions").scheme("http").authority("localhost").add("content-type", "application/json")
        .add("authorization", "Bearer " + key);
    if (!question.wish().isEmpty()) {
      head.add("x-tidegate-latency-class", question.wish());
    }
    if (!question.declared().isEmpty()) {
      head.add("x-tidegate-sensitivity", question.declared());
    }
    stream.write(new DefaultHttp2HeadersFrame(head, false));
    stream.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.copiedBuffer(question.json(), StandardCharsets.UTF_8), true));
    if (question.leaveAfter() == 0) {
      stream.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL));
      return Outcome.of(Kind.LEFT);
    }
    try {
      return collector.outcome.get(60, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException never) {
      throw new AssertionError("an HTTP/2 request got no end", never);
    }
  }

  private synchronized void drop() {
    if (connection != null) {
      connection.close();
      connection = null;
    }
  }

  /** One stream's answer. On the connection's loop but for {@code outcome}. */
  private static final class Collector extends ChannelInboundHandlerAdapter {
    final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private final Question question;
    private final StringBuilder body = new StringBuilder();
    private String status = "";
    private String cache = "";

    Collector(Question question) {
      this.question = question;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      try {
        if (message instanceof Http2HeadersFrame headers) {
          if (status.isEmpty()) {
            status = String.valueOf(headers.headers().status());
            CharSequence did = headers.headers().get("x-tidegate-cache");
            cache = did == null ? "" : did.toString().toLowerCase(java.util.Locale.ROOT);
          }
          end(headers.isEndStream());
        } else if (message instanceof Http2DataFrame data) {
          body.append(data.content().toString(StandardCharsets.UTF_8));
          ctx.write(new DefaultHttp2WindowUpdateFrame(data.initialFlowControlledBytes()).stream(data.stream()));
          end(data.isEndStream());
        }
        if (question.leaveAfter() > 0 && !outcome.isDone()) {
          ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL));
          outcome.complete(Outcome.of(Kind.LEFT));
        }
      } finally {
        ReferenceCountUtil.release(message);
      }
    }

    private void end(boolean last) {
      if (last) {
        outcome.complete(!status.equals("200") ? new Outcome(Kind.REFUSED, Asker.code(body.toString()), "") : Asker.whole(body.toString(), question.stream())
            ? new Outcome(Kind.ANSWERED, Asker.content(body.toString()), cache) : Outcome.of(Kind.BROKEN_OFF));
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      ctx.flush();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof Http2ResetFrame) {
        outcome.complete(Outcome.of(Kind.LOST));
      }
      ReferenceCountUtil.release(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      outcome.complete(Outcome.of(Kind.LOST));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      outcome.complete(Outcome.of(Kind.LOST));
    }
  }

  @Override
  public void close() {
    drop();
  }
}
