package io.tidegate.upstream.gate;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** An HTTP/2 server over TLS that answers by script, frame by frame. */
final class H2Upstream implements AutoCloseable {
  private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Channel server;

  final AtomicInteger connections = new AtomicInteger();
  final AtomicInteger streams = new AtomicInteger();
  final List<String> requests = new CopyOnWriteArrayList<>();
  final List<Long> resets = new CopyOnWriteArrayList<>();

  /** Answers one stream when its request is whole. */
  interface Script {
    void answer(Call call);
  }

  H2Upstream(TestCertificate certificate, int maxStreams, Script script) throws SSLException {
    SslContext tls = SslContextBuilder.forServer(certificate.keys()).applicationProtocolConfig(new ApplicationProtocolConfig(
        ApplicationProtocolConfig.Protocol.ALPN, ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
        ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT, "h2")).build();
    this.server = new ServerBootstrap().group(group).channel(NioServerSocketChannel.class).childHandler(new ChannelInitializer<Channel>() {
      @Override
      protected void initChannel(Channel channel) {
        Http2FrameCodec codec = Http2FrameCodecBuilder.forServer()
            .initialSettings(Http2Settings.defaultSettings().maxConcurrentStreams(maxStreams)).build();
        channel.pipeline().addLast(tls.newHandler(channel.alloc()), codec, new Frames(connections.incrementAndGet(), script));
      }
    }).bind("127.0.0.1", 0).syncUninterruptibly().channel();
  }

  int port() {
    return ((java.net.InetSocketAddress) server.localAddress()).getPort();
  }

  /** One request and the means to answer it; on the server's loop. */
  static final class Call {
    final int connection;
    /** Number of the stream on its connection, from 1. */
    final int number;
    final ChannelHandlerContext ctx;
    final Http2FrameStream stream;

    Call(int connection, int number, ChannelHandlerContext ctx, Http2FrameStream stream) {
      this.connection = connection;
      this.number = number;
      this.ctx = ctx;
      this.stream = stream;
    }

    void head(int status, String contentType, boolean end) {
      DefaultHttp2Headers headers = new DefaultHttp2Headers();
      headers.status(Integer.toString(status)).set("content-type", contentType);
      ctx.writeAndFlush(new DefaultHttp2HeadersFrame(headers, end).stream(stream));
    }

    void data(String text, boolean end) {
      ctx.writeAndFlush(new DefaultHttp2DataFrame(ByteBufUtil.writeUtf8(ctx.alloc(), text), end).stream(stream));
    }

    void json(String body) {
      head(200, "application/json", false);
      data(body, true);
    }

    void reset(Http2Error error) {
      ctx.writeAndFlush(new DefaultHttp2ResetFrame(error).stream(stream));
    }

    /** GOAWAY that names the stream before this one as the last that is worked on. */
    void goAwayBefore() {
      // Netty's own frame cannot name an earlier stream: written below the codec (RFC 9113 section 6.8).
      ByteBuf frame = ctx.alloc().buffer().writeMedium(8).writeByte(7).writeByte(0).writeInt(0).writeInt(stream.id() - 2).writeInt(0);
      ctx.pipeline().context(Http2FrameCodec.class).writeAndFlush(frame);
    }

    void goAwayAfter() {
      ctx.writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
    }
  }

  private final class Frames extends ChannelInboundHandlerAdapter {
    private final int connection;
    private final Script script;
    private int streamsHere;
    private @Nullable String head;

    Frames(int connection, Script script) {
      this.connection = connection;
      this.script = script;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      try {
        read(ctx, message);
      } finally {
        ReferenceCountUtil.release(message);
      }
    }

    private void read(ChannelHandlerContext ctx, Object message) {
      if (message instanceof Http2HeadersFrame frame) {
        streamsHere++;
        streams.incrementAndGet();
        head = frame.headers().method() + " " + frame.headers().scheme() + " " + frame.headers().path() + " "
            + frame.headers().get("authorization") + " " + frame.headers().get("content-length") + " ";
      } else if (message instanceof Http2DataFrame frame && frame.isEndStream()) {
        requests.add(head + frame.content().toString(StandardCharsets.UTF_8));
        script.answer(new Call(connection, streamsHere, ctx, frame.stream()));
      } else if (message instanceof Http2ResetFrame frame) {
        resets.add(frame.errorCode());
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }

  @Override
  public void close() {
    server.close().syncUninterruptibly();
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(3, TimeUnit.SECONDS);
  }
}
