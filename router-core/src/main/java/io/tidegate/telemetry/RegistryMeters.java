package io.tidegate.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.retry.RetryRefusal;
import io.tidegate.line.Meters;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.Destination;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Operation;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo.CacheOutcome;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntFunction;
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
  private static final int OUTCOMES = Refusal.values().length + 2;
  private static final int KINDS = AttemptFailure.Kind.values().length + 1;

  private final MeterRegistry registry;
  private final Map<String, Integer> upstreams = new HashMap<>();
  private final List<String> upstreamNames;

  private final Handles<Counter> decisions = new Handles<>(Sensitivity.values().length * LatencyClass.values().length, this::decision);
  private final Handles<Counter> requests;
  private final Handles<Timer> durations = new Handles<>(Operation.values().length, this::serverDuration);
  private final Handles<Timer> firstTokens;
  private final Handles<Counter> attempts;
  private final Handles<Timer> attemptDurations;
  private final Handles<DistributionSummary> tokens = new Handles<>(Operation.values().length * 2, this::tokenUsage);
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

  /** @param upstreams the configured ones: their names are the only values of the label {@code upstream} */
  public RegistryMeters(MeterRegistry registry, List<Upstream> upstreams) {
    this.registry = registry;
    this.upstreamNames = upstreams.stream().map(Upstream::name).toList();
    for (String name : upstreamNames) {
      this.upstreams.put(name, this.upstreams.size());
    }
    this.requests = new Handles<>(Operation.values().length * Sensitivity.values().length * (Destination.values().length + 1) * OUTCOMES
        * CacheOutcome.values().length, this::request);
    this.firstTokens = new Handles<>(Operation.values().length, this::firstToken);
    this.attempts = new Handles<>((upstreamNames.size() + 1) * Zone.values().length * KINDS, this::attempt);
    this.attemptDurations = new Handles<>(upstreamNames.size() + 1, this::attemptDuration);
    this.egressRefused = Counter.builder(Names.EGRESS_REFUSED).description("Writes that the last gate stopped").register(registry);
    Counter.builder(Names.EGRESS_VIOLATION).description("Content found on a connection it was not cleared for; must stay 0").register(registry);
    this.batches = Counter.builder(Names.BATCHES).description("Batches that were begun").register(registry);
    this.batchItems = Counter.builder(Names.BATCH_ITEMS).description("Requests that came in batches").register(registry);
    this.merged = Counter.builder(Names.MERGED).description("Embedding requests that went upstream in one call with others").register(registry);
    this.coalesced = Counter.builder(Names.COALESCED).description("Requests that took the answer of an equal one under way").register(registry);
    this.defects = Counter.builder(Names.DEFECTS).description("Faults of the daemon's own that ended a request").register(registry);
    this.offLoop = Counter.builder(Names.CLASSIFY_OFF_LOOP).description("Classifications that went on in the pool").register(registry);
    this.classify = timer(Names.CLASSIFY_DURATION, "Time to classify a request", Names.CLASSIFY_BUCKETS).register(registry);
  }

  @Override
  public void decided(Sensitivity sensitivity, LatencyClass latencyClass) {
    decisions.at(sensitivity.ordinal() * LatencyClass.values().length + latencyClass.ordinal()).increment();
  }

  private Counter decision(int index) {
    int classes = LatencyClass.values().length;
    return Counter.builder(Names.DECISIONS).description("Decisions by class")
        .tag(Names.SENSITIVITY, word(Sensitivity.values()[index / classes]))
        .tag(Names.LATENCY_CLASS, word(LatencyClass.values()[index % classes])).register(registry);
  }

  @Override
  public void ended(Operation operation, Sensitivity sensitivity, LatencyClass latencyClass, @Nullable Destination destination,
      @Nullable Refusal refusal, CacheOutcome cache, long durationNanos, Usage usage) {
    int outcome = refusal != null ? refusal.ordinal() + 2 : destination == null ? 1 : 0;
    int place = destination == null ? 0 : destination.ordinal() + 1;
    int index = (((operation.ordinal() * Sensitivity.values().length + sensitivity.ordinal()) * (Destination.values().length + 1) + place)
        * OUTCOMES + outcome) * CacheOutcome.values().length + cache.ordinal();
    requests.at(index).increment();
    durations.at(operation.ordinal()).record(durationNanos, TimeUnit.NANOSECONDS);
    if (usage.inputTokens() >= 0) {
      tokens.at(operation.ordinal() * 2).record(usage.inputTokens());
    }
    if (usage.outputTokens() >= 0) {
      tokens.at(operation.ordinal() * 2 + 1).record(usage.outputTokens());
    }
  }

  private Counter request(int index) {
    int rest = index;
    CacheOutcome cache = CacheOutcome.values()[rest % CacheOutcome.values().length];
    rest /= CacheOutcome.values().length;
    int outcome = rest % OUTCOMES;
    rest /= OUTCOMES;
    int place = rest % (Destination.values().length + 1);
    rest /= Destination.values().length + 1;
    Sensitivity sensitivity = Sensitivity.values()[rest % Sensitivity.values().length];
    Operation operation = Operation.values()[rest / Sensitivity.values().length];
    String end = switch (outcome) {
      case 0 -> "answered";
      case 1 -> "cancelled";
      default -> word(Refusal.values()[outcome - 2]);
    };
    return Counter.builder(Names.REQUESTS).description("Requests by how they ended").tag(Names.OPERATION, operation.telemetryName())
        .tag(Names.SENSITIVITY, word(sensitivity)).tag(Names.DESTINATION, place == 0 ? "none" : word(Destination.values()[place - 1]))
        .tag(Names.OUTCOME, end).tag(Names.CACHE, word(cache)).register(registry);
  }

  private Timer serverDuration(int operation) {
    return timer(Names.SERVER_DURATION, "Time from a request's arrival to its end", Names.DURATION_BUCKETS)
        .tag(Names.OPERATION, Operation.values()[operation].telemetryName()).register(registry);
  }

  @Override
  public void firstToken(Operation operation, String upstream, long nanos) {
    firstTokens.at(operation.ordinal()).record(nanos, TimeUnit.NANOSECONDS);
  }

  private Timer firstToken(int operation) {
    return timer(Names.FIRST_TOKEN, "Time from a request's arrival to its first content", Names.FIRST_TOKEN_BUCKETS)
        .tag(Names.OPERATION, Operation.values()[operation].telemetryName()).register(registry);
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
  public void attempt(String upstream, Zone zone, AttemptFailure.@Nullable Kind failure, long durationNanos) {
    int who = upstreams.getOrDefault(upstream, upstreamNames.size());
    int kind = failure == null ? 0 : failure.ordinal() + 1;
    attempts.at((who * Zone.values().length + zone.ordinal()) * KINDS + kind).increment();
    attemptDurations.at(who).record(durationNanos, TimeUnit.NANOSECONDS);
  }

  private Counter attempt(int index) {
    int kind = index % KINDS;
    int rest = index / KINDS;
    return Counter.builder(Names.ATTEMPTS).description("Attempts by upstream and how they ended").tag(Names.UPSTREAM, upstreamName(rest / Zone.values().length))
        .tag(Names.ZONE, word(Zone.values()[rest % Zone.values().length]))
        .tag(Names.OUTCOME, kind == 0 ? "answered" : word(AttemptFailure.Kind.values()[kind - 1])).register(registry);
  }

  private Timer attemptDuration(int who) {
    return timer(Names.CLIENT_DURATION, "Time of one attempt at an endpoint", Names.DURATION_BUCKETS)
        .tag(Names.UPSTREAM, upstreamName(who)).register(registry);
  }

  private DistributionSummary tokenUsage(int index) {
    return DistributionSummary.builder(Names.TOKENS).description("Tokens as the upstream counted them").serviceLevelObjectives(Names.TOKEN_BUCKETS)
        .tag(Names.OPERATION, Operation.values()[index / 2].telemetryName()).tag(Names.TOKEN_TYPE, index % 2 == 0 ? "input" : "output").register(registry);
  }

  @Override
  public void retryRefused(RetryRefusal reason) {
    retryRefused.at(reason.ordinal()).increment();
  }

  private Counter refusal(int reason) {
    return Counter.builder(Names.RETRY_REFUSED).description("Further attempts that were not made").tag(Names.REASON, word(RetryRefusal.values()[reason]))
        .register(registry);
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
    return Counter.builder(Names.HEDGE_TOKENS).description("Prompt tokens that second attempts are likely to have cost, by the prompts' length")
        .register(registry);
  }

  private Counter hedge(int won) {
    return Counter.builder(Names.HEDGES).description("Second attempts made beside the first, and how many of them answered first")
        .tag(Names.OUTCOME, won == 1 ? "won" : "begun").register(registry);
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
    return who < upstreamNames.size() ? upstreamNames.get(who) : "other";
  }

  /** A timer, since a summary rounds what it puts into its buckets up to whole numbers: all below a second would be one second. */
  private static Timer.Builder timer(String name, String description, double... bucketsSeconds) {
    Duration[] buckets = new Duration[bucketsSeconds.length];
    for (int i = 0; i < buckets.length; i++) {
      buckets[i] = Duration.ofNanos(Math.round(bucketsSeconds[i] * NANOS_PER_SECOND));
    }
    return Timer.builder(name).description(description).serviceLevelObjectives(buckets);
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /** Handles made at first use. Making one twice is harmless: the registry returns the same meter. */
  private static final class Handles<T> {
    private final AtomicReferenceArray<@Nullable T> made;
    private final IntFunction<T> maker;

    Handles(int size, IntFunction<T> maker) {
      this.made = new AtomicReferenceArray<>(size);
      this.maker = maker;
    }

    T at(int index) {
      T handle = made.get(index);
      if (handle == null) {
        handle = maker.apply(index);
        made.set(index, handle);
      }
      return handle;
    }
  }
}
