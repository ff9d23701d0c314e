package io.tidegate.ingress.grpc;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.tidegate.ingress.H2FrameGuard;
import io.tidegate.time.Ticker;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands at the listening socket: closes connections past the bound before they cost anything, and puts the frame guard in front of those
 * in plain text. (Under TLS the frames cannot be seen here; gRPC's own limits on resets, pings and queued control frames stand alone.)
 */
@Sharable
final class ConnectionLimit extends ChannelInboundHandlerAdapter {
  private final int most;
  private final boolean plain;
  private final Ticker ticker;
  private final AtomicInteger open = new AtomicInteger();

  ConnectionLimit(int most, boolean plain, Ticker ticker) {
    this.most = most;
    this.plain = plain;
    this.ticker = ticker;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object accepted) {
    Channel connection = (Channel) accepted;
    if (open.incrementAndGet() > most) {
      open.decrementAndGet();
      connection.unsafe().closeForcibly();
      return;
    }
    connection.closeFuture().addListener(closed -> open.decrementAndGet());
    connection.pipeline().addFirst(new PeerReader.AtAccept());
    if (plain) {
      connection.pipeline().addFirst(new H2FrameGuard(ticker));
    }
    context.fireChannelRead(accepted);
  }

  int open() {
    return open.get();
  }
}
