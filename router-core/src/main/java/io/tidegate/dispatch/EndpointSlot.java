package io.tidegate.dispatch;

import io.tidegate.admission.limit.Aimd;
import io.tidegate.admission.limit.Limiter;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.dispatch.EndpointHealth.Event;
import io.tidegate.dispatch.HealthBoard.HealthRules;
import io.tidegate.dispatch.balance.SlowStart;
import io.tidegate.model.Endpoint;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One endpoint and how it fares. Any thread: health moves by compare-and-set, the times are volatile longs. */
final class EndpointSlot {
  private static final int UNLIMITED = 1 << 20;

  private final Endpoint endpoint;
  /** What a pick gives, made once. */
  private final Optional<Endpoint> given;
  private final Condition condition;

  /** Shared by the slots of one endpoint whose weight changes, so that reports about the old one reach the new one. */
  private static final class Condition {
    static final AtomicLongFieldUpdater<Condition> COOL_UNTIL = AtomicLongFieldUpdater.newUpdater(Condition.class, "coolUntilNanos");
    final AtomicReference<EndpointHealth> health;
    /** Last signal that spoke of the endpoint; null before any. */
    volatile @Nullable Kind lastFailure;
    volatile long avoidUntilNanos;
    volatile long coolUntilNanos;
    /** Null where nothing is limited. */
    volatile @Nullable Limiter limiter;
    /** The last ejection was for its answers, not because it could not be reached. */
    volatile boolean forAnswers;
    final EndpointLoad load;
    /** What the server said of itself last; null if it never did. */
    volatile @Nullable ServerLoad told;

    Condition(long nowNanos, long decayNanos, @Nullable Limiter limiter) {
      this.limiter = limiter;
      load = new EndpointLoad(decayNanos);
      health = new AtomicReference<>(EndpointHealth.start(nowNanos));
      avoidUntilNanos = nowNanos;
      coolUntilNanos = nowNanos;
    }
  }

  EndpointSlot(Endpoint endpoint, long nowNanos, long decayNanos, @Nullable Limiter limiter) {
    this(endpoint, new Condition(nowNanos, decayNanos, limiter));
  }

  private EndpointSlot(Endpoint endpoint, Condition condition) {
    this.endpoint = endpoint;
    this.given = Optional.of(endpoint);
    this.condition = condition;
  }

  EndpointSlot with(Endpoint changed) {
    return new EndpointSlot(changed, condition);
  }

  /** Never more in flight than the endpoint says it has slots. What is in flight already, and was not counted, does not count. */
  void keepToSlots() {
    int slots = endpoint.hints().slots();
    Limiter limiter = condition.limiter;
    if (limiter == null && slots > 0) {
      limiter = new Limiter(new Aimd(UNLIMITED));
      condition.limiter = limiter;
    }
    if (limiter != null) {
      limiter.ceiling(slots > 0 ? slots : Integer.MAX_VALUE);
    }
  }

  Endpoint endpoint() {
    return endpoint;
  }

  Optional<Endpoint> given() {
    return given;
  }

  EndpointLoad load() {
    return condition.load;
  }

  @Nullable ServerLoad told() {
    return condition.told;
  }

  void told(ServerLoad load) {
    condition.told = load;
  }

  /** Its weight in thousandths: less while it is new, or new again. */
  int weight(long nowNanos, long slowStartNanos) {
    int whole = endpoint.weight() * 1000;
    if (slowStartNanos == 0) {
      return whole;
    }
    return Math.max(1, (int) (whole * SlowStart.part(nowNanos - health().sinceNanos(), slowStartNanos)));
  }

  /** Out now, and for its answers. */
  boolean outlier() {
    return condition.forAnswers && health().state() != EndpointHealth.State.HEALTHY;
  }

  void outFor(boolean answers) {
    condition.forAnswers = answers;
  }

  @Nullable Limiter limiter() {
    return condition.limiter;
  }

  /** Whether its own limit lets one more in. */
  boolean hasRoom() {
    Limiter limiter = condition.limiter;
    return limiter == null || limiter.hasRoom();
  }

  EndpointHealth health() {
    return condition.health.get();
  }

  /** Out, and who asks now may be the one that finds out whether it is well again: one only, whatever room it has. */
  boolean mayProbe(long nowNanos) {
    EndpointHealth health = health();
    return health.state() != EndpointHealth.State.HEALTHY && health.due(nowNanos) && hasRoom() && coolForNanos(nowNanos) == 0
        && avoidForNanos(nowNanos) == 0;
  }

  /** Moves the machine; true if this very call changed it. */
  boolean apply(Event event, long nowNanos, HealthRules rules) {
    while (true) {
      EndpointHealth now = condition.health.get();
      EndpointHealth next = now.next(event, nowNanos, rules);
      if (next == now) {
        return false;
      }
      if (condition.health.compareAndSet(now, next)) {
        return true;
      }
    }
  }

  /** One step of the machine that the caller worked out; false if it is not where it was. */
  boolean move(EndpointHealth from, EndpointHealth to) {
    return condition.health.compareAndSet(from, to);
  }

  @Nullable Kind lastFailure() {
    return condition.lastFailure;
  }

  void lastFailure(Kind kind) {
    condition.lastFailure = kind;
  }

  void avoidUntil(long nanos) {
    condition.avoidUntilNanos = nanos;
  }

  void stopAvoiding(long nowNanos) {
    condition.avoidUntilNanos = nowNanos;
  }

  long avoidForNanos(long nowNanos) {
    return Math.max(0, condition.avoidUntilNanos - nowNanos);
  }

  /** Not to be asked before {@code nanos}, nor before what it asked for earlier: whoever named the later time meant it. */
  void coolUntil(long nanos) {
    Condition.COOL_UNTIL.accumulateAndGet(condition, nanos, (named, now) -> now - named > 0 ? now : named);
  }

  long coolForNanos(long nowNanos) {
    return Math.max(0, condition.coolUntilNanos - nowNanos);
  }
}
