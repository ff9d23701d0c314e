package io.tidegate.dispatch;

import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.dispatch.EndpointHealth.Event;
import io.tidegate.dispatch.HealthBoard.HealthRules;
import io.tidegate.dispatch.region.RegionHold;
import io.tidegate.model.Endpoint;
import java.util.function.BiFunction;

/** What attempts and probes show of endpoints, and what follows from it: who is left out, for how long, and who comes back. Any thread. */
final class Reports {
  private final HealthBoard board;
  private final HealthRules rules;
  private final BiFunction<EndpointGroup, EndpointSlot, HealthRules> rulesNow;

  /** @param rulesNow for a slot as its group stands */
  Reports(HealthBoard board, HealthRules rules, BiFunction<EndpointGroup, EndpointSlot, HealthRules> rulesNow) {
    this.board = board;
    this.rules = rules;
    this.rulesNow = rulesNow;
  }

  /** An attempt gave a whole answer (or its first content). */
  void succeeded(Endpoint endpoint) {
    EndpointGroup group = board.known(endpoint.place());
    EndpointSlot slot = board.slot(endpoint);
    if (group != null && slot != null) {
      long now = board.nanos();
      if (slot.apply(Event.SUCCESS, now, rules)) {
        group.look(now);
      }
      answered(group, slot, true, now);
    }
  }

  /** A whole answer took {@code nanos}: who is far slower than the others of its upstream is given less. @param tokensOut as the upstream counted them */
  void served(Endpoint endpoint, long nanos, long tokensIn, long tokensOut) {
    EndpointGroup group = board.known(endpoint.upstream());
    if (group == null || tokensOut <= 0 || group.slots().length < 3) {
      return;
    }
    EndpointSlot slot = group.slot(endpoint);
    if (slot != null && slot.load().pace().seen(nanos, tokensIn, tokensOut, board.nanos())) {
      group.comparePace(slot);
    }
  }

  /** An attempt failed; only kinds that speak of the endpoint count. */
  void failed(Endpoint endpoint, AttemptFailure failure) {
    EndpointGroup group = board.known(endpoint.place());
    EndpointSlot slot = board.slot(endpoint);
    if (group == null || slot == null) {
      return;
    }
    long now = board.nanos();
    HealthSignal signal = HealthSignal.of(failure.kind());
    if (signal != HealthSignal.NOTHING) {
      slot.lastFailure(failure.kind());
    }
    long askedNanos = failure.retryAfterMillis() * 1_000_000L;
    switch (signal) {
      case OUT -> eject(group, slot, Event.REFUSAL, false, now);
      case COUNTS -> eject(group, slot, Event.FAILURE, HealthSignal.answered(failure.kind()), now);
      case AVOID -> slot.avoidUntil(now + Math.max(HealthBoard.AVOID_NANOS, askedNanos));
      case COOL -> {
        slot.coolUntil(now + HealthBoard.coolingNanos(failure));
        eject(group, slot, Event.LIMITED, true, now);
      }
      case ACCOUNT -> group.closeAccount(now + rules.accountNanos());
      case NOTHING -> { }
    }
    if (signal == HealthSignal.AVOID || signal == HealthSignal.ACCOUNT || signal == HealthSignal.NOTHING) {
      slot.apply(Event.INCONCLUSIVE, now, rules);
    }
    if (signal == HealthSignal.OUT || signal == HealthSignal.COUNTS || signal == HealthSignal.COOL || failure.kind() == Kind.BUSY) {
      answered(group, slot, false, now);
    }
    if (signal != HealthSignal.NOTHING) {
      group.trouble();
    }
  }

  /**
   * @param answers it could be reached, and its answers are to blame: then only some may be out at once, so that no fault of all alike, or of
   *     ours, leaves nobody (R4.8)
   */
  private void eject(EndpointGroup group, EndpointSlot slot, Event event, boolean answers, long now) {
    while (true) {
      EndpointHealth before = slot.health();
      EndpointHealth next = before.next(event, now, rules);
      boolean out = next.ejections() > before.ejections();
      if (out ? goesOut(group, slot, before, event, answers, now) : next == before || slot.move(before, next)) {
        return;
      }
    }
  }

  /**
   * One at a time in a group: of two at once each would take the other for one that stays, and none would. For a few reads, and never where nothing
   * failed.
   *
   * @return false if the slot is not as it was {@code before}
   */
  private boolean goesOut(EndpointGroup group, EndpointSlot slot, EndpointHealth before, Event event, boolean answers, long now) {
    boolean healthy = before.state() == EndpointHealth.State.HEALTHY;
    synchronized (group.wayOut()) {
      if (slot.health() != before) {
        return false;
      }
      if (answers && healthy && !group.mayEject()) {
        group.ejected(EjectionCause.WITHHELD);
        return true;
      }
      if (!slot.move(before, before.next(event, now, rulesNow.apply(group, slot)))) {
        return false;
      }
      slot.outFor(answers);
      group.outNow(healthy, now);
      group.look(now);
    }
    group.ejected(!healthy ? EjectionCause.STILL_FAILING : event == Event.REFUSAL ? EjectionCause.UNREACHABLE
        : event == Event.OUTLIER ? EjectionCause.SUCCESS_RATE : EjectionCause.CONSECUTIVE);
    return true;
  }

  private void answered(EndpointGroup group, EndpointSlot slot, boolean well, long now) {
    if (group.answered(slot, well, now)) {
      for (EndpointSlot outlier : group.outliers()) {
        eject(group, outlier, Event.OUTLIER, true, now);
      }
      group.trouble();
    }
  }

  /**
   * Result of an active probe. Passive signals win over a lying probe: a good probe alone does not reopen an ejected endpoint early; nor at all, but
   * in a region that is lost, where no request would ask it: that region is then held, and ramped.
   */
  void probed(Endpoint endpoint, boolean healthy) {
    EndpointGroup group = board.known(endpoint.place());
    EndpointSlot slot = board.slot(endpoint);
    if (group == null || slot == null) {
      return;
    }
    long now = board.nanos();
    if (healthy) {
      slot.apply(Event.PROBE_GOOD, now, rules);
      slot.stopAvoiding(now);
      RegionHold hold = group.hold();
      if (hold != null && hold.lost() && slot.apply(Event.ASKED, now, rules) && slot.apply(Event.SUCCESS, now, rules)) {
        group.look(now);
        group.trouble();
      }
    } else {
      probedBad(group, slot, now);
      group.trouble();
    }
  }

  private void probedBad(EndpointGroup group, EndpointSlot slot, long now) {
    synchronized (group.wayOut()) {
      int ejections = slot.health().ejections();
      if (slot.apply(Event.PROBE_BAD, now, rules) && slot.health().ejections() > ejections) {
        slot.outFor(false);
        group.outNow(true, now);
        group.look(now);
        group.ejected(EjectionCause.PROBES);
      }
    }
  }
}
