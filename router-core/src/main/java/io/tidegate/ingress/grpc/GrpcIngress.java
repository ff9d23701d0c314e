package io.tidegate.ingress.grpc;

import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.netty.handler.ssl.SslContext;
import io.tidegate.line.Line;
import io.tidegate.model.Caller;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.net.EventLoops;
import io.tidegate.v1.RouterServiceGrpc;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The gRPC listener, on the same event loops as HTTP; calls run on the loop of their connection. */
public final class GrpcIngress {
  private static final int CONNECTION_WINDOW = 1 << 20;
  private static final long PING_AT_MOST_EVERY_SECONDS = 10;

  private final Server server;
  private final HealthStatusManager health = new HealthStatusManager();
  private volatile boolean draining;

  /** Tells who a caller is: a caller, or the error to answer. */
  public interface Callers {
    void identify(Optional<String> bearer, boolean loopback, Answer answer);

    /** Takes the outcome; exactly one is called, at once. */
    interface Answer {
      void known(Caller caller);

      void refused(ErrorAnswer error);
    }
  }

  /** @param tls null for plain text */
  public GrpcIngress(SocketAddress address, GrpcConfig config, @Nullable SslContext tls, EventLoops loops, Line line, Callers callers,
      Supplier<String> ids) {
    NettyServerBuilder builder = NettyServerBuilder.forAddress(address).bossEventLoopGroup(loops.group()).workerEventLoopGroup(loops.group())
        .channelType(loops.transport().server()).directExecutor().maxInboundMessageSize(config.maxMessageBytes())
        .maxInboundMetadataSize(config.maxMetadataBytes()).maxConcurrentCallsPerConnection(config.maxCallsPerConnection())
        .flowControlWindow(CONNECTION_WINDOW).permitKeepAliveTime(PING_AT_MOST_EVERY_SECONDS, TimeUnit.SECONDS).permitKeepAliveWithoutCalls(true)
        .intercept(new CallFacts.Reader())
        .addService(new RouterServiceEdge(line, loops, facts -> identify(callers, facts), ids, () -> draining))
        .addService(health.getHealthService());
    if (tls != null) {
      builder.sslContext(tls);
    }
    if (config.reflection()) {
      builder.addService(ProtoReflectionServiceV1.newInstance());
    }
    server = builder.build();
  }

  private static Object identify(Callers callers, CallFacts facts) {
    Object[] outcome = new Object[1];
    callers.identify(facts.bearer(), facts.loopback(), new Callers.Answer() {
      @Override
      public void known(Caller caller) {
        outcome[0] = caller;
      }

      @Override
      public void refused(ErrorAnswer error) {
        outcome[0] = error;
      }
    });
    return outcome[0];
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

  /** Says NOT_SERVING and refuses new calls with DRAINING; calls under way go on. */
  public void drain() {
    draining = true;
    health.enterTerminalState();
    server.shutdown();
  }

  /** Waits for calls under way, then ends the rest. Blocking. */
  public void close(long timeoutMillis) throws InterruptedException {
    server.shutdown();
    if (!server.awaitTermination(timeoutMillis, TimeUnit.MILLISECONDS)) {
      server.shutdownNow().awaitTermination(1, TimeUnit.SECONDS);
    }
  }
}
