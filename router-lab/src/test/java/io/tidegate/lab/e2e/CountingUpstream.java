package io.tidegate.lab.e2e;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A model that knows how often it was asked each question: the number in {@code question-N-}. Says the number back, at once or in pieces that come one
 * after the other. Small on purpose: it shares the machine with what is measured.
 */
final class CountingUpstream implements AutoCloseable {
  private static final Pattern NUMBER = Pattern.compile("question-([0-9]+)-");
  private static final int PIECES = 4;
  private static final int PIECE_MILLIS = 15;

  private final MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final ConcurrentHashMap<Integer, AtomicInteger> asked = new ConcurrentHashMap<>();
  private final Channel listener;

  CountingUpstream() {
    listener = new ServerBootstrap().group(loop).channel(NioServerSocketChannel.class).childHandler(new ChannelInitializer<Channel>() {
      @Override
      protected void initChannel(Channel channel) {
        channel.pipeline().addLast(new HttpServerCodec(), new HttpObjectAggregator(1 << 20), new Model());
      }
    }).bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).syncUninterruptibly().channel();
  }

  int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  /** How often a question came. */
  int asked(int number) {
    AtomicInteger times = asked.get(number);
    return times == null ? 0 : times.get();
  }

  /** Questions that came, each counted once. */
  int distinct() {
    return asked.size();
  }

  @Override
  public void close() {
    listener.close().syncUninterruptibly();
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
  }

  private final class Model extends SimpleChannelInboundHandler<FullHttpRequest> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
      String body = request.content().toString(StandardCharsets.UTF_8);
      Matcher number = NUMBER.matcher(body);
      if (!number.find()) {
        whole(context, "{\"object\":\"list\",\"data\":[{\"id\":\"" + TestBed.PRIVATE_MODEL + "\",\"object\":\"model\"}]}");
        return;
      }
      asked.computeIfAbsent(Integer.parseInt(number.group(1)), key -> new AtomicInteger()).incrementAndGet();
      String said = "answer-" + number.group(1) + "-";
      if (body.contains("\"stream\":true")) {
        DefaultHttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        head.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/event-stream");
        HttpUtil.setTransferEncodingChunked(head, true);
        context.write(head);
        piece(context, said, 0);
      } else {
        whole(context, "{\"id\":\"c\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"" + TestBed.PRIVATE_MODEL
            + "\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"" + said
            + "\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4,\"total_tokens\":7}}");
      }
    }

    private void piece(ChannelHandlerContext context, String said, int piece) {
      boolean last = piece == PIECES;
      String delta = last ? "{}" : "{\"role\":\"assistant\",\"content\":\"" + (piece == 0 ? said : ".") + "\"}";
      String event = "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"" + TestBed.PRIVATE_MODEL
          + "\",\"choices\":[{\"index\":0,\"delta\":" + delta + ",\"finish_reason\":" + (last ? "\"stop\"" : "null") + "}]}\n\n" + (last ? "data: [DONE]\n\n" : "");
      context.writeAndFlush(new DefaultHttpContent(Unpooled.copiedBuffer(event, StandardCharsets.UTF_8)));
      if (last) {
        context.writeAndFlush(new DefaultLastHttpContent());
      } else {
        context.executor().schedule(() -> piece(context, said, piece + 1), PIECE_MILLIS, TimeUnit.MILLISECONDS);
      }
    }

    private void whole(ChannelHandlerContext context, String json) {
      DefaultFullHttpResponse answer = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK,
          Unpooled.copiedBuffer(json, StandardCharsets.UTF_8));
      answer.headers().set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON).set(HttpHeaderNames.CONTENT_LENGTH, answer.content().readableBytes());
      context.writeAndFlush(answer);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
