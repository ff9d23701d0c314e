package io.tidegate.dispatch;

import io.tidegate.admission.limit.LimitRules;
import io.tidegate.admission.limit.Limiter;
import io.tidegate.admission.limit.Permit;
import io.tidegate.admission.queue.Places;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.dispatch.EndpointHealth.Event;
import io.tidegate.model.Endpoint;
import io.tidegate.time.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The live endpoints of each upstream and how each fares. Any thread may read and report; nothing blocks. */
public final class HealthBoard implements Places {
  /** How long an endpoint that is busy or loads a model stands behind the others, unless it named a time itself. */
  static final long AVOID_NANOS = 2_000_000_000L;

  private final Ticker ticker;
  private final HealthRules rules;
  private final LimitRules limits;
  private volatile Permit.Freed freed = () -> { };
  private final Map<String, EndpointGroup> groups = new ConcurrentHashMap<>();

  /** Without limits of what may be in flight. */
  public HealthBoard(Ticker ticker, HealthRules rules) {
    this(ticker, rules, LimitRules.NONE);
  }

  public HealthBoard(Ticker ticker, HealthRules rules, LimitRules limits) {
    this.ticker = ticker;
    this.rules = rules;
    this.limits = limits;
  }

  /**
   * @param ejectAfterFailures consecutive failed attempts or probes that eject an endpoint; at least 1
   * @param ejectNanos first ejection; doubles with each further one up to {@code maxEjectNanos}
   * @param accountNanos how long an upstream stays closed after 401, 402 or 403 of our account
   */
  public record HealthRules(int ejectAfterFailures, long ejectNanos, long maxEjectNanos, long accountNanos) {
    public HealthRules {
      if (ejectAfterFailures < 1 || ejectNanos <= 0 || maxEjectNanos < ejectNanos || accountNanos <= 0) {
        throw new IllegalArgumentException("health rules contradict each other");
      }
    }
  }

  /**
   * One endpoint for {@code /admin/status}.
   *
   * @param lastFailure what the last failed attempt showed; null if none has
   * @param ejectedForNanos until a probe is due, 0 if not ejected
   * @param avoidedForNanos until it stands level with the others again (busy, loading, rate limited), 0 if it does
   */
  public record EndpointStatus(Endpoint endpoint, EndpointHealth.State state, int consecutiveFailures, @Nullable Kind lastFailure,
      long ejectedForNanos, long avoidedForNanos) {}

  /** Replaces the endpoints of an upstream; health of those that stay (same id, host and port) is kept. */
  public void endpoints(String upstream, List<Endpoint> endpoints) {
    group(upstream).replace(endpoints, ticker.nanos());
  }

  public List<Endpoint> endpoints(String upstream) {
    List<Endpoint> all = new ArrayList<>();
    for (EndpointSlot slot : slots(upstream)) {
      all.add(slot.endpoint());
    }
    return List.copyOf(all);
  }

  /** An attempt gave a whole answer (or its first content). */
  public void succeeded(Endpoint endpoint) {
    EndpointSlot slot = slot(endpoint);
    if (slot != null) {
      slot.apply(Event.SUCCESS, ticker.nanos(), rules);
    }
  }

  /** An attempt failed; only kinds that speak of the endpoint count. */
  public void failed(Endpoint endpoint, AttemptFailure failure) {
    EndpointSlot slot = slot(endpoint);
    if (slot == null) {
      return;
    }
    long now = ticker.nanos();
    HealthSignal signal = HealthSignal.of(failure.kind());
    if (signal != HealthSignal.NOTHING) {
      slot.lastFailure(failure.kind());
    }
    long askedNanos = failure.retryAfterMillis() * 1_000_000L;
    switch (signal) {
      case OUT -> slot.apply(Event.REFUSAL, now, rules);
      case COUNTS -> slot.apply(Event.FAILURE, now, rules);
      case AVOID -> slot.avoidUntil(now + Math.max(AVOID_NANOS, askedNanos));
      case COOL -> slot.coolUntil(now + coolingNanos(failure));
      case ACCOUNT -> group(endpoint.upstream()).closeAccount(now + rules.accountNanos());
      case NOTHING -> { }
    }
    if (signal != HealthSignal.OUT && signal != HealthSignal.COUNTS) {
      slot.apply(Event.INCONCLUSIVE, now, rules);
    }
  }

  /** How long an endpoint is left alone that failed so: what it asked for; for a rate limit without a word, a time of ours; else 0. */
  public static long coolingNanos(AttemptFailure failure) {
    long asked = failure.retryAfterMillis() * 1_000_000L;
    return asked == 0 && failure.kind() == Kind.RATE_LIMITED ? AVOID_NANOS : asked;
  }

  /** Result of an active probe. Passive signals win over a lying probe: a good probe alone does not reopen an ejected endpoint early. */
  public void probed(Endpoint endpoint, boolean healthy) {
    EndpointSlot slot = slot(endpoint);
    if (slot != null) {
      slot.apply(healthy ? Event.PROBE_GOOD : Event.PROBE_BAD, ticker.nanos(), rules);
      if (healthy) {
        slot.stopAvoiding(ticker.nanos());
      }
    }
  }

  /**
   * Why {@link Balancer#pick} gave nothing for {@code upstream} though nothing was tried: for the caller's error when no attempt was made.
   * RATE_LIMITED with the time left, ACCOUNT, POOL_FULL where a limit leaves no place, or CONNECT_REFUSED where every endpoint is out or there is none.
   */
  public AttemptFailure whyNone(String upstream) {
    EndpointGroup group = groups.get(upstream);
    long now = ticker.nanos();
    if (group != null && group.accountClosedForNanos(now) > 0) {
      return AttemptFailure.of(Kind.ACCOUNT);
    }
    if (group != null && full(group, now)) {
      return AttemptFailure.of(Kind.POOL_FULL);
    }
    long shortest = Long.MAX_VALUE;
    for (EndpointSlot slot : slots(upstream)) {
      long left = slot.coolForNanos(now);
      if (left > 0 && slot.health().state() == EndpointHealth.State.HEALTHY) {
        shortest = Math.min(shortest, left);
      }
    }
    return shortest == Long.MAX_VALUE ? AttemptFailure.of(Kind.CONNECT_REFUSED)
        : new AttemptFailure(Kind.RATE_LIMITED, 0, true, Math.min(60_000, Math.max(1_000, shortest / 1_000_000)), null);
  }

  private static boolean full(EndpointGroup group, long now) {
    if (group.shut(now)) {
      return true;
    }
    for (EndpointSlot slot : group.slots()) {
      if (!slot.hasRoom() && slot.health().state() == EndpointHealth.State.HEALTHY && slot.coolForNanos(now) == 0) {
        return true;
      }
    }
    return false;
  }

  /** Whether an endpoint of {@code upstream} may be asked {@code inNanos} from now, if nothing more becomes known of it. */
  public boolean opensWithin(String upstream, long inNanos) {
    long then = ticker.nanos() + inNanos;
    EndpointGroup group = groups.get(upstream);
    if (group == null || group.accountClosedForNanos(then) > 0) {
      return false;
    }
    for (EndpointSlot slot : group.slots()) {
      EndpointHealth health = slot.health();
      if (slot.coolForNanos(then) == 0 && (health.state() == EndpointHealth.State.HEALTHY || health.due(then))) {
        return true;
      }
    }
    return false;
  }

  /** A place at a picked endpoint and in its account; null if another took the last one meanwhile. */
  public @Nullable Permit admit(Endpoint endpoint) {
    EndpointGroup group = groups.get(endpoint.upstream());
    EndpointSlot slot = slot(endpoint);
    if (group == null || slot == null) {
      return Permit.UNLIMITED;
    }
    Permit permit = Permit.take(slot.limiter(), group.account(), freed, ticker.nanos());
    if (permit == null) {
      // It may have been picked as a probe, which was not made.
      slot.apply(Event.INCONCLUSIVE, ticker.nanos(), rules);
    }
    return permit;
  }

  /** Who hears of places that are given back. Set once, before traffic. */
  public void whenFreed(Permit.Freed listener) {
    freed = listener;
  }

  @Override
  public int free(String upstream) {
    EndpointGroup group = groups.get(upstream);
    return group == null ? 0 : group.free(ticker.nanos());
  }

  @Override
  public void keep(String upstream) {
    group(upstream).keep(1);
  }

  @Override
  public void unkeep(String upstream) {
    group(upstream).keep(-1);
  }

  /**
   * A limit and what stands against it.
   *
   * @param endpoint id; empty for the account of the upstream
   * @param capacity requests a second that fit, as measured; 0 while nothing is known
   * @param closedAgain permits given back a second time: defects of ours
   */
  public record LimitStatus(String upstream, String endpoint, int limit, int inFlight, double capacity, long closedAgain) {}

  /** Every limit. A snapshot. */
  public List<LimitStatus> limits() {
    List<LimitStatus> all = new ArrayList<>();
    groups.forEach((upstream, group) -> {
      add(all, upstream, "", group.account());
      for (EndpointSlot slot : group.slots()) {
        add(all, upstream, slot.endpoint().id(), slot.limiter());
      }
    });
    return all;
  }

  private static void add(List<LimitStatus> to, String upstream, String endpoint, @Nullable Limiter limiter) {
    if (limiter != null) {
      to.add(new LimitStatus(upstream, endpoint, limiter.limit(), limiter.inFlight(), limiter.capacity(), limiter.closedAgain()));
    }
  }

  /** Whether an upstream is closed because our account was refused: the alarm of decisions 34. */
  public boolean accountAlarm(String upstream) {
    EndpointGroup group = groups.get(upstream);
    return group != null && group.accountClosedForNanos(ticker.nanos()) > 0;
  }

  /** Opens an upstream again whose account was refused. */
  public void reopenAccount(String upstream) {
    EndpointGroup group = groups.get(upstream);
    if (group != null) {
      group.closeAccount(ticker.nanos());
    }
  }

  /** Every endpoint, by upstream name. A snapshot. */
  public Map<String, List<EndpointStatus>> snapshot() {
    Map<String, List<EndpointStatus>> all = new TreeMap<>();
    long now = ticker.nanos();
    for (String upstream : groups.keySet()) {
      List<EndpointStatus> list = new ArrayList<>();
      for (EndpointSlot slot : slots(upstream)) {
        EndpointHealth health = slot.health();
        boolean ejected = health.state() == EndpointHealth.State.EJECTED;
        list.add(new EndpointStatus(slot.endpoint(), health.state(), Math.max(health.failures(), health.badProbes()), slot.lastFailure(),
            ejected ? Math.max(0, health.untilNanos() - now) : 0, Math.max(slot.avoidForNanos(now), slot.coolForNanos(now))));
      }
      all.put(upstream, List.copyOf(list));
    }
    return all;
  }

  /**
   * One upstream in two figures, for records.
   *
   * @param up endpoints that are not ejected
   * @param accountClosed our account there is refused
   */
  public record Standing(int up, int endpoints, boolean accountClosed) {}

  /** How an upstream stands now. */
  public Standing standing(String upstream) {
    EndpointGroup group = groups.get(upstream);
    if (group == null) {
      return new Standing(0, 0, false);
    }
    EndpointSlot[] slots = group.slots();
    int up = 0;
    for (EndpointSlot slot : slots) {
      if (slot.health().state() != EndpointHealth.State.EJECTED) {
        up++;
      }
    }
    return new Standing(up, slots.length, group.accountClosedForNanos(ticker.nanos()) > 0);
  }

  long nanos() {
    return ticker.nanos();
  }

  HealthRules rules() {
    return rules;
  }

  /** The live slots, or none while our account there is refused. The array is never changed: its identity tells its version. */
  EndpointSlot[] pickable(String upstream, long nowNanos) {
    EndpointGroup group = groups.get(upstream);
    return group == null || group.accountClosedForNanos(nowNanos) > 0 || group.shut(nowNanos) ? EndpointGroup.NONE : group.slots();
  }

  private EndpointSlot[] slots(String upstream) {
    EndpointGroup group = groups.get(upstream);
    return group == null ? EndpointGroup.NONE : group.slots();
  }

  private @Nullable EndpointSlot slot(Endpoint endpoint) {
    EndpointSlot[] slots = slots(endpoint.upstream());
    for (EndpointSlot slot : slots) {
      if (slot.endpoint() == endpoint) {
        return slot;
      }
    }
    for (EndpointSlot slot : slots) {
      if (slot.endpoint().id().equals(endpoint.id())) {
        return slot;
      }
    }
    return null;
  }

  private EndpointGroup group(String upstream) {
    return groups.computeIfAbsent(upstream, name -> new EndpointGroup(name, limits, ticker.nanos()));
  }
}
