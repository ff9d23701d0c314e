package io.tidegate.dispatch;

import io.tidegate.dispatch.EndpointGroup.Roster;
import io.tidegate.dispatch.EndpointHealth.Event;
import io.tidegate.dispatch.EndpointHealth.State;
import io.tidegate.dispatch.balance.KeyedHash;
import io.tidegate.dispatch.balance.PickFacts;
import io.tidegate.dispatch.balance.PrefixIndex;
import io.tidegate.dispatch.balance.SessionKey;
import io.tidegate.dispatch.balance.SmoothWheel;
import io.tidegate.dispatch.balance.TwoChoices;
import io.tidegate.model.Balance;
import io.tidegate.model.Balance.Method;
import io.tidegate.model.Endpoint;
import io.tidegate.model.ModelRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Picks one of an upstream's endpoints by the method its configuration names. What a method would like and what is well may differ: then the
 * others take turns by weight, and it goes back when it can. One instance per event loop; confined to it.
 */
public final class Balancer {
  /** So many are all looked at for the least loaded; of more, two that are drawn are as good. */
  private static final int FEW = 16;

  private final HealthBoard board;
  private final RandomGenerator random;
  private final KeyedHash hash;
  private final Map<String, Wheel> wheels = new HashMap<>();
  private final Slots view = new Slots();
  private final PickFacts facts = new PickFacts();

  /** Without a secret of its own, for rehearsals: hashes can be foretold. */
  public Balancer(HealthBoard board) {
    this(board, new SplittableRandom(1), new KeyedHash(0, 0));
  }

  /** @param hash of this loop, under the installation's key, so that all loops send a session to the same place */
  public Balancer(HealthBoard board, RandomGenerator random, KeyedHash hash) {
    this.board = board;
    this.random = random;
    this.hash = hash;
  }

  /** The running weights of one upstream's endpoints. */
  private static final class Wheel {
    EndpointSlot[] slots = EndpointGroup.NONE;
    /** Whether all were well and calm when the group had seen so many troubles: then they still are. */
    boolean wasWell;
    int wellAt;
    final SmoothWheel turns = new SmoothWheel();
  }

  /** A pick for nothing in particular. */
  public Optional<Endpoint> pick(String place, Set<String> tried) {
    return pick(place, tried, null, "");
  }

  /** A pick for a request for which no place is kept. */
  public Optional<Endpoint> pick(String place, Set<String> tried, @Nullable ModelRequest request, String model) {
    return pick(place, tried, request, model, false);
  }

  /**
   * An endpoint of {@code place} (an upstream, or its part in a region) that may be tried now, not one of {@code tried} (endpoint ids). An ejected endpoint whose time is over
   * is given to exactly one caller as a probe. Empty if none: {@link HealthBoard#whyNone} says why.
   *
   * @param request looked at only where the method asks for it, and there is a choice; null for none
   * @param model the name that is sent there
   * @param called whether a place at {@code place} is kept for this request ({@link UpstreamPlaces#keep})
   */
  public Optional<Endpoint> pick(String place, Set<String> tried, @Nullable ModelRequest request, String model, boolean called) {
    long now = board.nanos();
    EndpointGroup group = board.pickable(place, now, called);
    if (group == null) {
      return Optional.empty();
    }
    Roster roster = group.roster();
    EndpointSlot[] slots = roster.slots();
    Balance balance = roster.balance();
    if (slots.length < 2) {
      return slots.length == 0 ? Optional.empty() : only(group, slots, now, tried);
    }
    Wheel wheel = wheel(place, slots);
    int troubles = group.troubles();
    boolean well = wheel.wellAt == troubles && wheel.wasWell;
    int left = slots.length;
    if (!well) {
      left = 0;
      boolean calm = true;
      for (EndpointSlot slot : slots) {
        if (slot.health().state() == State.HEALTHY) {
          left++;
        } else if (isProbe(group, slot, now, tried)) {
          group.picked(PickReason.PROBE);
          return slot.given();
        }
        calm &= slot.coolForNanos(now) == 0 && slot.avoidForNanos(now) == 0;
      }
      wheel.wellAt = troubles;
      wheel.wasWell = calm && left == slots.length;
    }
    view.turnTo(slots, tried, now, balance.slowStart().toNanos(), balance.method() == Method.ROUND_ROBIN, well || wheel.wasWell);
    if (slots.length > 2 && left * 2 < slots.length) {
      view.panic();
    }
    read(balance.method(), request, model);
    int best = choose(group, roster, wheel);
    if (best < 0) {
      view.avoidedToo();
      best = wheel.turns.turn(view);
      if (best >= 0) {
        group.picked(PickReason.TURN);
      }
    }
    return best < 0 ? Optional.empty() : slots[best].given();
  }

  /** The candidates of one decision, those whose region is lost or held behind the other regions of their upstream. The same ones (A3, A4). */
  public List<Candidate> arranged(List<Candidate> candidates) {
    return RegionTurns.arranged(candidates, board, random);
  }

  private Optional<Endpoint> only(EndpointGroup group, EndpointSlot[] slots, long now, Set<String> tried) {
    EndpointSlot slot = slots[0];
    if (slot.health().state() == State.HEALTHY) {
      boolean open = slot.coolForNanos(now) == 0 && slot.hasRoom() && !tried.contains(slot.endpoint().id());
      return open ? slot.given() : Optional.empty();
    }
    if (isProbe(group, slot, now, tried)) {
      group.picked(PickReason.PROBE);
      return slot.given();
    }
    return Optional.empty();
  }

  /** Whether this caller is the one that finds out whether an ejected endpoint is well again. */
  private boolean isProbe(EndpointGroup group, EndpointSlot slot, long now, Set<String> tried) {
    return slot.mayProbe(now) && !tried.contains(slot.endpoint().id()) && slot.apply(Event.ASKED, now, board.rules(group, slot));
  }

  /** Takes from the request what the method asks for. */
  private void read(Method method, @Nullable ModelRequest request, String model) {
    facts.clear();
    if (request == null) {
      return;
    }
    switch (method) {
      case SESSION -> facts.session(SessionKey.of(request, hash, false));
      case HASH -> facts.session(SessionKey.of(request, hash, true));
      case PEAK_EWMA -> facts.promptBytes(request.prompt().json().length());
      case PREFIX -> SessionKey.blocks(request, model, hash, facts);
      case SMOOTH, ROUND_ROBIN, LEAST_CONNECTIONS -> { }
    }
  }

  /** By the method, among those that are well and not busy; -1 if there is none. */
  private int choose(EndpointGroup group, Roster roster, Wheel wheel) {
    PickReason why = PickReason.TURN;
    int best = -1;
    switch (roster.balance().method()) {
      case SMOOTH, ROUND_ROBIN -> best = wheel.turns.turn(view);
      case LEAST_CONNECTIONS -> {
        best = view.size() <= FEW ? turnOfTheIdlest(wheel) : TwoChoices.leastLoaded(view, random);
        why = PickReason.LIGHTEST;
      }
      case PEAK_EWMA -> {
        best = TwoChoices.soonest(view, facts.promptBytes(), random);
        why = PickReason.SOONEST;
      }
      case PREFIX -> {
        PrefixIndex index = roster.index();
        best = index == null ? wheel.turns.turn(view) : index.pick(view, roster.columns(), facts);
        why = PickReason.KEPT;
      }
      case HASH, SESSION -> {
        Homes homes = roster.homes();
        if (homes != null && facts.session() != 0) {
          return atHome(group, roster, wheel, homes.of(facts.session()));
        }
        best = turnOfTheIdlest(wheel);
      }
    }
    if (best >= 0) {
      group.picked(view.isOut(best) ? PickReason.PANIC : why);
    }
    return best;
  }

  /** The session's own endpoint; where that is not to be had, the idlest of the others in turn (R4.5). */
  private int atHome(EndpointGroup group, Roster roster, Wheel wheel, int home) {
    view.bound(roster.balance().loadBoundPercent());
    PickReason why = view.away(home);
    int best = why == PickReason.HOME ? home : turnOfTheIdlest(wheel);
    if (best < 0) {
      // Nobody has room below the bound, or nobody is well.
      view.bound(0);
      best = wheel.turns.turn(view);
    }
    if (best >= 0) {
      group.picked(why);
    }
    return best;
  }

  /** By weight in turn among those with least in flight for their weight: a slow or full one is passed over (R4.11). */
  private int turnOfTheIdlest(Wheel wheel) {
    view.leastLoaded();
    int best = wheel.turns.turn(view);
    view.anyLoad();
    // Another loop may have given to the idlest meanwhile.
    return best < 0 ? wheel.turns.turn(view) : best;
  }

  private Wheel wheel(String place, EndpointSlot[] slots) {
    Wheel wheel = wheels.get(place);
    if (wheel == null) {
      wheel = new Wheel();
      wheels.put(place, wheel);
    }
    if (wheel.slots != slots) {
      wheel.slots = slots;
      wheel.wasWell = false;
      wheel.turns.reset();
    }
    return wheel;
  }
}
