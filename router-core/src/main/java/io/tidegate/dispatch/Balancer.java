package io.tidegate.dispatch;

import io.tidegate.dispatch.EndpointHealth.Event;
import io.tidegate.dispatch.EndpointHealth.State;
import io.tidegate.model.Endpoint;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Picks endpoints by smooth weighted round robin over the healthy ones (the method of nginx: each pick adds the weight to every eligible
 * endpoint, takes the greatest, and subtracts the sum from it). One instance per event loop; confined to it.
 */
public final class Balancer {
  private final HealthBoard board;
  private final Map<String, Wheel> wheels = new HashMap<>();

  public Balancer(HealthBoard board) {
    this.board = board;
  }

  /** The running weights of one upstream's endpoints. */
  private static final class Wheel {
    EndpointSlot[] slots = EndpointGroup.NONE;
    long[] current = {};
  }

  /**
   * An endpoint of {@code upstream} that may be tried now, not one of {@code tried} (endpoint ids). An ejected endpoint whose time is over
   * is given to exactly one caller as a probe. Empty if none: {@link HealthBoard#whyNone} says why.
   */
  public Optional<Endpoint> pick(String upstream, Set<String> tried) {
    long now = board.nanos();
    EndpointSlot[] slots = board.pickable(upstream, now);
    for (EndpointSlot slot : slots) {
      EndpointHealth health = slot.health();
      if (health.state() != State.HEALTHY && health.due(now) && slot.hasRoom() && slot.coolForNanos(now) == 0 && slot.avoidForNanos(now) == 0
          && !tried.contains(slot.endpoint().id()) && slot.apply(Event.ASKED, now, board.rules())) {
        return Optional.of(slot.endpoint());
      }
    }
    if (slots.length == 1) {
      return open(slots[0], now, tried) ? Optional.of(slots[0].endpoint()) : Optional.empty();
    }
    Wheel wheel = wheel(upstream, slots);
    int best = turn(wheel, now, tried, false);
    if (best < 0) {
      best = turn(wheel, now, tried, true);
    }
    return best < 0 ? Optional.empty() : Optional.of(slots[best].endpoint());
  }

  /** Index of the endpoint whose turn it is, -1 if none is eligible. */
  private static int turn(Wheel wheel, long now, Set<String> tried, boolean avoidedToo) {
    int best = -1;
    long total = 0;
    for (int i = 0; i < wheel.slots.length; i++) {
      EndpointSlot slot = wheel.slots[i];
      if (open(slot, now, tried) && (avoidedToo || slot.avoidForNanos(now) == 0)) {
        int weight = slot.endpoint().weight();
        wheel.current[i] += weight;
        total += weight;
        if (best < 0 || wheel.current[i] > wheel.current[best]) {
          best = i;
        }
      }
    }
    if (best >= 0) {
      wheel.current[best] -= total;
    }
    return best;
  }

  private static boolean open(EndpointSlot slot, long now, Set<String> tried) {
    return slot.health().state() == State.HEALTHY && slot.coolForNanos(now) == 0 && slot.hasRoom() && !tried.contains(slot.endpoint().id());
  }

  private Wheel wheel(String upstream, EndpointSlot[] slots) {
    Wheel wheel = wheels.computeIfAbsent(upstream, name -> new Wheel());
    if (wheel.slots != slots) {
      wheel.slots = slots;
      wheel.current = new long[slots.length];
    }
    return wheel;
  }
}
