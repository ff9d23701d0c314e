package io.tidegate.lab.wire;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamFrame;
import io.tidegate.lab.plan.Field;
import io.tidegate.lab.plan.Request;
import io.tidegate.lab.record.Received;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Collects the one request of an HTTP/2 stream and hands it on. Confined to the connection's loop. */
final class Http2Requests extends SimpleChannelInboundHandler<Http2StreamFrame> {
  private final Service service;
  private final Received received;
  private final int connection;
  private final int maxBodyBytes;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private @Nullable Http2Headers head;
  private @Nullable Exchange current;
  private boolean answeredEarly;

  Http2Requests(Service service, Received received, int connection, int maxBodyBytes) {
    super(Http2StreamFrame.class);
    this.service = service;
    this.received = received;
    this.connection = connection;
    this.maxBodyBytes = maxBodyBytes;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, Http2StreamFrame frame) {
    if (frame instanceof Http2HeadersFrame headers) {
      if (head == null) {
        begin(ctx, headers.headers());
      }
      if (headers.isEndStream()) {
        complete(ctx);
      }
    } else if (frame instanceof Http2DataFrame data) {
      body.writeBytes(ByteBufUtil.getBytes(data.content()));
      if (body.size() > maxBodyBytes) {
        ctx.close();
      } else if (data.isEndStream()) {
        complete(ctx);
      }
    }
  }

  private void begin(ChannelHandlerContext ctx, Http2Headers headers) {
    head = headers;
    Exchange exchange = exchange(ctx, collected(headers, new byte[0]));
    current = exchange;
    answeredEarly = service.early(exchange);
    if (!answeredEarly) {
      current = null;
      exchange.discard();
    }
  }

  private void complete(ChannelHandlerContext ctx) {
    Http2Headers headers = head;
    if (headers == null) {
      return;
    }
    Request request = collected(headers, body.toByteArray());
    long number = received.request(connection, true, request);
    if (!answeredEarly) {
      Exchange exchange = exchange(ctx, request);
      current = exchange;
      exchange.number(number);
      service.serve(exchange);
    }
  }

  private Exchange exchange(ChannelHandlerContext ctx, Request request) {
    return new Exchange(request, new Http2Wire((Http2StreamChannel) ctx.channel()), ctx.executor(), received, () -> current = null);
  }

  private static Request collected(Http2Headers headers, byte[] body) {
    List<Field> fields = new ArrayList<>();
    for (Map.Entry<CharSequence, CharSequence> field : headers) {
      String name = field.getKey().toString();
      if (name.equals(":authority")) {
        fields.add(new Field("host", field.getValue().toString()));
      } else if (!name.startsWith(":")) {
        fields.add(new Field(name, field.getValue().toString()));
      }
    }
    return new Request(String.valueOf(headers.method()), String.valueOf(headers.path()), fields, body);
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
    if (current != null) {
      current.clientLeft();
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
