package io.tidegate.ingress.grpc;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.tidegate.ingress.Callers;
import io.tidegate.ingress.RequestIds;
import io.tidegate.net.EventLoops;
import io.tidegate.net.Transport;
import io.tidegate.v1.ChatRequest;
import io.tidegate.v1.Message;
import io.tidegate.v1.RouterServiceGrpc;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A gRPC listener on a free port, with a recording line behind it, and a client. */
final class GrpcRig implements AutoCloseable {
  /** gRPC prints a stack trace for each broken frame; held here so that the level stays. */
  private static final Logger QUIET = Logger.getLogger("io.grpc");

  static {
    QUIET.setLevel(Level.OFF);
  }

  final EventLoops loops = new EventLoops(Transport.best(), 1);
  final RecordingLine line = new RecordingLine();
  final GrpcIngress ingress;
  final ManagedChannel channel;
  final RouterServiceGrpc.RouterServiceBlockingStub blocking;
  final RouterServiceGrpc.RouterServiceStub async;

  GrpcRig() throws IOException {
    this(GrpcConfig.DEFAULT, Callers.DEFAULT);
  }

  GrpcRig(GrpcConfig config, Callers callers) throws IOException {
    ingress = new GrpcIngress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), config, null, loops, line, callers, new RequestIds(7, 11));
    ingress.start();
    channel = channel();
    blocking = RouterServiceGrpc.newBlockingStub(channel);
    async = RouterServiceGrpc.newStub(channel);
  }

  ManagedChannel channel() {
    return builder().build();
  }

  /** One whose flow-control window stays as it is. */
  ManagedChannel channel(int windowBytes) {
    return builder().flowControlWindow(windowBytes).build();
  }

  private NettyChannelBuilder builder() {
    return NettyChannelBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), ingress.port())).usePlaintext().disableRetry();
  }

  static ChatRequest chat(String text) {
    return ChatRequest.newBuilder().setModel("auto").addMessages(Message.newBuilder().setRole("user").setContent(text)).build();
  }

  /** Waits for what another thread brings about; fails after ten seconds. */
  static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + 10_000_000_000L;
    Object pause = new Object();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("did not happen in time: " + what);
      }
      synchronized (pause) {
        pause.wait(2);
      }
    }
  }

  static StatusRuntimeException failure(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    try {
      call.call();
    } catch (StatusRuntimeException e) {
      return e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
    throw new AssertionError("the call succeeded");
  }

  @Override
  public void close() throws InterruptedException {
    channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    ingress.close(1_000);
    loops.close();
  }
}
