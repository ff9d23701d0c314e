package io.tidegate.dispatch;

import io.tidegate.dispatch.EndpointHealth.State;
import io.tidegate.dispatch.balance.Targets;
import java.util.Set;

/** One pick's view of an upstream's slots; made once per loop and turned to whatever is picked from. */
final class Slots implements Targets {
  private EndpointSlot[] slots = EndpointGroup.NONE;
  private Set<String> tried = Set.of();
  private long now;
  private long slowStartNanos;
  private boolean evenly;
  private boolean allWell;
  private boolean avoidedToo;
  private boolean panic;
  private int boundPercent;
  private long totalInFlight;
  private long totalWeight;
  /** What the least loaded has in flight, and its weight; the latter is 0 where loads do not matter. */
  private long leastInFlight;
  private long leastWeight;

  void turnTo(EndpointSlot[] these, Set<String> notThese, long nowNanos, long slowStart, boolean weightsAside, boolean well) {
    slots = these;
    tried = notThese;
    now = nowNanos;
    slowStartNanos = slowStart;
    evenly = weightsAside;
    allWell = well;
    avoidedToo = false;
    panic = false;
    boundPercent = 0;
    leastWeight = 0;
  }

  /** Those that are busy or load a model may be taken, too. */
  void avoidedToo() {
    avoidedToo = true;
  }

  /** Those that are out for their answers may be taken, too. */
  void panic() {
    panic = true;
  }

  /** From here on none is open that has more than its part of what is in flight (R4.4); 0 ends that. */
  void bound(int percent) {
    boundPercent = 0;
    if (percent == 0) {
      return;
    }
    totalInFlight = 0;
    totalWeight = 0;
    for (int i = 0; i < slots.length; i++) {
      if (open(i)) {
        totalInFlight += inFlight(i);
        totalWeight += weight(i);
      }
    }
    boundPercent = percent;
  }

  /** From here on only those are open that have least in flight for their weight; another call to {@link #turnTo} or {@link #anyLoad} ends that. */
  void leastLoaded() {
    leastWeight = 0;
    long inFlight = 0;
    long weight = 0;
    for (int i = 0; i < slots.length; i++) {
      if (open(i) && (weight == 0 || load(i) * weight < inFlight * weight(i))) {
        inFlight = load(i);
        weight = weight(i);
      }
    }
    leastInFlight = inFlight;
    leastWeight = weight;
  }

  void anyLoad() {
    leastWeight = 0;
  }

  private boolean overLeast(int index) {
    return leastWeight != 0 && load(index) * leastWeight > leastInFlight * weight(index);
  }

  private boolean overBound(int index) {
    return over(index, load(index));
  }

  private boolean over(int index, long load) {
    return boundPercent != 0 && load * 100 * totalWeight >= boundPercent * (totalInFlight + 1) * weight(index);
  }

  @Override
  public int size() {
    return slots.length;
  }

  @Override
  public boolean open(int index) {
    EndpointSlot slot = slots[index];
    if (allWell) {
      return slot.hasRoom() && !wasTried(slot) && !overBound(index) && !overLeast(index);
    }
    return (slot.health().state() == State.HEALTHY || panic && slot.outlier()) && slot.coolForNanos(now) == 0 && slot.hasRoom()
        && (avoidedToo || slot.avoidForNanos(now) == 0) && !wasTried(slot) && !overBound(index) && !overLeast(index);
  }

  /** Why {@code index} is not open; {@link PickReason#HOME} if it is. */
  PickReason away(int index) {
    EndpointSlot slot = slots[index];
    if (wasTried(slot)) {
      return PickReason.AWAY_TRIED;
    }
    if (slot.health().state() != State.HEALTHY) {
      return PickReason.AWAY_EJECTED;
    }
    if (slot.coolForNanos(now) > 0) {
      return PickReason.AWAY_COOLING;
    }
    if (slot.avoidForNanos(now) > 0) {
      return PickReason.AWAY_BUSY;
    }
    if (!slot.hasRoom()) {
      return PickReason.AWAY_FULL;
    }
    return !overBound(index) ? PickReason.HOME : over(index, inFlight(index)) ? PickReason.AWAY_LOADED : PickReason.AWAY_SLOW;
  }

  private boolean wasTried(EndpointSlot slot) {
    return !tried.isEmpty() && tried.contains(slot.endpoint().id());
  }

  @Override
  public int weight(int index) {
    return evenly ? 1000 : slots[index].weight(now, slowStartNanos);
  }

  @Override
  public int inFlight(int index) {
    return slots[index].load().inFlight();
  }

  /** Requests in flight, where it works as fast as the others. */
  @Override
  public long load(int index) {
    EndpointLoad load = slots[index].load();
    return load.pace().load(load.inFlight(), now);
  }

  @Override
  public double firstTokenNanos(int index, int promptBytes) {
    return slots[index].load().firstTokenNanos(promptBytes, now);
  }

  boolean isOut(int index) {
    return slots[index].health().state() != State.HEALTHY;
  }
}
