package io.tidegate.scaler;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ServerChannel;
import io.netty.handler.ssl.SslContext;
import io.tidegate.net.Door;
import io.tidegate.net.EventLoops;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The listener that KEDA calls; read only, of small bounds, on the event loops of the rest. */
public final class ScalerServer implements AutoCloseable {
  private static final int MESSAGE_BYTES = 64 << 10;
  private static final int METADATA_BYTES = 8 << 10;
  private static final int CALLS_PER_CONNECTION = 100;
  private static final int MOST_CONNECTIONS = 64;
  private static final int RESETS = 100;
  private static final int RESET_WINDOW_SECONDS = 30;
  private static final int PING_AT_MOST_EVERY_SECONDS = 10;
  /** Whoever opens connections and asks nothing must not keep KEDA out. */
  private static final int HANDSHAKE_SECONDS = 10;
  private static final int IDLE_SECONDS = 300;
  /** A stream may be silent for days: somebody must notice that its peer is gone. */
  private static final int PING_EVERY_SECONDS = 60;

  private final ScalerService service;
  private final Server server;

  /** @param tls null for plain text */
  public ScalerServer(Door door, @Nullable SslContext tls, EventLoops loops, ScalerService service) {
    this.service = service;
    ChannelFactory<ServerChannel> listeners = door.channels(loops.transport());
    Bound bound = new Bound();
    NettyServerBuilder builder = NettyServerBuilder.forAddress(door.address()).bossEventLoopGroup(loops.group()).workerEventLoopGroup(loops.group())
        .channelFactory(() -> {
          ServerChannel listener = listeners.newChannel();
          listener.pipeline().addLast(bound);
          return listener;
        }).directExecutor().maxInboundMessageSize(MESSAGE_BYTES).maxInboundMetadataSize(METADATA_BYTES).maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION)
        .maxRstFramesPerWindow(RESETS, RESET_WINDOW_SECONDS).permitKeepAliveTime(PING_AT_MOST_EVERY_SECONDS, TimeUnit.SECONDS).permitKeepAliveWithoutCalls(true)
        .keepAliveTime(PING_EVERY_SECONDS, TimeUnit.SECONDS).handshakeTimeout(HANDSHAKE_SECONDS, TimeUnit.SECONDS)
        .maxConnectionIdle(IDLE_SECONDS, TimeUnit.SECONDS).addService(service);
    if (tls != null) {
      builder.sslContext(tls);
    }
    this.server = builder.build();
  }

  /** Binds. */
  public void start() throws IOException {
    server.start();
  }

  /** Port after {@link #start}; -1 for a Unix socket. */
  public int port() {
    return server.getListenSockets().get(0) instanceof InetSocketAddress inet ? inet.getPort() : -1;
  }

  /** Ends streams in good order, then the rest. Blocking, a second at most. */
  @Override
  public void close() {
    server.shutdown();
    service.close();
    try {
      if (!server.awaitTermination(1, TimeUnit.SECONDS)) {
        server.shutdownNow();
      }
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
      server.shutdownNow();
    }
  }

  /** Closes connections past the bound before they cost anything. */
  @Sharable
  private static final class Bound extends ChannelInboundHandlerAdapter {
    private final AtomicInteger open = new AtomicInteger();

    @Override
    public void channelRead(ChannelHandlerContext context, Object accepted) {
      Channel connection = (Channel) accepted;
      if (open.incrementAndGet() > MOST_CONNECTIONS) {
        open.decrementAndGet();
        connection.unsafe().closeForcibly();
        return;
      }
      connection.closeFuture().addListener(closed -> open.decrementAndGet());
      context.fireChannelRead(accepted);
    }
  }
}
