package io.tidegate.lab.emulator;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** HTTP/2 with prior knowledge over one plain connection. */
final class H2Client implements AutoCloseable {
  private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Channel connection;
  final List<Integer> goAways = new CopyOnWriteArrayList<>();
  volatile long maxStreams = -1;

  H2Client(int port) {
    connection = new Bootstrap().group(loop).channel(NioSocketChannel.class).handler(new ChannelInitializer<Channel>() {
      @Override
      protected void initChannel(Channel channel) {
        channel.pipeline().addLast(Http2FrameCodecBuilder.forClient().build());
        channel.pipeline().addLast(new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()));
        channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
          @Override
          public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message instanceof Http2GoAwayFrame goAway) {
              goAways.add(goAway.lastStreamId());
            } else if (message instanceof Http2SettingsFrame settings && settings.settings().maxConcurrentStreams() != null) {
              maxStreams = settings.settings().maxConcurrentStreams();
            }
            ReferenceCountUtil.release(message);
          }
        });
      }
    }).connect("127.0.0.1", port).syncUninterruptibly().channel();
  }

  /** What one stream brought. {@code end} completes with "end", "reset CODE" or "closed". */
  static final class Stream {
    private final Http2StreamChannel channel;
    volatile String status = "";
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final CompletableFuture<String> end = new CompletableFuture<>();

    private Stream(Http2StreamChannel channel) {
      this.channel = channel;
    }

    String end() {
      try {
        return end.get(10, TimeUnit.SECONDS);
      } catch (Exception e) {
        throw new AssertionError("the stream does not end", e);
      }
    }

    String body() {
      synchronized (body) {
        return body.toString(StandardCharsets.UTF_8);
      }
    }

    void cancel() {
      channel.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.CANCEL)).syncUninterruptibly();
    }
  }

  Stream post(String path, String json, String... headers) {
    Http2StreamChannel channel = new Http2StreamChannelBootstrap(connection).handler(new ChannelInboundHandlerAdapter())
        .open().syncUninterruptibly().getNow();
    Stream stream = new Stream(channel);
    channel.pipeline().addLast(new Collector(stream));
    DefaultHttp2Headers head = new DefaultHttp2Headers();
    head.method("POST").path(path).scheme("http").authority("127.0.0.1");
    for (int i = 0; i < headers.length; i += 2) {
      head.add(headers[i], headers[i + 1]);
    }
    channel.write(new DefaultHttp2HeadersFrame(head, false));
    channel.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.copiedBuffer(json, StandardCharsets.UTF_8), true));
    return stream;
  }

  private static final class Collector extends ChannelInboundHandlerAdapter {
    private final Stream stream;

    Collector(Stream stream) {
      this.stream = stream;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      try {
        if (message instanceof Http2HeadersFrame headers) {
          stream.status = headers.headers().status().toString();
          finish(headers.isEndStream(), "end");
        } else if (message instanceof Http2DataFrame data) {
          synchronized (stream.body) {
            byte[] bytes = new byte[data.content().readableBytes()];
            data.content().getBytes(data.content().readerIndex(), bytes);
            stream.body.writeBytes(bytes);
          }
          finish(data.isEndStream(), "end");
        }
      } finally {
        ReferenceCountUtil.release(message);
      }
    }

    private void finish(boolean last, String how) {
      if (last) {
        stream.end.complete(how);
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof Http2ResetFrame reset) {
        stream.end.complete("reset " + Http2Error.valueOf(reset.errorCode()));
      }
      ReferenceCountUtil.release(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      stream.end.complete("closed");
    }
  }

  boolean connected() {
    return connection.isActive();
  }

  @Override
  public void close() {
    connection.close().syncUninterruptibly();
    loop.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
