package io.tidegate.dispatch;

import io.tidegate.admission.limit.LimitRules;
import io.tidegate.admission.limit.Limiter;
import io.tidegate.dispatch.balance.Maglev;
import io.tidegate.dispatch.balance.Outliers;
import io.tidegate.dispatch.balance.Pace;
import io.tidegate.dispatch.balance.PrefixIndex;
import io.tidegate.dispatch.region.RegionHold;
import io.tidegate.model.Balance;
import io.tidegate.model.Balance.Method;
import io.tidegate.model.Endpoint;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The slots of one upstream, or of its part in one region, and how they are chosen. Any thread: the roster is replaced, never changed; one writer at a time. */
final class EndpointGroup {
  static final EndpointSlot[] NONE = {};
  private static final int[] NO_COLUMNS = {};
  /** Rates are compared over this time. */
  static final long WINDOW_NANOS = 10_000_000_000L;

  private static final int PLENTY = 1 << 20;

  private final String upstream;
  private final String place;
  private final LimitRules limits;
  private final boolean adaptive;
  /** An endpoint says, or said, how many slots it has. */
  private volatile boolean slotted;
  private final Account account;
  /** Null where the operator speaks of no region. */
  private final @Nullable RegionHold hold;
  private final AtomicInteger kept = new AtomicInteger();
  private volatile Balance balance;
  private volatile Roster roster;
  /** When the last one that was well went out. */
  private volatile long outSinceNanos;
  private final AtomicLong windowEndNanos;
  private final AtomicInteger troubles = new AtomicInteger();
  private final Object wayOut = new Object();
  private final LongAdder[] picks = Stream.generate(LongAdder::new).limit(PickReason.ALL.length).toArray(LongAdder[]::new);
  private final LongAdder[] ejections = Stream.generate(LongAdder::new).limit(EjectionCause.ALL.length).toArray(LongAdder[]::new);

  /**
   * What one pick sees.
   *
   * @param homes where hashes lead; null if nothing asks for it
   * @param index null unless prompts are compared
   * @param columns of the slots in the index
   */
  record Roster(EndpointSlot[] slots, Balance balance, @Nullable Homes homes, @Nullable PrefixIndex index, int[] columns) {}

  /**
   * @param upstream whose endpoints these are
   * @param place all of them, or those of one region
   * @param account shared by its regions
   * @param hold null without a region
   */
  EndpointGroup(String upstream, String place, LimitRules limits, Account account, @Nullable RegionHold hold, Balance balance, long nowNanos) {
    this.upstream = upstream;
    this.place = place;
    this.limits = limits;
    this.adaptive = limits.adaptive().contains(upstream);
    this.account = account;
    this.hold = hold;
    this.balance = balance;
    this.roster = new Roster(NONE, balance, null, null, NO_COLUMNS);
    this.windowEndNanos = new AtomicLong(nowNanos + WINDOW_NANOS);
  }

  Roster roster() {
    return roster;
  }

  /** The slot of {@code endpoint}; null if it is gone. */
  @Nullable EndpointSlot slot(Endpoint endpoint) {
    EndpointSlot[] slots = slots();
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

  /** Whether anything here is limited at all. */
  boolean limited() {
    return account.limiter != null || adaptive || slotted;
  }

  /** What all endpoints of the upstream together may have in flight; null for no such limit. */
  @Nullable Limiter account() {
    return account.limiter;
  }

  String place() {
    return place;
  }

  /** Null where there is no region. */
  @Nullable RegionHold hold() {
    return hold;
  }

  /** Tells the region's hold whether anybody is well now; nothing without a region. */
  void look(long nowNanos) {
    if (hold != null) {
      hold.seen(anyWell(), nowNanos);
    }
  }

  private boolean anyWell() {
    for (EndpointSlot slot : slots()) {
      if (slot.health().state() == EndpointHealth.State.HEALTHY) {
        return true;
      }
    }
    return false;
  }

  /** Keeps one place more, or one less, for requests that were woken. */
  void keep(int by) {
    kept.addAndGet(by);
    account.kept.addAndGet(by);
  }

  /** Whether a limit, not health, is why nobody may go here now: the account's, or all that is free is kept for others. */
  boolean shut(long nowNanos) {
    return shut(nowNanos, false);
  }

  /** @param called whether a place is kept for who asks: it takes any there is, as those that were called are no more than were free then */
  boolean shut(long nowNanos, boolean called) {
    Limiter cap = account.limiter;
    if (cap != null && cap.room() - (called ? 0 : account.kept.get()) <= 0) {
      return true;
    }
    return !called && kept.get() > 0 && freeAtEndpoints(nowNanos) <= kept.get();
  }

  /** Whether more is taken here, or in the account, than is kept: who was not called has then taken a place of one who was. */
  boolean overtaken(long nowNanos) {
    return account.kept.get() > 0 && free(nowNanos) < 0;
  }

  /** Permits that could be taken now, without those that are kept. */
  int free(long nowNanos) {
    if (accountClosedForNanos(nowNanos) > 0) {
      return 0;
    }
    Limiter cap = account.limiter;
    int free = freeAtEndpoints(nowNanos) - kept.get();
    return cap == null ? free : Math.min(cap.room() - account.kept.get(), free);
  }

  private int freeAtEndpoints(long nowNanos) {
    int free = 0;
    for (EndpointSlot slot : slots()) {
      EndpointHealth health = slot.health();
      if (free < PLENTY && slot.coolForNanos(nowNanos) == 0 && (health.state() == EndpointHealth.State.HEALTHY || health.due(nowNanos))) {
        Limiter limiter = slot.limiter();
        free += health.state() == EndpointHealth.State.HEALTHY ? limiter == null ? PLENTY : limiter.room() : slot.mayProbe(nowNanos) ? 1 : 0;
      }
    }
    return free;
  }

  /** What may be in flight here at most, as the limits and the endpoints are now: where one is out, its probe once it is due. */
  int most(long nowNanos) {
    int most = 0;
    for (EndpointSlot slot : slots()) {
      Limiter limiter = slot.limiter();
      boolean well = slot.health().state() == EndpointHealth.State.HEALTHY;
      most = Math.min(PLENTY, most + (well ? limiter == null ? PLENTY : limiter.limit() : slot.mayProbe(nowNanos) ? 1 : 0));
    }
    Limiter cap = account.limiter;
    return cap == null ? most : Math.min(cap.limit(), most);
  }

  EndpointSlot[] slots() {
    return roster.slots;
  }

  synchronized void balance(Balance to) {
    balance = to;
    roster = rostered(roster.slots.clone());
  }

  /** @param prepared all is worked out before the first pick sees it, here and now */
  synchronized void replace(List<Endpoint> endpoints, long nowNanos, boolean prepared) {
    EndpointSlot[] next = new EndpointSlot[endpoints.size()];
    for (int i = 0; i < next.length; i++) {
      next[i] = carriedOver(endpoints.get(i), nowNanos);
      next[i].keepToSlots();
      // Once so, always so: what was counted in must be counted out.
      if (next[i].endpoint().hints().slots() > 0) {
        slotted = true;
      }
    }
    Roster made = rostered(next);
    if (prepared && made.homes != null) {
      made.homes.prepare();
    }
    roster = made;
    look(nowNanos);
  }

  private Roster rostered(EndpointSlot[] slots) {
    Balance with = balance;
    if (slots.length < 2) {
      return new Roster(slots, with, null, null, NO_COLUMNS);
    }
    boolean hashes = (with.method() == Method.SESSION || with.method() == Method.HASH) && slots.length < Maglev.SIZE;
    Homes homes = hashes ? new Homes(slots) : null;
    if (with.method() != Method.PREFIX) {
      return new Roster(slots, with, homes, null, NO_COLUMNS);
    }
    PrefixIndex old = roster.index;
    PrefixIndex index = old != null ? old : new PrefixIndex(with.prefixBlocks());
    return new Roster(slots, with, homes, index, index.columns(Arrays.stream(slots).map(slot -> slot.endpoint().id()).toList()));
  }

  void closeAccount(long untilNanos) {
    account.closeUntil(untilNanos);
  }

  long accountClosedForNanos(long nowNanos) {
    return account.closedForNanos(nowNanos);
  }

  /** Held by who looks whether one may go out, and lets it. Not this group itself, which is held for long while its roster is made. */
  Object wayOut() {
    return wayOut;
  }

  /** Whether one more may be left out for its answers (R4.8): a tenth of all, but always one. */
  boolean mayEject() {
    EndpointSlot[] slots = slots();
    int out = 0;
    for (EndpointSlot slot : slots) {
      if (slot.outlier()) {
        out++;
      }
    }
    return out < Outliers.most(slots.length);
  }

  /** Whether another than {@code slot} is well. */
  boolean othersWell(EndpointSlot slot) {
    for (EndpointSlot other : slots()) {
      if (other != slot && other.health().state() == EndpointHealth.State.HEALTHY) {
        return true;
      }
    }
    return false;
  }

  /** One was ejected. @param wasWell until now */
  void outNow(boolean wasWell, long nowNanos) {
    if (wasWell) {
      outSinceNanos = nowNanos;
    }
  }

  /** How long nobody has been well; 0 if somebody is. */
  long outForNanos(long nowNanos) {
    for (EndpointSlot slot : slots()) {
      if (slot.health().state() == EndpointHealth.State.HEALTHY) {
        return 0;
      }
    }
    return nowNanos - outSinceNanos;
  }

  /** Notes an answer for the comparison of rates, where there are enough to compare. True once a window is over: then {@link #outliers}. */
  boolean answered(EndpointSlot slot, boolean well, long nowNanos) {
    if (slots().length < Outliers.LEAST_HOSTS) {
      return false;
    }
    slot.load().answered(well);
    long end = windowEndNanos.get();
    return nowNanos - end >= 0 && windowEndNanos.compareAndSet(end, nowNanos + WINDOW_NANOS);
  }

  /** Is it as fast as the others? */
  void comparePace(EndpointSlot slot) {
    slot.load().pace().compare(Arrays.stream(slots()).map(one -> one.load().pace()).toArray(Pace[]::new));
  }

  /** Those that did far worse than the others in the window that ends here. */
  EndpointSlot[] outliers() {
    EndpointSlot[] slots = slots();
    BitSet out = Outliers.below(Arrays.stream(slots).mapToInt(slot -> slot.load().good()).toArray(),
        Arrays.stream(slots).mapToInt(slot -> slot.load().all()).toArray());
    for (EndpointSlot slot : slots) {
      slot.load().newWindow();
    }
    return out.stream().mapToObj(i -> slots[i]).toArray(EndpointSlot[]::new);
  }

  /** Rises after anything was learnt that may keep an endpoint from being picked. */
  int troubles() {
    return troubles.get();
  }

  void trouble() {
    troubles.incrementAndGet();
  }

  void picked(PickReason why) {
    picks[why.ordinal()].increment();
  }

  long picks(PickReason why) {
    return picks[why.ordinal()].sum();
  }

  void ejected(EjectionCause cause) {
    ejections[cause.ordinal()].increment();
  }

  long ejections(EjectionCause cause) {
    return ejections[cause.ordinal()].sum();
  }

  private EndpointSlot carriedOver(Endpoint endpoint, long nowNanos) {
    for (EndpointSlot old : slots()) {
      Endpoint was = old.endpoint();
      if (was.id().equals(endpoint.id()) && was.host().equals(endpoint.host()) && was.port() == endpoint.port()) {
        return was.equals(endpoint) ? old : old.with(endpoint);
      }
    }
    return new EndpointSlot(endpoint, nowNanos, balance.decay().toNanos(), limits.endpoint(upstream));
  }
}
