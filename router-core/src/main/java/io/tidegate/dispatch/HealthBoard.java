package io.tidegate.dispatch;

import io.tidegate.admission.limit.LimitRules;
import io.tidegate.admission.limit.Limiter;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.dispatch.region.RegionHold;
import io.tidegate.model.Balance;
import io.tidegate.model.Endpoint;
import io.tidegate.model.Hints;
import io.tidegate.time.Ticker;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The live endpoints of each upstream and how each fares. Any thread may read and report; nothing blocks. */
public final class HealthBoard {
  /** How long an endpoint that is busy or loads a model stands behind the others, unless it named a time itself. */
  static final long AVOID_NANOS = 2_000_000_000L;
  /** The first ejection of an upstream's last one is so much shorter; it doubles up to what it is for others at first. */
  private static final int LAST_PART = 5;
  /** After that an upstream without anybody well is not waited for: it is broken, not restarting. */
  static final long LONG_OUT_NANOS = 30_000_000_000L;

  private static final EndpointGroup[] NO_GROUPS = {};

  private volatile boolean hints;
  private final Ticker ticker;
  private final HealthRules rules;
  /** For one without another that is well: nobody can stand in for it, so it is asked again much sooner. */
  private final HealthRules lastRules;
  private final LimitRules limits;
  private final RegionTimes regionTimes;
  private final UpstreamPlaces places = new UpstreamPlaces(this);
  private final Openings openings = new Openings(this);
  private final Figures figures = new Figures(this);
  private final Reports reports;
  /** By place: an upstream, or its part in one region. */
  private final Map<String, EndpointGroup> groups = new ConcurrentHashMap<>();
  private final Map<String, Parts> upstreams = new ConcurrentHashMap<>();

  /** Without limits of what may be in flight. */
  public HealthBoard(Ticker ticker, HealthRules rules) {
    this(ticker, rules, LimitRules.NONE);
  }

  public HealthBoard(Ticker ticker, HealthRules rules, LimitRules limits) {
    this(ticker, rules, limits, RegionTimes.DEFAULT);
  }

  public HealthBoard(Ticker ticker, HealthRules rules, LimitRules limits, RegionTimes regionTimes) {
    this.ticker = ticker;
    this.rules = rules;
    this.lastRules = new HealthRules(rules.ejectAfterFailures, Math.max(1, rules.ejectNanos / LAST_PART), rules.ejectNanos, rules.accountNanos, 0);
    this.reports = new Reports(this, rules, this::rules);
    this.limits = limits;
    this.regionTimes = regionTimes;
  }

  /** An upstream's groups: one, or one for each region it has endpoints in. Replaced, never changed, under the board's lock. */
  private static final class Parts {
    final Account account;
    volatile Balance balance = Balance.DEFAULT;
    volatile EndpointGroup[] groups = {};

    Parts(Account account) {
      this.account = account;
    }
  }

  /**
   * How a region comes back that had nobody well.
   *
   * @param holdNanos how long somebody must have been well there
   * @param rampNanos how long it then takes to its whole share of requests
   */
  public record RegionTimes(long holdNanos, long rampNanos) {
    public static final RegionTimes DEFAULT = new RegionTimes(30_000_000_000L, 30_000_000_000L);

    public RegionTimes {
      if (holdNanos < 0 || rampNanos < 0) {
        throw new IllegalArgumentException("times of a region below 0");
      }
    }
  }

  /**
   * @param ejectAfterFailures consecutive failed attempts or probes that eject an endpoint; at least 1
   * @param ejectNanos first ejection; doubles with each further one up to {@code maxEjectNanos}
   * @param accountNanos how long an upstream stays closed after 401, 402 or 403 of our account
   * @param outlierNanos ejection for failures in a row or a low rate of success, times how often, up to ten times: of one among several
   *     endpoints; 0 for the same as any other ejection
   */
  public record HealthRules(int ejectAfterFailures, long ejectNanos, long maxEjectNanos, long accountNanos, long outlierNanos) {
    public HealthRules {
      if (ejectAfterFailures < 1 || ejectNanos <= 0 || maxEjectNanos < ejectNanos || accountNanos <= 0 || outlierNanos < 0) {
        throw new IllegalArgumentException("health rules contradict each other");
      }
    }

    /** With one time for every ejection. */
    public HealthRules(int ejectAfterFailures, long ejectNanos, long maxEjectNanos, long accountNanos) {
      this(ejectAfterFailures, ejectNanos, maxEjectNanos, accountNanos, 0);
    }
  }

  /** Replaces the endpoints of an upstream; health of those that stay (same id, host, port and region) is kept. */
  public void endpoints(String upstream, List<Endpoint> endpoints) {
    replace(upstream, endpoints, false);
  }

  /** As {@link #endpoints(String, List)}, with all worked out that the first pick would else do. May take milliseconds: not for a loop. */
  public void prepared(String upstream, List<Endpoint> endpoints) {
    replace(upstream, endpoints, true);
  }

  /** Whether any endpoint says, or said, what it takes. */
  public boolean anyHints() {
    return hints;
  }

  private void replace(String upstream, List<Endpoint> endpoints, boolean prepared) {
    Map<String, List<Endpoint>> byPlace = new HashMap<>();
    for (Endpoint endpoint : endpoints) {
      if (endpoint.hints() != Hints.NONE) {
        // Before any pick can meet it.
        hints = true;
      }
      byPlace.computeIfAbsent(endpoint.place(), place -> new ArrayList<>()).add(endpoint);
    }
    if (byPlace.isEmpty()) {
      group(upstream, upstream);
    }
    byPlace.keySet().forEach(place -> group(upstream, place));
    Parts parts = parts(upstream);
    for (EndpointGroup group : parts.groups) {
      group.replace(byPlace.getOrDefault(group.place(), List.of()), ticker.nanos(), prepared);
    }
  }

  /** How the endpoints of an upstream are chosen. */
  public void balance(String upstream, Balance balance) {
    Parts parts = parts(upstream);
    parts.balance = balance;
    for (EndpointGroup group : parts.groups) {
      group.balance(balance);
    }
  }

  public List<Endpoint> endpoints(String upstream) {
    List<Endpoint> all = new ArrayList<>();
    for (EndpointGroup group : groupsOf(upstream)) {
      for (EndpointSlot slot : group.slots()) {
        all.add(slot.endpoint());
      }
    }
    return List.copyOf(all);
  }

  /** Those of one place. */
  public List<Endpoint> at(String place) {
    EndpointGroup group = groups.get(place);
    List<Endpoint> all = new ArrayList<>();
    for (EndpointSlot slot : group == null ? EndpointGroup.NONE : group.slots()) {
      all.add(slot.endpoint());
    }
    return all;
  }

  /** Counts an attempt that begins there; {@link EndpointLoad#leave} must follow. */
  public EndpointLoad enter(Endpoint endpoint) {
    EndpointSlot slot = slot(endpoint);
    EndpointLoad load = slot == null ? EndpointLoad.NOWHERE : slot.load();
    load.enter();
    return load;
  }

  /** Attempts that are under way there. */
  public int inFlight(Endpoint endpoint) {
    EndpointSlot slot = slot(endpoint);
    return slot == null ? 0 : slot.load().inFlight();
  }

  /** An attempt gave a whole answer (or its first content). */
  public void succeeded(Endpoint endpoint) {
    reports.succeeded(endpoint);
  }

  /** A whole answer took {@code nanos}: who is far slower than the others of its upstream is given less. @param tokensOut as the upstream counted them */
  public void served(Endpoint endpoint, long nanos, long tokensIn, long tokensOut) {
    reports.served(endpoint, nanos, tokensIn, tokensOut);
  }

  /** An attempt failed; only kinds that speak of the endpoint count. */
  public void failed(Endpoint endpoint, AttemptFailure failure) {
    reports.failed(endpoint, failure);
  }

  /** How long an endpoint is left alone that failed so: what it asked for; for a rate limit without a word, a time of ours; else 0. */
  public static long coolingNanos(AttemptFailure failure) {
    long asked = failure.retryAfterMillis() * 1_000_000L;
    return asked == 0 && failure.kind() == Kind.RATE_LIMITED ? AVOID_NANOS : asked;
  }

  /**
   * Result of an active probe. Passive signals win over a lying probe: a good probe alone does not reopen an ejected endpoint early; nor at all, but
   * in a region that is lost, where no request would ask it: that region is then held, and ramped.
   */
  public void probed(Endpoint endpoint, boolean healthy) {
    reports.probed(endpoint, healthy);
  }

  /**
   * Why {@link Balancer#pick} gave nothing for {@code place} though nothing was tried: for the caller's error when no attempt was made.
   * RATE_LIMITED with the time left, ACCOUNT, POOL_FULL where a limit leaves no place, or CONNECT_REFUSED where every endpoint
   * is out or there is none.
   */
  public AttemptFailure whyNone(String place) {
    return openings.whyNone(place, false);
  }

  /** @param called whether a place at {@code place} was kept for who was given nothing */
  public AttemptFailure whyNone(String place, boolean called) {
    return openings.whyNone(place, called);
  }

  /**
   * Nanoseconds until an endpoint of {@code place} may be asked, if nothing more becomes known of it; 0 for now, or if one is being probed, which
   * may end any time; {@link Long#MAX_VALUE} if there is none, all have been out for long, or our account is refused.
   */
  public long opensInNanos(String place) {
    return openings.inNanos(place);
  }

  /** Whether an endpoint of {@code place} would be picked now: well, and with room. */
  public boolean isOpen(String place) {
    return openings.isOpen(place);
  }

  /** What may be in flight, and who hears when something ended. */
  public UpstreamPlaces places() {
    return places;
  }

  /** Whether an upstream is closed because our account was refused: the alarm of decisions 34. */
  public boolean accountAlarm(String upstream) {
    Parts parts = upstreams.get(upstream);
    return parts != null && parts.account.closedForNanos(ticker.nanos()) > 0;
  }

  /**
   * A server said how much it has to do. Its slots are its capacity: where limits are found, no more than that is in flight there, and what is more
   * waits in our queue, where it has its place by class, rather than in the server's (R5.1).
   */
  public void told(Endpoint endpoint, ServerLoad load) {
    EndpointSlot slot = slot(endpoint);
    if (slot != null) {
      slot.told(load);
      Limiter limiter = slot.limiter();
      if (limiter != null) {
        limiter.cap(load.slots());
      }
    }
  }

  /** Opens an upstream again whose account was refused. */
  public void reopenAccount(String upstream) {
    Parts parts = upstreams.get(upstream);
    if (parts != null) {
      parts.account.closeUntil(ticker.nanos());
    }
  }

  /** Every endpoint, by upstream name. A snapshot. */
  public Map<String, List<EndpointStatus>> snapshot() {
    return figures.snapshot();
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
    return figures.standing(upstream);
  }

  /**
   * The part of its requests that a region of an upstream gets now, in 0..1; 0 while it is lost or held after that, 1 where there are no regions.
   *
   * @param place of a candidate or an endpoint
   */
  public double share(String place) {
    EndpointGroup group = groups.get(place);
    RegionHold hold = group == null ? null : group.hold();
    return hold == null ? 1 : hold.share(ticker.nanos());
  }

  /** How an upstream's regions stand, by name. */
  public Map<String, RegionHold.State> regions(String upstream) {
    return figures.regions(upstream);
  }

  long nanos() {
    return ticker.nanos();
  }

  long slowStartNanos(String upstream) {
    return parts(upstream).balance.slowStart().toNanos();
  }

  /** For this slot as its group stands. */
  HealthRules rules(EndpointGroup group, EndpointSlot slot) {
    return group.othersWell(slot) ? rules : lastRules;
  }

  /** How often an endpoint of {@code upstream} was picked for that reason; upstreams with one endpoint are not counted. */
  public long picks(String upstream, PickReason why) {
    return figures.picks(upstream, why);
  }

  /** How often an endpoint of {@code upstream} was left out. */
  public long ejections(String upstream, EjectionCause cause) {
    return figures.ejections(upstream, cause);
  }

  /** The live group; null while our account there is refused or has no place left, or if there is none. */
  @Nullable EndpointGroup pickable(String place, long nowNanos) {
    return pickable(place, nowNanos, false);
  }

  /** @param called whether a place there is kept for who asks */
  @Nullable EndpointGroup pickable(String place, long nowNanos, boolean called) {
    EndpointGroup group = groups.get(place);
    return group == null || group.accountClosedForNanos(nowNanos) > 0 || group.shut(nowNanos, called) ? null : group;
  }

  EndpointSlot[] slots(String place) {
    EndpointGroup group = groups.get(place);
    return group == null ? EndpointGroup.NONE : group.slots();
  }

  @Nullable EndpointSlot slot(Endpoint endpoint) {
    EndpointGroup group = groups.get(endpoint.place());
    return group == null ? null : group.slot(endpoint);
  }

  /** Null if there is none. */
  @Nullable EndpointGroup known(String place) {
    return groups.get(place);
  }

  /** What an upstream's account may have in flight; null for no such limit. */
  @Nullable Limiter account(String upstream) {
    Parts parts = upstreams.get(upstream);
    return parts == null ? null : parts.account.limiter;
  }

  void forEach(BiConsumer<String, EndpointGroup[]> see) {
    upstreams.forEach((upstream, parts) -> see.accept(upstream, parts.groups));
  }

  Set<String> names() {
    return upstreams.keySet();
  }

  EndpointGroup[] groupsOf(String upstream) {
    Parts parts = upstreams.get(upstream);
    return parts == null ? NO_GROUPS : parts.groups;
  }

  private Parts parts(String upstream) {
    return upstreams.computeIfAbsent(upstream, name -> new Parts(new Account(limits.account(name), ticker.nanos())));
  }

  private synchronized EndpointGroup group(String upstream, String place) {
    EndpointGroup known = groups.get(place);
    if (known != null) {
      return known;
    }
    Parts parts = parts(upstream);
    RegionHold hold = place.equals(upstream) ? null : new RegionHold(regionTimes.holdNanos(), regionTimes.rampNanos());
    EndpointGroup made = new EndpointGroup(upstream, place, limits, parts.account, hold, parts.balance, ticker.nanos());
    EndpointGroup[] more = Arrays.copyOf(parts.groups, parts.groups.length + 1);
    more[more.length - 1] = made;
    parts.groups = more;
    groups.put(place, made);
    return made;
  }
}
