package io.tidegate.lab.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.tidegate.lab.record.Received;

/**
 * Records what passes: as first handler the count of socket bytes, behind TLS the plain bytes themselves. Closes the connection when the
 * record is full.
 */
final class Tap extends ChannelInboundHandlerAdapter {
  private final Received received;
  private final int connection;
  private final boolean plain;
  private final boolean sealed;

  /**
   * @param plain whether this is the tap behind TLS, which keeps bytes, or the one at the socket, which counts them
   * @param sealed whether TLS comes behind it: then it keeps the hello
   */
  Tap(Received received, int connection, boolean plain, boolean sealed) {
    this.sealed = sealed;
    this.received = received;
    this.connection = connection;
    this.plain = plain;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof ByteBuf bytes) {
      if (!plain) {
        received.raw(bytes.readableBytes());
        if (sealed) {
          received.beforeTls(connection, ByteBufUtil.getBytes(bytes));
        }
      } else {
        received.plain(connection, ByteBufUtil.getBytes(bytes));
      }
      if (!received.accepts()) {
        bytes.release();
        ctx.close();
        return;
      }
    }
    ctx.fireChannelRead(message);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (!plain) {
      received.closed();
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (plain) {
      ctx.fireExceptionCaught(cause);
    } else {
      ctx.close();
    }
  }
}
