package io.tidegate.bench;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tidegate.audit.AuditConfig;
import io.tidegate.audit.FileAuditLog;
import io.tidegate.audit.SigningKey;
import io.tidegate.audit.World;
import io.tidegate.cache.ExactCache;
import io.tidegate.classify.Classifier;
import io.tidegate.decide.Clearance;
import io.tidegate.decide.Decider;
import io.tidegate.dispatch.Balancer;
import io.tidegate.dispatch.Catalog;
import io.tidegate.dispatch.HealthBoard;
import io.tidegate.fake.FakeLoop;
import io.tidegate.line.AnswerSink;
import io.tidegate.line.LineConfig;
import io.tidegate.line.Meters;
import io.tidegate.line.RequestDigest;
import io.tidegate.line.RequestLine;
import io.tidegate.line.Rooms;
import io.tidegate.line.Rules;
import io.tidegate.line.Upstreams;
import io.tidegate.model.AuditReceipt;
import io.tidegate.model.Destination;
import io.tidegate.model.Endpoint;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.RouteInfo.CacheOutcome;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import io.tidegate.telemetry.RegistryMeters;
import io.tidegate.time.Loop;
import io.tidegate.upstream.dialect.RequestDialect;
import io.tidegate.wire.JsonException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A parsed request's whole walk with everything real but the sockets, and its meters alone. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 4, time = 1)
@Fork(1)
public class LineBench {
  @Param({"chat1k", "chat16k"})
  private String body;

  private static final List<Destination> OPEN = List.of(Destination.PUBLIC);
  private static final RouteInfo ROUTE = new RouteInfo("id", Sensitivity.INTERNAL, LatencyClass.STANDARD, Destination.PUBLIC, "public", "", "", CacheOutcome.MISS, 1);

  private final FakeLoop loop = new FakeLoop();
  private final Sunk sunk = new Sunk();
  private Meters meters;
  private RequestLine line;
  private ModelRequest request;

  /** Wires the rooms as the daemon does; the cache holds nothing. */
  @Setup
  public void wire() throws IOException, JsonException {
    request = Bodies.request(body);
    Upstream upstream = Bodies.upstream();
    meters = new RegistryMeters(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), List.of(upstream));
    HealthBoard health = new HealthBoard(System::nanoTime, new HealthBoard.HealthRules(3, 1, 1, 1));
    health.endpoints("public", List.of(new Endpoint("public", "a", "127.0.0.1", 1, 1, false)));
    Path directory = Files.createTempDirectory("line-bench");
    FileAuditLog audit = new FileAuditLog(new AuditConfig(directory, 4 << 20, 32 << 20, Duration.ofDays(1)), SigningKey.of(new byte[32]), "bench", 1,
        World.NONE, Instant::now, System::nanoTime, Runnable::run);
    audit.start();
    Rules rules = new Rules(new Classifier(Classifier.allDetectors()), new Decider(Bodies.policy()));
    line = new RequestLine(new Rooms(() -> rules, new Catalog(List.of(upstream)), health, List.of(new Balancer(health)),
        (asked, to, model) -> RequestDialect.encode(asked, to, model, "0123456789abcdef0123456789abcdef"), new AtOnce(),
        new ExactCache(0, System::nanoTime), audit, new RequestDigest(new byte[32]), meters, Instant::now, Runnable::run, LineConfig.DEFAULT));
  }

  /** Classify, decide, digest, record, encode, clear, "send", answer, count. */
  @Benchmark
  public int walk() {
    line.walk(request, sunk, loop);
    return sunk.bytes;
  }

  /** All that is counted for one answered request. */
  @Benchmark
  public void meters() {
    meters.classified(4_000, false);
    meters.decided(Sensitivity.INTERNAL, LatencyClass.STANDARD, OPEN, List.of());
    meters.attempt(Operation.CHAT, "public", Zone.PUBLIC, null, 300_000_000);
    meters.firstToken(Operation.CHAT, LatencyClass.STANDARD, 300_000_000, null);
    meters.ended(Operation.CHAT, "default", ROUTE, Destination.PUBLIC, null, 300_000_000, 0, new Upstreams.Usage(240, 100, -1, -1), null);
  }

  private static final class AtOnce implements Upstreams, Upstreams.Attempt {
    private final ByteBuf answer = Unpooled.directBuffer().writeZero(1024);

    @Override
    public Attempt send(Clearance clearance, Endpoint endpoint, @Nullable AuditReceipt receipt, AttemptTimes times, boolean stream,
        boolean usageAsked, Loop on, AttemptEvents events) {
      events.answered(answer.retainedDuplicate(), new Usage(240, 100, -1, -1));
      return this;
    }

    @Override
    public void cancel() {}

    @Override
    public void pause() {}

    @Override
    public void resume() {}
  }

  private static final class Sunk implements AnswerSink {
    private int bytes;

    @Override
    public void complete(RouteInfo route, ByteBuf json) {
      bytes += json.readableBytes();
      json.release();
    }

    @Override
    public void open(RouteInfo route) {}

    @Override
    public void events(ByteBuf frames) {
      frames.release();
    }

    @Override
    public void close() {}

    @Override
    public void refuse(ErrorAnswer error, RouteInfo route) {
      throw new IllegalStateException(error.refusal().code());
    }

    @Override
    public void breakOff(ErrorAnswer error) {}

    @Override
    public boolean isWritable() {
      return true;
    }
  }
}
