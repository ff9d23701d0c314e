package io.tidegate.lab.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.tidegate.lab.plan.Field;
import io.tidegate.lab.plan.Request;
import io.tidegate.lab.record.Received;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Collects HTTP/1.1 requests and hands them on one at a time. Reading goes on during an answer, so that a client's leaving is seen; what it
 * pipelines waits, 16 requests at most. Confined to the channel's loop.
 */
final class Http1Requests extends SimpleChannelInboundHandler<HttpObject> {
  private static final int MAX_PIPELINED = 16;
  /** How long the rest of a request is awaited after its answer. */
  private static final long LINGER_SECONDS = 20;
  private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] BAD = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final Service service;
  private final Received received;
  private final int connection;
  private final int maxBodyBytes;
  private final Queue<Collected> waiting = new ArrayDeque<>();
  private @Nullable HttpRequest head;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private @Nullable Exchange current;
  private boolean answeredEarly;
  private boolean closing;
  private boolean closeOnNextRequest;
  private boolean closeWhenRead;

  Http1Requests(Service service, Received received, int connection, int maxBodyBytes) {
    super(HttpObject.class);
    this.service = service;
    this.received = received;
    this.connection = connection;
    this.maxBodyBytes = maxBodyBytes;
  }

  private record Collected(Request request, boolean keepAlive) {}

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
    if (closing) {
      return;
    }
    if (closeOnNextRequest) {
      closing = true;
      ctx.close();
      return;
    }
    if (message.decoderResult().isFailure()) {
      refuse(ctx);
      return;
    }
    if (message instanceof HttpRequest request) {
      begin(ctx, request);
    }
    if (message instanceof HttpContent content) {
      collect(ctx, content.content());
      if (content instanceof LastHttpContent && !closing) {
        complete(ctx);
      }
    }
  }

  private void begin(ChannelHandlerContext ctx, HttpRequest request) {
    head = request;
    body.reset();
    answeredEarly = false;
    if (current == null && waiting.isEmpty()) {
      Exchange exchange = exchange(ctx, new Collected(collected(request, new byte[0]), HttpUtil.isKeepAlive(request)));
      current = exchange;
      answeredEarly = service.early(exchange);
      if (!answeredEarly) {
        // Not begun after all: the exchange proper starts when the body is in.
        current = null;
        exchange.discard();
      }
    }
    if (HttpUtil.is100ContinueExpected(request) && !answeredEarly) {
      ctx.writeAndFlush(Unpooled.wrappedBuffer(CONTINUE));
    }
  }

  private void collect(ChannelHandlerContext ctx, ByteBuf part) {
    body.writeBytes(ByteBufUtil.getBytes(part));
    if (body.size() > maxBodyBytes) {
      refuse(ctx);
    }
  }

  private void complete(ChannelHandlerContext ctx) {
    HttpRequest request = head;
    head = null;
    if (request == null) {
      return;
    }
    Collected collected = new Collected(collected(request, body.toByteArray()), HttpUtil.isKeepAlive(request));
    if (answeredEarly) {
      received.request(connection, false, collected.request());
      if (closeWhenRead) {
        drop(ctx);
      }
      return;
    }
    if (current != null || !waiting.isEmpty()) {
      if (waiting.size() == MAX_PIPELINED) {
        refuse(ctx);
        return;
      }
      waiting.add(collected);
      return;
    }
    serve(ctx, collected);
  }

  private void serve(ChannelHandlerContext ctx, Collected collected) {
    Exchange exchange = exchange(ctx, collected);
    current = exchange;
    exchange.number(received.request(connection, false, collected.request()));
    service.serve(exchange);
  }

  private Exchange exchange(ChannelHandlerContext ctx, Collected collected) {
    Http1Wire wire = new Http1Wire(ctx.channel(), collected.keepAlive(), () -> closeOnNextRequest = true, () -> closeWhenRead(ctx));
    return new Exchange(collected.request(), wire, ctx.executor(), received, () -> over(ctx));
  }

  private void closeWhenRead(ChannelHandlerContext ctx) {
    closeWhenRead = true;
    if (head == null) {
      drop(ctx);
    } else {
      ctx.executor().schedule(() -> drop(ctx), LINGER_SECONDS, TimeUnit.SECONDS);
    }
  }

  private static void drop(ChannelHandlerContext ctx) {
    ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> ctx.close());
  }

  private void over(ChannelHandlerContext ctx) {
    current = null;
    Collected next = waiting.poll();
    if (next != null) {
      ctx.executor().execute(() -> serve(ctx, next));
    }
  }

  private void refuse(ChannelHandlerContext ctx) {
    closing = true;
    ctx.writeAndFlush(Unpooled.wrappedBuffer(BAD)).addListener(done -> ctx.close());
  }

  private static Request collected(HttpRequest head, byte[] body) {
    List<Field> fields = new ArrayList<>();
    for (Map.Entry<String, String> field : head.headers()) {
      fields.add(new Field(field.getKey().toLowerCase(Locale.ROOT), field.getValue()));
    }
    return new Request(head.method().name(), head.uri(), fields, body);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (current != null) {
      current.writable();
    }
    ctx.fireChannelWritabilityChanged();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    closing = true;
    waiting.clear();
    if (current != null) {
      current.clientLeft();
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A reset by the client; anything else must not leave a half-dead connection either.
    ctx.close();
  }
}
