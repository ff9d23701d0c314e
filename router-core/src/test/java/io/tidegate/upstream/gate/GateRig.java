package io.tidegate.upstream.gate;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.tidegate.decide.Clearance;
import io.tidegate.decide.DecisionFixture;
import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.fake.CountingMeters;
import io.tidegate.line.Upstreams.Attempt;
import io.tidegate.line.Upstreams.AttemptEvents;
import io.tidegate.line.Upstreams.AttemptTimes;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.AuditReceipt;
import io.tidegate.model.Cidr;
import io.tidegate.model.Destination;
import io.tidegate.model.Dialect;
import io.tidegate.model.Endpoint;
import io.tidegate.model.Operation;
import io.tidegate.model.Secret;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import io.tidegate.net.EventLoops;
import io.tidegate.net.Names;
import io.tidegate.net.Transport;
import io.tidegate.time.Loop;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** A gate with one loop and what is needed to send through it. */
final class GateRig implements AutoCloseable {
  static final Cidr LOOPBACK = Cidr.of(new byte[] {127, 0, 0, 0}, 8, "127.0.0.0/8");
  static final Cidr ELSEWHERE = Cidr.of(new byte[] {10, 0, 0, 0}, 8, "10.0.0.0/8");
  static final AttemptTimes TIMES = new AttemptTimes(seconds(20), seconds(5), seconds(20));
  static final String BODY = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"canary-4711\"}]}";

  final EventLoops loops;
  final Loop loop;
  final CountingMeters meters = new CountingMeters();
  final Names names = new Names(System::nanoTime);
  final UpstreamGate gate;

  GateRig(Upstream... upstreams) {
    this(new GateConfig(1 << 20, 64 << 10, 32 << 10, 4 << 20, Duration.ofSeconds(30)), upstreams);
  }

  GateRig(GateConfig config, Upstream... upstreams) {
    this(Transport.best(), config, upstreams);
  }

  GateRig(Transport transport, GateConfig config, Upstream... upstreams) {
    loops = new EventLoops(transport, 1);
    loop = loops.of((EventLoop) loops.group().iterator().next());
    try {
      gate = new UpstreamGate(loops, List.of(upstreams), names, meters, () -> Instant.EPOCH, config);
    } catch (SSLException e) {
      throw new IllegalStateException(e);
    }
  }

  static long seconds(long seconds) {
    return TimeUnit.SECONDS.toNanos(seconds);
  }

  static long millis(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }

  /** Its limit for a connection, with TLS and HTTP/2, is above what a cold JVM takes; a test that waits for it has its own. */
  static Upstream upstream(String name, Zone zone, Dialect dialect, List<Cidr> networks, Upstream.@Nullable Tls tls, int maxConnections) {
    return new Upstream(name, zone, dialect, List.of("m"), "m", Map.of(), false, false, "/v1", networks, tls, new Secret("key-of-" + name),
        true, List.of(), null, Duration.ofSeconds(10), maxConnections);
  }

  static Upstream connectingWithin(Duration limit, Upstream like) {
    return new Upstream(like.name(), like.zone(), like.dialect(), like.models(), like.defaultModel(), like.aliases(), false, like.emulated(), like.basePath(),
        like.networks(), like.tls(), like.key(), like.embeddings(), like.endpoints(), like.consulService(), limit, like.maxConnectionsPerEndpoint());
  }

  static Upstream upstream(String name, Zone zone) {
    return upstream(name, zone, Dialect.OPENAI, List.of(LOOPBACK), null, 4);
  }

  static Endpoint endpoint(String upstream, int port) {
    return endpoint(upstream, "127.0.0.1", port);
  }

  static Endpoint endpoint(String upstream, String host, int port) {
    return new Endpoint(upstream, host + ":" + port, host, port, 1, false);
  }

  static Clearance clearance(String requestId, Upstream upstream) {
    return DecisionFixture.clearance(DecisionFixture.decision(
        DecisionFixture.request(requestId, Operation.CHAT, "m", false, BODY), Sensitivity.PUBLIC, Destination.PRIVATE, Destination.PUBLIC),
        upstream);
  }

  static String event(String content, boolean last) {
    return "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{"
        + "\"content\":\"" + content + "\"},\"finish_reason\":" + (last ? "\"stop\"" : "null") + "}]}\n\n";
  }

  /** Sends on the loop. */
  Listener send(Clearance clearance, Endpoint endpoint, @Nullable AuditReceipt receipt, AttemptTimes times, boolean stream) {
    Listener listener = new Listener();
    onLoop(() -> {
      listener.attempt = gate.send(clearance, endpoint, receipt, times, stream, false, loop, listener);
      listener.returned = true;
      return listener;
    });
    return listener;
  }

  Listener send(Upstream upstream, int port, boolean stream) {
    return send(clearance("r1", upstream), endpoint(upstream.name(), port), new AuditReceipt("r1", 1), TIMES, stream);
  }

  <T> T onLoop(Callable<T> task) {
    try {
      return loops.eventLoop(loop).submit(task).get(10, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  int connections() {
    return onLoop(() -> gate.connections(loop));
  }

  /** Polls until {@code condition} holds; fails after 20 s. */
  static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + seconds(20);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("waited in vain for: " + what);
      }
      Thread.onSpinWait();
      java.util.concurrent.locks.LockSupport.parkNanos(millis(2));
    }
  }

  /** Notes what an attempt reports. Written on the loop. */
  static final class Listener implements AttemptEvents {
    final StringBuffer text = new StringBuffer();
    final CompletableFuture<String> end = new CompletableFuture<>();
    volatile boolean content;
    volatile boolean returned;
    volatile int ends;
    volatile @Nullable AttemptFailure failure;
    volatile Usage usage = Usage.UNKNOWN;
    volatile @Nullable Attempt attempt;

    @Override
    public void answered(ByteBuf json, Usage counted) {
      text.append(json.toString(StandardCharsets.UTF_8));
      json.release();
      usage = counted;
      finish("answered");
    }

    @Override
    public void events(ByteBuf frames, boolean anyContent) {
      text.append(frames.toString(StandardCharsets.UTF_8));
      frames.release();
      content |= anyContent;
    }

    @Override
    public void ended(Usage counted) {
      usage = counted;
      finish("ended");
    }

    @Override
    public void failed(AttemptFailure why) {
      failure = why;
      finish(why.kind().name());
    }

    private void finish(String how) {
      ends++;
      if (!returned) {
        end.complete("reported before send returned");
      }
      end.complete(how);
    }

    /** {@code answered}, {@code ended}, or the failure's kind. */
    String outcome() {
      try {
        return end.get(60, TimeUnit.SECONDS);
      } catch (InterruptedException | ExecutionException e) {
        throw new IllegalStateException(e);
      } catch (TimeoutException e) {
        return "nothing within 60 s";
      }
    }
  }

  @Override
  public void close() {
    gate.close();
    names.close();
    loops.close();
  }
}
