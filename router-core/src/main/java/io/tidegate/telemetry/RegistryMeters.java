package io.tidegate.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.retry.RetryRefusal;
import io.tidegate.line.Meters;
import io.tidegate.line.RequestTrace;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.Destination;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Operation;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.RouteInfo.CacheOutcome;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts with Micrometer. Handles are kept in arrays by closed label index (hazard B4), made at first use, so that a request looks nothing up by
 * name. Any thread.
 */
public final class RegistryMeters implements Meters {
  private static final Logger LOG = LoggerFactory.getLogger(RegistryMeters.class);
  private static final double NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final Operation[] OPERATIONS = Operation.values();
  private static final LatencyClass[] CLASSES = LatencyClass.values();
  private static final Sensitivity[] SENSITIVITIES = Sensitivity.values();
  private static final Destination[] DESTINATIONS = Destination.values();
  private static final CacheOutcome[] CACHES = CacheOutcome.values();
  private static final Zone[] ZONES = Zone.values();
  private static final Refusal[] REFUSALS = Refusal.values();
  private static final AttemptFailure.Kind[] FAILURES = AttemptFailure.Kind.values();
  private static final int KINDS = FAILURES.length + 1;
  private static final int PLACES = DESTINATIONS.length + 1;

  private final MeterRegistry registry;
  private final DecisionCounter decisions;
  private final Spending spending;
  private final @Nullable Exemplars exemplars;
  private final Map<String, Integer> upstreams = new HashMap<>();
  private final List<Upstream> configured;

  private final Handles<Counter> requests = new Handles<>(OPERATIONS.length * SENSITIVITIES.length * CLASSES.length * PLACES * RequestOutcome.ALL.length * CACHES.length,
      this::request);
  private final Handles<Counter> refusals = new Handles<>(REFUSALS.length, this::refused);
  private final Handles<Timer> durations = new Handles<>(OPERATIONS.length * (REFUSALS.length + 1), this::serverDuration);
  private final Handles<Timer> firstTokens = new Handles<>(OPERATIONS.length, this::firstToken);
  private final Handles<Timer> perToken = new Handles<>(OPERATIONS.length, this::perToken);
  private final Handles<Timer> ttft = new Handles<>(CLASSES.length, this::ttft);
  private final Handles<Counter> attempts;
  private final Handles<Timer> attemptDurations;
  private final Handles<Timer> firstChunks;
  private final Handles<DistributionSummary> tokens = new Handles<>(OPERATIONS.length * 2, this::tokenUsage);
  private final Handles<Counter> retryRefused = new Handles<>(RetryRefusal.values().length, this::refusal);
  private final Handles<Counter> hedges = new Handles<>(2, this::hedge);
  private final Handles<Counter> hedgeTokens = new Handles<>(1, this::hedgeCost);
  private final Counter egressRefused;
  private final Counter coalesced;
  private final Counter merged;
  private final Counter batches;
  private final Counter batchItems;
  private final Counter defects;
  private final Counter offLoop;
  private final Timer classify;

  /**
   * @param upstreams the configured ones: their names are the only values of the label {@code upstream}
   * @param exemplars those the registry asks; null where traces are off
   */
  public RegistryMeters(MeterRegistry registry, List<Upstream> upstreams, DecisionCounter decisions, Spending spending, @Nullable Exemplars exemplars) {
    this.registry = registry;
    this.exemplars = exemplars;
    this.decisions = decisions;
    this.spending = spending;
    this.configured = List.copyOf(upstreams);
    for (Upstream upstream : upstreams) {
      this.upstreams.put(upstream.name(), this.upstreams.size());
    }
    this.attempts = new Handles<>((configured.size() + 1) * ZONES.length * KINDS, this::attempt);
    this.attemptDurations = new Handles<>((configured.size() + 1) * OPERATIONS.length * KINDS, this::attemptDuration);
    this.firstChunks = new Handles<>((configured.size() + 1) * OPERATIONS.length, this::firstChunk);
    this.egressRefused = counter(Names.EGRESS_REFUSED);
    counter(Names.EGRESS_VIOLATION);
    this.batches = counter(Names.BATCHES);
    this.batchItems = counter(Names.BATCH_ITEMS);
    this.merged = counter(Names.MERGED);
    this.coalesced = counter(Names.COALESCED);
    this.defects = counter(Names.DEFECTS);
    this.offLoop = counter(Names.CLASSIFY_OFF_LOOP);
    this.classify = timer(Names.CLASSIFY_DURATION, Names.CLASSIFY_BUCKETS).register(registry);
    // A counter that is not there before its first count hides that count from a rate.
    for (Refusal refusal : REFUSALS) {
      refusals.at(refusal.ordinal());
    }
    for (RetryRefusal reason : RetryRefusal.values()) {
      retryRefused.at(reason.ordinal());
    }
    hedges.at(0);
    hedges.at(1);
    hedgeTokens.at(0);
  }

  /** Of no bundle, without prices. */
  public RegistryMeters(MeterRegistry registry, List<Upstream> upstreams) {
    this(registry, upstreams, new DecisionCounter(registry), new Spending(registry, upstreams), null);
  }

  private Counter counter(String name) {
    return Counter.builder(name).register(registry);
  }

  @Override
  public void decided(Sensitivity sensitivity, LatencyClass latencyClass, List<Destination> route, List<String> rules) {
    decisions.decided(sensitivity, latencyClass, route, rules);
  }

  @Override
  public void ended(Operation operation, String tenant, RouteInfo route, @Nullable Destination destination, @Nullable Refusal refusal, long durationNanos,
      long firstTokenNanos, Usage usage, @Nullable RequestTrace trace) {
    int outcome = RequestOutcome.of(destination, refusal).ordinal();
    int place = destination == null ? 0 : destination.ordinal() + 1;
    int index = ((((operation.ordinal() * SENSITIVITIES.length + route.sensitivity().ordinal()) * CLASSES.length + route.latencyClass().ordinal()) * PLACES + place)
        * RequestOutcome.ALL.length + outcome) * CACHES.length + route.cache().ordinal();
    requests.at(index).increment();
    if (refusal != null) {
      refusals.at(refusal.ordinal()).increment();
    }
    Exemplars told = trace == null || !trace.kept() ? null : exemplars;
    if (told != null) {
      told.begin(trace);
    }
    durations.at(operation.ordinal() * (REFUSALS.length + 1) + (refusal == null ? 0 : refusal.ordinal() + 1)).record(durationNanos, TimeUnit.NANOSECONDS);
    if (told != null) {
      told.end();
    }
    long output = usage.outputTokens();
    if (usage.inputTokens() >= 0) {
      tokens.at(operation.ordinal() * 2).record(usage.inputTokens());
    }
    if (output >= 0) {
      tokens.at(operation.ordinal() * 2 + 1).record(output);
    }
    if (firstTokenNanos > 0 && output > 1) {
      perToken.at(operation.ordinal()).record((durationNanos - firstTokenNanos) / (output - 1), TimeUnit.NANOSECONDS);
    }
    spending.ended(tenant, route, destination != null && destination != Destination.EDGE_CACHE, usage);
  }

  private Counter request(int index) {
    int rest = index;
    CacheOutcome cache = CACHES[rest % CACHES.length];
    rest /= CACHES.length;
    RequestOutcome outcome = RequestOutcome.ALL[rest % RequestOutcome.ALL.length];
    rest /= RequestOutcome.ALL.length;
    int place = rest % PLACES;
    rest /= PLACES;
    LatencyClass latencyClass = CLASSES[rest % CLASSES.length];
    rest /= CLASSES.length;
    return Counter.builder(Names.REQUESTS).tag(Names.OPERATION, OPERATIONS[rest / SENSITIVITIES.length].telemetryName())
        .tag(Names.SENSITIVITY, word(SENSITIVITIES[rest % SENSITIVITIES.length])).tag(Names.LATENCY_CLASS, word(latencyClass))
        .tag(Names.DESTINATION, place == 0 ? "none" : word(DESTINATIONS[place - 1])).tag(Names.OUTCOME, word(outcome)).tag(Names.CACHE, word(cache))
        .register(registry);
  }

  /** Two refusals may have one code: the registry returns the same counter for both. */
  private Counter refused(int refusal) {
    return Counter.builder(Names.REFUSALS).tag(Names.CODE, REFUSALS[refusal].code()).register(registry);
  }

  private Timer serverDuration(int index) {
    int refusal = index % (REFUSALS.length + 1);
    return timer(GenAi.SERVER_DURATION, GenAi.DURATION_BUCKETS).tag(GenAi.OPERATION, OPERATIONS[index / (REFUSALS.length + 1)].telemetryName())
        .tag(GenAi.ERROR, refusal == 0 ? "" : REFUSALS[refusal - 1].code()).register(registry);
  }

  @Override
  public void firstToken(Operation operation, LatencyClass latencyClass, long nanos, @Nullable RequestTrace trace) {
    Exemplars told = trace == null || !trace.kept() ? null : exemplars;
    if (told != null) {
      told.begin(trace);
    }
    firstTokens.at(operation.ordinal()).record(nanos, TimeUnit.NANOSECONDS);
    ttft.at(latencyClass.ordinal()).record(nanos, TimeUnit.NANOSECONDS);
    if (told != null) {
      told.end();
    }
  }

  private Timer firstToken(int operation) {
    return timer(GenAi.FIRST_TOKEN, GenAi.FIRST_TOKEN_BUCKETS).tag(GenAi.OPERATION, OPERATIONS[operation].telemetryName()).register(registry);
  }

  private Timer ttft(int latencyClass) {
    return timer(Names.TTFT, GenAi.FIRST_TOKEN_BUCKETS).tag(Names.LATENCY_CLASS, word(CLASSES[latencyClass])).register(registry);
  }

  private Timer perToken(int operation) {
    return timer(GenAi.PER_TOKEN, GenAi.PER_TOKEN_BUCKETS).tag(GenAi.OPERATION, OPERATIONS[operation].telemetryName()).register(registry);
  }

  @Override
  public void batch(int items) {
    batches.increment();
    batchItems.increment(items);
  }

  @Override
  public void merged() {
    merged.increment();
  }

  @Override
  public void coalesced() {
    coalesced.increment();
  }

  @Override
  public void attempt(Operation operation, String upstream, Zone zone, AttemptFailure.@Nullable Kind failure, long durationNanos) {
    int who = upstreams.getOrDefault(upstream, configured.size());
    int kind = failure == null ? 0 : failure.ordinal() + 1;
    attempts.at((who * ZONES.length + zone.ordinal()) * KINDS + kind).increment();
    attemptDurations.at((who * OPERATIONS.length + operation.ordinal()) * KINDS + kind).record(durationNanos, TimeUnit.NANOSECONDS);
  }

  private Counter attempt(int index) {
    int kind = index % KINDS;
    int rest = index / KINDS;
    return Counter.builder(Names.ATTEMPTS).tag(Names.UPSTREAM, upstreamName(rest / ZONES.length)).tag(Names.ZONE, word(ZONES[rest % ZONES.length]))
        .tag(Names.OUTCOME, kind == 0 ? "answered" : word(FAILURES[kind - 1])).register(registry);
  }

  private Timer attemptDuration(int index) {
    int kind = index % KINDS;
    return client(timer(GenAi.CLIENT_DURATION, GenAi.DURATION_BUCKETS), index / KINDS).tag(GenAi.ERROR, kind == 0 ? "" : word(FAILURES[kind - 1])).register(registry);
  }

  @Override
  public void firstChunk(Operation operation, String upstream, long nanos) {
    firstChunks.at(upstreams.getOrDefault(upstream, configured.size()) * OPERATIONS.length + operation.ordinal()).record(nanos, TimeUnit.NANOSECONDS);
  }

  private Timer firstChunk(int index) {
    return client(timer(GenAi.CLIENT_FIRST_CHUNK, GenAi.FIRST_TOKEN_BUCKETS), index).register(registry);
  }

  private Timer.Builder client(Timer.Builder timer, int index) {
    int who = index / OPERATIONS.length;
    return timer.tag(GenAi.OPERATION, OPERATIONS[index % OPERATIONS.length].telemetryName())
        .tag(GenAi.PROVIDER, who < configured.size() ? word(configured.get(who).dialect()) : "other").tag(Names.UPSTREAM, upstreamName(who));
  }

  private DistributionSummary tokenUsage(int index) {
    return DistributionSummary.builder(GenAi.TOKENS).serviceLevelObjectives(GenAi.TOKEN_BUCKETS)
        .tag(GenAi.OPERATION, OPERATIONS[index / 2].telemetryName()).tag(GenAi.TOKEN_TYPE, index % 2 == 0 ? "input" : "output").register(registry);
  }

  @Override
  public void retryRefused(RetryRefusal reason) {
    retryRefused.at(reason.ordinal()).increment();
  }

  private Counter refusal(int reason) {
    return Counter.builder(Names.RETRY_REFUSED).tag(Names.REASON, word(RetryRefusal.values()[reason])).register(registry);
  }

  @Override
  public void hedged(long tokens) {
    hedges.at(0).increment();
    hedgeTokens.at(0).increment(tokens);
  }

  @Override
  public void hedgeWon() {
    hedges.at(1).increment();
  }

  private Counter hedgeCost(int only) {
    return counter(Names.HEDGE_TOKENS);
  }

  private Counter hedge(int won) {
    return Counter.builder(Names.HEDGES).tag(Names.OUTCOME, won == 1 ? "won" : "begun").register(registry);
  }

  @Override
  public void egressRefused() {
    egressRefused.increment();
    LOG.error("the gate stopped a write that was not cleared");
  }

  @Override
  public void defect(Throwable defect) {
    defects.increment();
    StackTraceElement[] trace = defect.getStackTrace();
    LOG.error("defect: {} at {}", defect.getClass().getName(), trace.length == 0 ? "unknown" : trace[0]);
  }

  @Override
  public void classified(long nanos, boolean leftLoop) {
    classify.record(nanos, TimeUnit.NANOSECONDS);
    if (leftLoop) {
      offLoop.increment();
    }
  }

  private String upstreamName(int who) {
    return who < configured.size() ? configured.get(who).name() : "other";
  }

  /** A timer, since a summary rounds what it puts into its buckets up to whole numbers: all below a second would be one second. */
  private static Timer.Builder timer(String name, double... bucketsSeconds) {
    Duration[] buckets = new Duration[bucketsSeconds.length];
    for (int i = 0; i < buckets.length; i++) {
      buckets[i] = Duration.ofNanos(Math.round(bucketsSeconds[i] * NANOS_PER_SECOND));
    }
    return Timer.builder(name).serviceLevelObjectives(buckets);
  }

  private static String word(Enum<?> value) {
    return Label.word(value);
  }
}
