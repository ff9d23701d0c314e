package io.tidegate.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tidegate.cost.Price;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.LeftAttempt;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.Upstream;
import io.tidegate.time.WallClock;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tokens and cost by tenant, upstream and class. Answers of the edge cache, and those taken from an equal request's call, cost nothing; attempts that were left behind do,
 * as far as their upstreams told. Tenants are the configured ones; all others are {@code other} (hazard B4). Any thread.
 */
public final class Spending {
  private static final int MOST_TENANTS = 500;
  /** Of one attempt: what an upstream tells is not believed beyond (hazard F6). */
  private static final long MOST_TOKENS = 1 << 24;
  private static final int CLASSES = LatencyClass.values().length;
  private static final int KINDS = Kind.values().length;

  /** Of tokens. */
  enum Kind { INPUT, CACHED, OUTPUT, REASONING }

  private final MeterRegistry registry;
  private final WallClock clock;
  private final Map<String, Integer> tenants = new HashMap<>();
  private final Map<String, Integer> upstreams = new HashMap<>();
  private final String[] tenantNames;
  private final String[] upstreamNames;
  private final @Nullable Price[] prices;
  private final Handles<Handles<Counter>> tokens;
  private final Handles<Handles<Counter>> cost;

  /**
   * @param tenants those that the configuration names; past the first 500 they are {@code other}
   * @param prices by upstream; cost is counted where one is known
   */
  public Spending(MeterRegistry registry, Collection<String> tenants, List<Upstream> upstreams, List<Price> prices, WallClock clock) {
    this.registry = registry;
    this.clock = clock;
    this.tenants.put("default", 0);
    tenants.stream().sorted().limit(MOST_TENANTS).forEach(tenant -> this.tenants.putIfAbsent(tenant, this.tenants.size()));
    tenantNames = names(this.tenants);
    upstreams.forEach(upstream -> this.upstreams.putIfAbsent(upstream.name(), this.upstreams.size()));
    upstreamNames = names(this.upstreams);
    this.prices = new @Nullable Price[upstreamNames.length];
    prices.forEach(price -> {
      Integer at = this.upstreams.get(price.upstream());
      if (at != null) {
        this.prices[at] = price;
      }
    });
    tokens = new Handles<>(tenantNames.length, tenant -> new Handles<>(upstreamNames.length * CLASSES * KINDS, cell -> tokens(tenant, cell)));
    cost = new Handles<>(tenantNames.length, tenant -> new Handles<>(upstreamNames.length * CLASSES, cell -> cost(tenant, cell)));
  }

  /** Nobody is configured, and nothing has a price. */
  Spending(MeterRegistry registry, List<Upstream> upstreams) {
    this(registry, List.of(), upstreams, List.of(), () -> java.time.Instant.EPOCH);
  }

  private static String[] names(Map<String, Integer> index) {
    String[] names = new String[index.size() + 1];
    names[index.size()] = "other";
    index.forEach((name, at) -> names[at] = name);
    return names;
  }

  /** @param answered it was answered from a call of its own */
  void ended(String tenant, RouteInfo route, boolean answered, Usage usage) {
    String upstream = route.upstream();
    List<LeftAttempt> left = route.left();
    if (left.isEmpty() && (!answered || upstream == null || usage.inputTokens() < 0 && usage.outputTokens() < 0)) {
      return;
    }
    int who = tenants.getOrDefault(tenant, tenantNames.length - 1);
    int latencyClass = route.latencyClass().ordinal();
    if (answered && upstream != null) {
      count(who, upstream, latencyClass, usage.inputTokens(), usage.cachedTokens(), usage.outputTokens(), usage.reasoningTokens());
    }
    for (int i = 0; i < left.size(); i++) {
      LeftAttempt each = left.get(i);
      count(who, each.upstream(), latencyClass, each.inputTokens(), -1, each.outputTokens(), -1);
    }
  }

  private void count(int tenant, String upstream, int latencyClass, long toldInput, long toldCached, long toldOutput, long toldReasoning) {
    if (toldInput < 0 && toldOutput < 0) {
      return;
    }
    long input = Math.max(0, Math.min(toldInput, MOST_TOKENS));
    long output = Math.max(0, Math.min(toldOutput, MOST_TOKENS));
    long cached = Math.max(0, Math.min(toldCached, input));
    long reasoning = Math.min(toldReasoning, output);
    int where = upstreams.getOrDefault(upstream, upstreamNames.length - 1);
    int row = where * CLASSES + latencyClass;
    Handles<Counter> mine = tokens.at(tenant);
    add(mine, row, Kind.INPUT, input);
    add(mine, row, Kind.CACHED, cached);
    add(mine, row, Kind.OUTPUT, output);
    add(mine, row, Kind.REASONING, reasoning);
    Price price = prices[where];
    if (price != null) {
      cost.at(tenant).at(row).increment(price.of(input, cached, output, clock.now()));
    }
  }

  private static void add(Handles<Counter> mine, int row, Kind kind, long count) {
    if (count > 0) {
      mine.at(row * KINDS + kind.ordinal()).increment(count);
    }
  }

  private Counter tokens(int tenant, int cell) {
    int row = cell / KINDS;
    return Counter.builder(Names.TOKENS_SPENT).tag(Names.TENANT, tenantNames[tenant]).tag(Names.UPSTREAM, upstreamNames[row / CLASSES])
        .tag(Names.LATENCY_CLASS, Label.word(LatencyClass.values()[row % CLASSES])).tag(Names.KIND, Label.word(Kind.values()[cell % KINDS])).register(registry);
  }

  private Counter cost(int tenant, int row) {
    return Counter.builder(Names.COST).tag(Names.TENANT, tenantNames[tenant]).tag(Names.UPSTREAM, upstreamNames[row / CLASSES])
        .tag(Names.LATENCY_CLASS, Label.word(LatencyClass.values()[row % CLASSES])).register(registry);
  }
}
