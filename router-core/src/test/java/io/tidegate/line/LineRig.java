package io.tidegate.line;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.cache.ExactCache;
import io.tidegate.classify.Classifier;
import io.tidegate.classify.Detector;
import io.tidegate.classify.TextView;
import io.tidegate.decide.Decider;
import io.tidegate.dispatch.Balancer;
import io.tidegate.dispatch.Catalog;
import io.tidegate.dispatch.HealthBoard;
import io.tidegate.dispatch.region.RegionOrders;
import io.tidegate.dispatch.retry.Retries;
import io.tidegate.dispatch.retry.RetryTerms;
import io.tidegate.fake.CountingMeters;
import io.tidegate.fake.FakeLoop;
import io.tidegate.fake.RecordingAudit;
import io.tidegate.fake.RecordingSink;
import io.tidegate.fake.ScriptedUpstreams;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Refusal;
import io.tidegate.model.Dialect;
import io.tidegate.model.Endpoint;
import io.tidegate.model.Likelihood;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import io.tidegate.policy.Policies;
import io.tidegate.policy.PolicyBundle;
import io.tidegate.wire.Splices;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A line in virtual time: real classifier, decider, catalog, health, balancer and cache; scripted upstreams. Two upstreams: {@code home} (PRIVATE,
 * endpoints h1 and h2) and {@code cloud} (PUBLIC, endpoint c1). The shipped policy sends harmless STANDARD requests to the cloud first.
 */
final class LineRig {
  static final Upstream HOME = upstream("home", Zone.PRIVATE, "qwen");
  static final Upstream CLOUD = upstream("cloud", Zone.PUBLIC, "deepseek");

  final FakeLoop loop = new FakeLoop();
  final ScriptedUpstreams upstreams = new ScriptedUpstreams();
  final RecordingAudit audit = new RecordingAudit();
  /** Where records go. */
  AuditLog log = audit;
  final CountingMeters meters = new CountingMeters();
  final HealthBoard health =
      new HealthBoard(loop, new HealthBoard.HealthRules(2, Duration.ofSeconds(5).toNanos(), Duration.ofMinutes(1).toNanos(), Duration.ofMinutes(5).toNanos()));
  final ExactCache cache = new ExactCache(16 << 20, loop);
  /** Work that waits in the pool. */
  final List<Runnable> pool = new ArrayList<>();
  boolean poolFull;
  SessionLabels sessions = SessionLabels.NONE;
  ExternalDetectors external = ExternalDetectors.NONE;
  SingleFlight flights = new SingleFlight(LineConfig.DEFAULT.replayBytes(), 16 << 20);
  Merging merging = Merging.OFF;
  SemanticCache semantic = SemanticCache.OFF;
  Tracing tracing = Tracing.OFF;
  boolean defectsExpected;
  List<Upstream> catalog = List.of(HOME, CLOUD);
  RegionOrders regions = RegionOrders.NONE;
  /** The same for all walks; a new one for each if null. */
  @Nullable Balancer balancer;
  LineConfig config = LineConfig.DEFAULT;
  /** Without waits, unless a test says otherwise. */
  Retries retries = new Retries(RetryTerms.NONE, new SplittableRandom(1));
  RequestEncoder encoder = (request, upstream, model) -> {
    Splices edits = new Splices(request.prompt().json());
    return edits.replace(request.prompt().json().member(0, "model"), '"' + model + '"').apply();
  };
  Rules rules = rules(Policies.baseline());
  private final List<RecordingSink> sinks = new ArrayList<>();
  private int asked;

  LineRig() {
    health.endpoints("home", List.of(endpoint("home", "h1"), endpoint("home", "h2")));
    health.endpoints("cloud", List.of(endpoint("cloud", "c1")));
  }

  private static Upstream upstream(String name, Zone zone, String model) {
    return new Upstream(name, zone, Dialect.OPENAI, List.of(model), model, Map.of(), true, false, "/v1", List.of(), null, null, true, List.of(), null,
        Duration.ofSeconds(1), 8);
  }

  static Endpoint endpoint(String upstream, String id) {
    return new Endpoint(upstream, id, "127.0.0.1", 1, 1, false);
  }

  /** Finds two words, in place of the built-in detectors. */
  static final Detector WORDS = new Detector() {
    @Override
    public String id() {
      return "words";
    }

    @Override
    public void inspect(TextView text, Budget budget, Sink sink) {
      if (!budget.spend(text.length())) {
        return;
      }
      String all = new String(text.array(), 0, text.length());
      report(all, "SECRETWORD", "SECRET", sink);
      report(all, "CONTACTWORD", "EMAIL", sink);
    }

    private void report(String all, String word, String type, Sink sink) {
      int at = all.indexOf(word);
      if (at >= 0) {
        sink.found(type, at, at + word.length(), Likelihood.VERY_LIKELY);
      }
    }
  };

  /** Civil time in these walks. */
  static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");

  static Rules rules(PolicyBundle bundle) {
    return new Rules(new Classifier(List.of(WORDS)), new Decider(bundle));
  }

  RequestLine line() {
    return new RequestLine(new Rooms(() -> rules, new Catalog(catalog, regions), health, List.of(balancer == null ? new Balancer(health) : balancer), encoder, upstreams, cache, log,
        new RequestDigest(new byte[32]), meters, () -> NOW, task -> {
          if (poolFull) {
            throw new RejectedExecutionException();
          }
          pool.add(task);
        }, config, external, sessions, List.of(retries), flights, merging, semantic, tracing));
  }

  RecordingSink sink() {
    RecordingSink sink = new RecordingSink();
    sinks.add(sink);
    return sink;
  }

  /** Walks to where the script holds it. */
  RecordingSink walk(Ask ask) {
    RecordingSink sink = sink();
    begin(ask, sink);
    return sink;
  }

  Line.Walk begin(Ask ask, RecordingSink sink) {
    Line.Walk walk = begin(ask, sink, loop);
    loop.run();
    return walk;
  }

  /** Begins on a loop that the test runs. */
  Line.Walk begin(Ask ask, RecordingSink sink, FakeLoop on) {
    return line().walk(ask.request("r" + ++asked, on.nanos()), sink, on);
  }

  /** So many requests were begun beside {@link #begin}. */
  void counted(int requests) {
    asked += requests;
  }

  void runPool() {
    List<Runnable> due = List.copyOf(pool);
    pool.clear();
    due.forEach(Runnable::run);
    loop.run();
  }

  /** Every endpoint of an upstream refuses connections. */
  void down(String upstream) {
    for (Endpoint endpoint : health.endpoints(upstream)) {
      health.failed(endpoint, io.tidegate.dispatch.AttemptFailure.of(io.tidegate.dispatch.AttemptFailure.Kind.CONNECT_REFUSED));
    }
  }

  String state(String endpoint) {
    return health.snapshot().values().stream().flatMap(List::stream).filter(status -> status.endpoint().id().equals(endpoint)).findFirst()
        .orElseThrow().state().name();
  }

  /** What must hold when a test ends, whatever it did. */
  void aftermath() {
    assertThat(sinks).as("G5 exactly one answer each").allMatch(RecordingSink::over);
    assertThat(meters.ended.get()).as("each request counted once").isEqualTo(asked);
    assertThat(upstreams.leaks()).as("H6 buffers nobody released").isZero();
    assertThat(upstreams.script).as("attempts that were foreseen but not made").isEmpty();
    assertThat(flights.size()).as("calls still shared").isZero();
    assertThat(flights.heldBytes()).as("bytes still kept for followers").isZero();
    assertThat(loop.pendingTimers()).as("timers left").isZero();
    assertThat(retries.keptBytes()).as("R1.10 bodies still kept").isZero();
    assertThat(audit.ended).as("each recorded request has one outcome").hasSameSizeAs(new java.util.HashSet<>(audit.decided));
    assertThat(meters.attempts).as("each attempt counted once").hasSameSizeAs(upstreams.sent);
    assertThat(upstreams.sent).as("G7 no PUBLIC attempt without a receipt").allMatch(sent -> sent.zone() != Zone.PUBLIC || sent.receipt());
    if (!defectsExpected) {
      assertThat(meters.defects).as("defects").isEmpty();
      assertThat(meters.egressRefused.get()).as("stopped writes").isZero();
    }
  }

  /** The answer's origin as its caller is told. */
  static @Nullable String upstream(RecordingSink sink) {
    return sink.route == null ? null : sink.route.upstream();
  }

  /** There was one answer, and it was this refusal. */
  static void refused(RecordingSink sink, Refusal refusal) {
    assertThat(sink.calls).containsExactly("refuse");
    assertThat(sink.error).extracting(ErrorAnswer::refusal).isEqualTo(refusal);
  }
}
