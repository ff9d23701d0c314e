package io.tidegate.bench;

import io.tidegate.audit.AuditConfig;
import io.tidegate.audit.FileAuditLog;
import io.tidegate.audit.SigningKey;
import io.tidegate.audit.World;
import io.tidegate.classify.Classifier;
import io.tidegate.decide.Decider;
import io.tidegate.decide.Decision;
import io.tidegate.dispatch.Candidate;
import io.tidegate.dispatch.Catalog;
import io.tidegate.dispatch.HealthBoard.Standing;
import io.tidegate.fake.FakeLoop;
import io.tidegate.ingress.RequestFacts;
import io.tidegate.ingress.RequestReader;
import io.tidegate.line.AuditLog.Notes;
import io.tidegate.line.RequestDigest;
import io.tidegate.model.Caller;
import io.tidegate.model.Destination;
import io.tidegate.model.Finding;
import io.tidegate.model.Findings;
import io.tidegate.model.Likelihood;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.RouteInfo.CacheOutcome;
import io.tidegate.model.Upstream;
import io.tidegate.time.Loop;
import io.tidegate.upstream.dialect.RequestDialect;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.SplicedText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What each step of a request costs, for the table of {@code script/bench}. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 4, time = 1)
@Fork(1)
public class StepBench {
  private static final Findings FOUND = new Findings(List.of(new Finding("CN_ID", 5, 10, 28, Likelihood.VERY_LIKELY, "cn-id"),
      new Finding("HEALTH_CONDITION", 5, 40, 50, Likelihood.LIKELY, "health")), Set.of());

  @Param({"chat1k", "chat16k"})
  private String body;

  private byte[] bytes;
  private ModelRequest request;
  private Classifier classifier;
  private Decider decider;
  private Decision decision;
  private RequestDigest digest;
  private FileAuditLog audit;
  private List<Candidate> candidates;
  private ExecutorService background;
  private Path directory;
  private final FakeLoop tasks = new FakeLoop();
  /** In real time, so that the syncing thread does its work beside. */
  private final Loop loop = new Loop() {
    @Override
    public void execute(Runnable task) {
      tasks.execute(task);
    }

    @Override
    public boolean inLoop() {
      return true;
    }

    @Override
    public Timer schedule(Runnable task, long delayNanos) {
      return tasks.schedule(task, delayNanos);
    }

    @Override
    public int index() {
      return 0;
    }

    @Override
    public long nanos() {
      return System.nanoTime();
    }
  };
  private Upstream upstream;
  private SplicedText encoded;
  private RouteInfo route;
  private final RequestReader reader = new RequestReader(JsonLimits.DEFAULT);
  private final RequestFacts facts = RequestFacts.of(Caller.DEFAULT);
  private final byte[] bodyDigest = new byte[32];

  /** Reads the body and the shipped policy. */
  @Setup
  public void prepare() throws IOException, JsonException {
    bytes = Bodies.of(body);
    request = Bodies.request(body);
    classifier = new Classifier(Classifier.allDetectors());
    decider = new Decider(Bodies.policy());
    decision = decider.decide(request, Findings.NONE, Instant.EPOCH);
    digest = new RequestDigest(new byte[32]);
    Path memory = Path.of("/dev/shm");
    directory = Files.isDirectory(memory) ? Files.createTempDirectory(memory, "step-bench") : Files.createTempDirectory("step-bench");
    upstream = Bodies.upstream();
    Catalog catalog = new Catalog(List.of(upstream));
    // No disk is as fast as a loop that does nothing else: in memory, with what was written thrown away.
    background = Executors.newSingleThreadExecutor();
    Executor preparing = task -> background.execute(() -> {
      task.run();
      prune();
    });
    audit = new FileAuditLog(new AuditConfig(directory, 4 << 20, 1 << 30, Duration.ofDays(1)), SigningKey.of(new byte[32]), "bench", 1,
        World.of(catalog, name -> new Standing(2, 2, false)), Instant::now, System::nanoTime, preparing);
    audit.start();
    candidates = catalog.candidates(decision);
    encoded = RequestDialect.encode(request, upstream, "deepseek-chat", "0123456789abcdef0123456789abcdef");
    route = new RouteInfo(request.id(), decision.sensitivity(), decision.latencyClass(), Destination.PUBLIC, "public", "", decision.policyDigest(),
        CacheOutcome.MISS, 1);
  }

  /** Strict JSON, one pass. */
  @Benchmark
  public Object json() throws JsonException {
    return JsonText.parse(bytes, JsonLimits.DEFAULT);
  }

  /** The fields that routing needs, from the parsed body. */
  @Benchmark
  public Object read() {
    return reader.read(Operation.CHAT, request.prompt().json(), facts, "id", 0);
  }

  /** Every string, all detectors. */
  @Benchmark
  public Object classify() {
    Classifier.Scan scan = classifier.begin(request);
    while (!scan.run(Long.MAX_VALUE)) {
      // runs to its end in one piece
    }
    return scan.findings();
  }

  /** The shipped bundle on a request without findings. */
  @Benchmark
  public Object decide() {
    return decider.decide(request, Findings.NONE, Instant.EPOCH);
  }

  /** The same on a request with a patient's identity number. */
  @Benchmark
  public Object decideFindings() {
    return decider.decide(request, FOUND, Instant.EPOCH);
  }

  /** The dialect's splices. */
  @Benchmark
  public Object encode() {
    return RequestDialect.encode(request, upstream, "deepseek-chat", "0123456789abcdef0123456789abcdef");
  }

  /** Minting the clearance. */
  @Benchmark
  public Object clear() {
    return decider.clear(decision, upstream, encoded);
  }

  /** Keyed digest of the body, for cache and record. */
  @Benchmark
  public Object digest() {
    return digest.of(request.prompt().json());
  }

  private void prune() {
    try (Stream<Path> files = Files.list(directory)) {
      List<Path> segments = files.filter(file -> file.toString().contains("-0-")).sorted().toList();
      for (Path old : segments.subList(0, Math.max(0, segments.size() - 6))) {
        Files.deleteIfExists(old);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A refused record is cheap: more than a few, and the figure would be worth nothing. */
  @TearDown
  public void ended() throws IOException {
    long lost = audit.lost();
    long written = audit.figures().records();
    audit.close();
    background.shutdown();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
    if (lost > 100 + written / 50) {
      throw new IllegalStateException(lost + " records lost of " + (written + lost));
    }
  }

  /** The decision record, level written, and the record of how it ended. */
  @Benchmark
  public Object audit() {
    Object receipt = audit.decided(decision, Findings.NONE, candidates, bodyDigest, Notes.NONE, loop);
    audit.ended(decision, route, null, 1_000_000, new io.tidegate.line.Upstreams.Usage(310, 41, 0, -1), loop);
    return receipt;
  }
}
