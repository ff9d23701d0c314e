package io.tidegate.ingress.grpc;

import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.EventExecutor;
import io.tidegate.ingress.BodyBudget;
import io.tidegate.ingress.Callers;
import io.tidegate.line.Line;
import io.tidegate.net.Door;
import io.tidegate.net.EventLoops;
import io.tidegate.v1.RouterServiceGrpc;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The gRPC listener, on the same event loops as HTTP; calls run on the loop of their connection. */
public final class GrpcIngress {
  private static final int CONNECTION_WINDOW = 1 << 20;
  /** Rapid reset (hazard E1): more than these in a window end the connection. */
  private static final int RESETS = 400;
  private static final int RESET_WINDOW_SECONDS = 30;
  private static final long TURN_SECONDS = 2;
  private static final long PING_AT_MOST_EVERY_SECONDS = 10;

  private final Server server;
  private final HealthStatusManager health = new HealthStatusManager();
  private final ConnectionLimit connections;
  private final BodyBudget held;
  private final EventLoops loops;
  private volatile boolean refusing;
  private volatile boolean settled;
  /** Set when the server binds. */
  private volatile @Nullable ServerChannel listening;

  /** @param tls null for plain text */
  public GrpcIngress(SocketAddress address, GrpcConfig config, @Nullable SslContext tls, EventLoops loops, Line line, Callers callers,
      Supplier<String> ids) {
    this(Door.at(address), config, tls, loops, line, callers, ids);
  }

  /** @param tls null for plain text */
  public GrpcIngress(Door door, GrpcConfig config, @Nullable SslContext tls, EventLoops loops, Line line, Callers callers, Supplier<String> ids) {
    this.loops = loops;
    ConnectionLimit limit = new ConnectionLimit(config.maxConnections(), tls == null, System::nanoTime);
    ChannelFactory<ServerChannel> listeners = door.channels(loops.transport());
    BodyBudget bodies = new BodyBudget(config.maxBytesInFlight());
    NettyServerBuilder builder = NettyServerBuilder.forAddress(door.address()).bossEventLoopGroup(loops.group()).workerEventLoopGroup(loops.group())
        .channelFactory(() -> {
          ServerChannel listener = listeners.newChannel();
          listener.pipeline().addLast(limit);
          listening = listener;
          return listener;
        }).directExecutor().maxInboundMessageSize(config.maxMessageBytes()).maxInboundMetadataSize(config.maxMetadataBytes())
        .maxConcurrentCallsPerConnection(config.maxCallsPerConnection()).flowControlWindow(CONNECTION_WINDOW)
        .maxRstFramesPerWindow(RESETS, RESET_WINDOW_SECONDS).permitKeepAliveTime(PING_AT_MOST_EVERY_SECONDS, TimeUnit.SECONDS)
        .permitKeepAliveWithoutCalls(true).addTransportFilter(new PeerReader()).intercept(new CallFacts.Reader(callers.regional()))
        .addService(ServerInterceptors.intercept(ServerInterceptors.useInputStreamMessages(
            new RouterServiceEdge(line, loops, callers, ids, bodies, config, () -> refusing).bindService()), new CallRim()))
       .addService(health.getHealthService());
    connections = limit;
    held = bodies;
    if (door.address() instanceof DomainSocketAddress) {
      // gRPC sets it for every kind of socket; one that has none would say so in a warning for each connection. Null takes it back.
      builder.withChildOption(ChannelOption.SO_KEEPALIVE, null);
    }
    if (tls != null) {
      builder.sslContext(tls);
    }
    if (config.reflection()) {
      builder.addService(ProtoReflectionServiceV1.newInstance());
    }
    server = builder.build();
  }

  /** Binds. */
  public void start() throws IOException {
    server.start();
    health.setStatus(RouterServiceGrpc.SERVICE_NAME, ServingStatus.SERVING);
  }

  /** Port after {@link #start}; -1 for a Unix socket. */
  public int port() {
    return server.getListenSockets().get(0) instanceof InetSocketAddress inet ? inet.getPort() : -1;
  }

  /** Connections that are open now. */
  public int openConnections() {
    return connections.open();
  }

  /** Bytes that requests in flight hold now. */
  public long heldBytes() {
    return held.heldBytes();
  }

  /** Stops accepting; connections go on as if nothing were. Blocks for a turn of the event loops: not on one of them. */
  public void stopAccepting() {
    ServerChannel bound = listening;
    if (bound != null) {
      bound.close().awaitUninterruptibly(TURN_SECONDS, TimeUnit.SECONDS);
    }
  }

  /**
   * Says NOT_SERVING and stops accepting; each connection is told GOAWAY twice, and the calls that it begins before the second one are answered as any
   * other (hazard H1). Blocks for a turn of the event loops: not on one of them.
   */
  public void drain() {
    health.enterTerminalState();
    ServerChannel bound = listening;
    if (bound != null) {
      // The server says farewell to the connections that it knows: first those that were accepted last must be known to it. They are made by tasks
      // that are in the loops' queues by the time the listener is closed.
      bound.close().awaitUninterruptibly(TURN_SECONDS, TimeUnit.SECONDS);
      CountDownLatch turns = new CountDownLatch(loops.count());
      for (EventExecutor loop : loops.group()) {
        loop.execute(turns::countDown);
      }
      try {
        // A loop that is stuck for longer would not serve its connections either.
        settled = turns.await(TURN_SECONDS, TimeUnit.SECONDS);
      } catch (InterruptedException hurried) {
        Thread.currentThread().interrupt();
      }
    }
    server.shutdown();
  }

  /** Waits for connections to end, at most so long; then refuses new calls with DRAINING, and ends the rest. Blocking. */
  public void close(long timeoutMillis) throws InterruptedException {
    if (!settled) {
      drain();
    }
    if (!server.awaitTermination(timeoutMillis, TimeUnit.MILLISECONDS)) {
      refusing = true;
      server.shutdownNow().awaitTermination(1, TimeUnit.SECONDS);
    }
  }
}
