package io.tidegate.ingress.http;

import io.netty.handler.ssl.SslContext;
import io.tidegate.ingress.Callers;
import io.tidegate.ingress.RequestIds;
import io.tidegate.net.EventLoops;
import io.tidegate.net.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A listener on a free port, with a recording line behind it. */
final class HttpRig implements AutoCloseable {
  /** What is waited for, in the order of {@link HttpConfig#withTimeouts}. */
  enum Wait { HEADER, BODY, IDLE, WRITE, PING, LINGER }

  final EventLoops loops = new EventLoops(Transport.best(), 1);
  final RecordingLine line = new RecordingLine();
  final HttpIngress ingress;

  HttpRig(HttpConfig config) throws IOException {
    this(config, null, Callers.DEFAULT);
  }

  HttpRig(HttpConfig config, @Nullable SslContext tls, Callers callers) throws IOException {
    ingress = new HttpIngress(config, tls, loops, line, callers, new RequestIds(7, 11), () -> Instant.EPOCH);
    ingress.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  /** One wait is short, for a test of it; the others are longer than a busy machine stands still. */
  static HttpConfig quick(Wait which) {
    Duration[] waits = new Duration[Wait.values().length];
    Arrays.fill(waits, Duration.ofSeconds(10));
    waits[which.ordinal()] = Duration.ofMillis(300);
    return HttpConfig.DEFAULT.withTimeouts(waits[0], waits[1], waits[2], waits[3], waits[4], waits[5]);
  }

  RawClient connect() throws IOException {
    return new RawClient(ingress.port());
  }

  /** Waits for what another thread brings about; fails after twenty seconds. */
  static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("did not happen in time: " + what);
      }
      Thread.sleep(2);
    }
  }

  /** Waits until the loop has done what was given to it before. */
  void turn() {
    loops.group().submit(() -> { }).syncUninterruptibly();
  }

  @Override
  public void close() {
    ingress.close();
    loops.close();
  }
}
