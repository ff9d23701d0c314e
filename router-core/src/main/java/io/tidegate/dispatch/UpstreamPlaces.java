package io.tidegate.dispatch;

import io.tidegate.admission.limit.Ending;
import io.tidegate.admission.limit.Limiter;
import io.tidegate.admission.limit.Permit;
import io.tidegate.admission.queue.Places;
import io.tidegate.dispatch.EndpointHealth.Event;
import io.tidegate.model.Endpoint;
import io.tidegate.model.LatencyClass;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What may be in flight at each endpoint and in each account, and what is. Any thread; nothing blocks. */
public final class UpstreamPlaces implements Places {
  private final HealthBoard board;
  private volatile Permit.Freed freed = () -> { };
  private volatile @Nullable Reserve reserve;

  UpstreamPlaces(HealthBoard board) {
    this.board = board;
  }

  /** Who hears of places that are given back. Set once, before traffic. */
  public void whenFreed(Permit.Freed listener) {
    freed = listener;
  }

  /** What batches leave free, for those who wait at a screen. */
  @FunctionalInterface
  public interface Reserve {
    /** @param limit what may be in flight at the upstream. Less than that. */
    int places(int limit);
  }

  /** Who knows what batches are to leave free: without anybody they may take all. Set once, before traffic. */
  public void reserve(Reserve by) {
    reserve = by;
  }

  /** Whether what is free at {@code place} is not for a batch. */
  public boolean keptFromBatches(String place) {
    return reserve != null && free(place) > 0 && free(place, LatencyClass.BATCH) <= 0;
  }

  /**
   * A place at a picked endpoint and in its account; null if another took the last one meanwhile. Many look first and take then: a place that
   * turns out to be kept for others is given back.
   *
   * @param called whether it takes a place that was kept for it
   * @param batch whether it leaves free what is not for batches
   */
  public @Nullable Permit admit(Endpoint endpoint, boolean called, boolean batch) {
    EndpointGroup group = board.known(endpoint.place());
    if (group == null || !group.limited()) {
      return Permit.UNLIMITED;
    }
    EndpointSlot slot = group.slot(endpoint);
    if (slot == null) {
      // It went between the pick and now: whoever asked it all the same would be counted nowhere.
      return null;
    }
    long now = board.nanos();
    Permit permit = Permit.take(slot.limiter(), group.account(), freed, now);
    // Who tries one that was out gives nothing back: that would end the probe, and nobody knows any sooner whether it is well.
    boolean tries = slot.health().state() != EndpointHealth.State.HEALTHY;
    if (permit != null && !called && !tries && (group.overtaken(now) || batch && overReserve(group, now))) {
      permit.close(Ending.OTHER, now);
      permit = null;
    }
    if (permit == null) {
      // It may have been picked as a probe, which was not made.
      slot.apply(Event.INCONCLUSIVE, now, board.rules(group, slot));
    }
    return permit;
  }

  /** This router's part of an upstream's account is {@code places} from now on; nothing where there is no account with a cap. */
  public void accountPart(String upstream, int places) {
    Limiter account = board.account(upstream);
    if (account != null) {
      account.cap(places);
      freed.freed();
    }
  }

  private boolean overReserve(EndpointGroup group, long now) {
    Reserve by = reserve;
    return by != null && group.free(now) < by.places(group.most(now));
  }

  @Override
  public int free(String place) {
    EndpointGroup group = board.known(place);
    return group == null ? 0 : group.free(board.nanos());
  }

  @Override
  public int free(String place, LatencyClass latencyClass) {
    EndpointGroup group = board.known(place);
    Reserve kept = latencyClass == LatencyClass.BATCH ? reserve : null;
    if (group == null || kept == null || !group.limited()) {
      return free(place);
    }
    long now = board.nanos();
    return group.free(now) - kept.places(group.most(now));
  }

  @Override
  public void keep(String place) {
    keep(place, 1);
  }

  @Override
  public void unkeep(String place) {
    keep(place, -1);
  }

  private void keep(String place, int by) {
    EndpointGroup group = board.known(place);
    if (group != null) {
      group.keep(by);
    }
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
    board.forEach((upstream, groups) -> {
      add(all, upstream, "", board.account(upstream));
      for (EndpointGroup group : groups) {
        for (EndpointSlot slot : group.slots()) {
          add(all, upstream, slot.endpoint().id(), slot.limiter());
        }
      }
    });
    return all;
  }

  private static void add(List<LimitStatus> to, String upstream, String endpoint, @Nullable Limiter limiter) {
    if (limiter != null) {
      to.add(new LimitStatus(upstream, endpoint, limiter.limit(), limiter.inFlight(), limiter.capacity(), limiter.closedAgain()));
    }
  }
}
