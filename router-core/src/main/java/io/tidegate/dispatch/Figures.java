package io.tidegate.dispatch;

import io.tidegate.dispatch.HealthBoard.Standing;
import io.tidegate.dispatch.region.RegionHold;
import io.tidegate.model.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The board as people and records see it: snapshots, which change nothing. Any thread. */
final class Figures {
  private final HealthBoard board;

  Figures(HealthBoard board) {
    this.board = board;
  }

  /** Every endpoint, by upstream name. A snapshot. */
  Map<String, List<EndpointStatus>> snapshot() {
    Map<String, List<EndpointStatus>> all = new TreeMap<>();
    long now = board.nanos();
    for (String upstream : board.names()) {
      List<EndpointStatus> list = new ArrayList<>();
      long slowStartNanos = board.slowStartNanos(upstream);
      for (EndpointGroup group : board.groupsOf(upstream)) {
        for (EndpointSlot slot : group.slots()) {
          EndpointHealth health = slot.health();
          boolean ejected = health.state() == EndpointHealth.State.EJECTED;
          list.add(new EndpointStatus(slot.endpoint(), health.state(), Math.max(health.failures(), health.badProbes()), slot.lastFailure(),
              ejected ? Math.max(0, health.untilNanos() - now) : 0, Math.max(slot.avoidForNanos(now), slot.coolForNanos(now)), slot.told(),
              slot.coolForNanos(now), slot.load().inFlight(), slot.weight(now, slowStartNanos) / (10 * slot.endpoint().weight())));
        }
      }
      all.put(upstream, List.copyOf(list));
    }
    return all;
  }

  /** How an upstream stands now. */
  Standing standing(String upstream) {
    int up = 0;
    int all = 0;
    for (EndpointGroup group : board.groupsOf(upstream)) {
      for (EndpointSlot slot : group.slots()) {
        all++;
        if (slot.health().state() != EndpointHealth.State.EJECTED) {
          up++;
        }
      }
    }
    return new Standing(up, all, board.accountAlarm(upstream));
  }

  /** How an upstream's regions stand, by name. */
  Map<String, RegionHold.State> regions(String upstream) {
    Map<String, RegionHold.State> all = new TreeMap<>();
    for (EndpointGroup group : board.groupsOf(upstream)) {
      RegionHold hold = group.hold();
      if (hold != null) {
        hold.share(board.nanos());
        all.put(Endpoint.region(group.place()), hold.state());
      }
    }
    return all;
  }

  /** How often an endpoint of {@code upstream} was picked for that reason; upstreams with one endpoint are not counted. */
  long picks(String upstream, PickReason why) {
    long sum = 0;
    for (EndpointGroup group : board.groupsOf(upstream)) {
      sum += group.picks(why);
    }
    return sum;
  }

  /** How often an endpoint of {@code upstream} was left out. */
  long ejections(String upstream, EjectionCause cause) {
    long sum = 0;
    for (EndpointGroup group : board.groupsOf(upstream)) {
      sum += group.ejections(cause);
    }
    return sum;
  }
}
