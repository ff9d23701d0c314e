package io.tidegate.bench;

import io.tidegate.audit.AuditConfig;
import io.tidegate.audit.FileAuditLog;
import io.tidegate.classify.Classifier;
import io.tidegate.decide.Decider;
import io.tidegate.decide.Decision;
import io.tidegate.fake.FakeLoop;
import io.tidegate.line.RequestDigest;
import io.tidegate.model.CacheDirective;
import io.tidegate.model.Caller;
import io.tidegate.model.Cidr;
import io.tidegate.model.Dialect;
import io.tidegate.model.Findings;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Prompt;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import io.tidegate.policy.PolicyCompiler;
import io.tidegate.upstream.dialect.RequestDialect;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.SplicedText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
import org.openjdk.jmh.annotations.Warmup;

/** What each step of a request costs, for the table of {@code script/bench}. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 4, time = 1)
@Fork(1)
public class StepBench {
  @Param({"chat1k", "chat16k"})
  private String body;

  private byte[] bytes;
  private ModelRequest request;
  private Classifier classifier;
  private Decider decider;
  private Decision decision;
  private RequestDigest digest;
  private FileAuditLog audit;
  private final FakeLoop loop = new FakeLoop();
  private Upstream upstream;
  private SplicedText encoded;
  private final byte[] bodyDigest = new byte[32];

  /** Reads the body and the shipped policy. */
  @Setup
  public void prepare() throws IOException, JsonException {
    Path root = Path.of(System.getProperty("tidegate.root", "."));
    bytes = Bodies.of(body);
    request = request();
    classifier = new Classifier(Classifier.allDetectors());
    Map<String, byte[]> texts = new HashMap<>();
    try (Stream<Path> files = Files.list(root.resolve("policies"))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".yaml")).toList()) {
        texts.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    decider = new Decider(PolicyCompiler.compile(texts, java.time.LocalDate.EPOCH).bundle().orElseThrow());
    decision = decider.decide(request, Findings.NONE);
    digest = new RequestDigest(new byte[32]);
    Path directory = Files.createTempDirectory("step-bench");
    audit = new FileAuditLog(new AuditConfig(directory, 4 << 20, 32 << 20, Duration.ofDays(1)), "bench", 1, Instant::now, Runnable::run);
    upstream = new Upstream("public", Zone.PUBLIC, Dialect.DEEPSEEK, List.of("*"), null, Map.of(), false, false, "/v1",
        List.of(Cidr.of(new byte[4], 0, "0.0.0.0/0")), null, null, true, List.of(), null, Duration.ofSeconds(1), 100);
    encoded = RequestDialect.encode(request, upstream, "deepseek-chat", "0123456789abcdef0123456789abcdef");
  }

  private ModelRequest request() throws JsonException {
    return new ModelRequest("bench", Operation.CHAT, new Prompt(JsonText.parse(bytes.clone(), JsonLimits.DEFAULT)), "deepseek-chat", false, false,
        true, Caller.DEFAULT, Sensitivity.PUBLIC, null, 0, CacheDirective.DEFAULT, 0);
  }

  /** Strict JSON, one pass. */
  @Benchmark
  public Object json() throws JsonException {
    return JsonText.parse(bytes, JsonLimits.DEFAULT);
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
    return decider.decide(request, Findings.NONE);
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

  /** The decision record, level written. */
  @Benchmark
  public Object audit() {
    return audit.decided(decision, Findings.NONE, List.of(), bodyDigest, loop);
  }
}
