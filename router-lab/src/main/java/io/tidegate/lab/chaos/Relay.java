package io.tidegate.lab.chaos;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import java.util.concurrent.TimeUnit;

/** One relayed connection. Confined to the loop that both of its channels share; {@link #loseServer} is for any thread. */
final class Relay {
  private static final int MAX_PENDING_BYTES = 1024 * 1024;

  private final ChaosProxy proxy;
  private final Channel client;
  private final Channel server;
  private long bytesToClient;
  private boolean serverLost;

  Relay(ChaosProxy proxy, Channel client, Channel server) {
    this.proxy = proxy;
    this.client = client;
    this.server = server;
  }

  void start() {
    client.pipeline().addLast(new Side(server));
    server.pipeline().addLast(new Side(client));
    client.config().setAutoRead(true);
    server.config().setAutoRead(true);
    if (!client.isActive()) {
      server.close();
      proxy.ended(this);
    }
  }

  void loseServer() {
    server.eventLoop().execute(() -> {
      serverLost = true;
      server.close();
    });
  }

  private void reset() {
    client.config().setOption(ChannelOption.SO_LINGER, 0);
    server.config().setOption(ChannelOption.SO_LINGER, 0);
    client.close();
    server.close();
  }

  /** Reads from one side and writes to the other. */
  private final class Side extends ChannelInboundHandlerAdapter {
    private final Channel other;
    private int pendingBytes;

    Side(Channel other) {
      this.other = other;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      if (proxy.blackHole() || serverLost) {
        bytes.release();
        return;
      }
      int size = bytes.readableBytes();
      pendingBytes += size;
      ctx.channel().config().setAutoRead(pendingBytes < MAX_PENDING_BYTES);
      later(() -> {
        pendingBytes -= size;
        ctx.channel().config().setAutoRead(pendingBytes < MAX_PENDING_BYTES);
        pass(bytes);
      });
    }

    private void pass(ByteBuf bytes) {
      if (other == client) {
        long left = Math.max(0, proxy.resetAfterBytes() - bytesToClient);
        bytesToClient += bytes.readableBytes();
        if (bytes.readableBytes() > left) {
          other.writeAndFlush(bytes.slice(bytes.readerIndex(), (int) left)).addListener(written -> reset());
          return;
        }
      }
      other.writeAndFlush(bytes);
    }

    private void later(Runnable task) {
      long delay = proxy.delayNanos();
      if (delay == 0) {
        task.run();
      } else {
        client.eventLoop().schedule(task, delay, TimeUnit.NANOSECONDS);
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      if (ctx.channel() == client) {
        proxy.ended(Relay.this);
      }
      if (serverLost || proxy.blackHole()) {
        if (ctx.channel() == client) {
          server.close();
        }
        return;
      }
      later(other::close);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }
}
