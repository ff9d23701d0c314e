package io.tidegate.daemon.jobs;

import io.tidegate.admission.queue.WaitingRoom;
import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.UpstreamPlaces;
import io.tidegate.dispatch.retry.RetryRefusal;
import io.tidegate.jobs.Headroom;
import io.tidegate.line.Meters;
import io.tidegate.line.RequestTrace;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.Destination;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Operation;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Zone;
import io.tidegate.time.Ticker;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Counts interactive requests under way, and gives jobs the room they leave: all of it while there are none, none of it while there are, or while anybody waits
 * for a place; but one line at a time once that has been so for a second without a gap, so that a job never starves. Lines that are under way when interactive
 * requests come are in nobody's way either: of an upstream's places batches leave free as many as interactive requests had lately, see {@link #places}. Stands
 * before the meters only where there are jobs. Any thread.
 */
public final class Interactive implements Meters, Headroom, UpstreamPlaces.Reserve {
  private static final long PATIENCE_NANOS = 1_000_000_000L;
  /** What came in the last one or two of these is what may come again. */
  private static final long WINDOW_NANOS = 30_000_000_000L;
  /** Of an upstream's places one in so many is left free even where nobody came lately. */
  private static final int LEAST = 8;

  private final Meters meters;
  private final Ticker ticker;
  private final AtomicInteger underWay = new AtomicInteger();
  /** The most that were under way in this window, and in the one before. */
  private final AtomicInteger most = new AtomicInteger();
  private volatile int mostBefore;
  private final AtomicLong windowEnd;
  private volatile @Nullable WaitingRoom room;
  /** Of the jobs' thread: since when every look found somebody. */
  private long busySince;
  private boolean busy;

  public Interactive(Meters meters, Ticker ticker) {
    this.meters = meters;
    this.ticker = ticker;
    this.windowEnd = new AtomicLong(ticker.nanos() + WINDOW_NANOS);
  }

  /** Where those wait who met no free place. Once, before the jobs begin. */
  public void waitIn(WaitingRoom theRoom) {
    room = theRoom;
  }

  private boolean anybody() {
    WaitingRoom theRoom = room;
    return underWay.get() > 0 || theRoom != null && theRoom.anybodyWaits();
  }

  @Override
  public int lines(int parallel) {
    if (!anybody()) {
      busy = false;
      return parallel;
    }
    long now = ticker.nanos();
    if (!busy) {
      busy = true;
      busySince = now;
    }
    return now - busySince >= PATIENCE_NANOS ? 1 : 0;
  }

  /**
   * As many as interactive requests had lately at a time, without those that they have now; an eighth at the least, half at the most. The only place of an
   * upstream is kept from nobody.
   */
  @Override
  public int places(int limit) {
    int atMost = limit / 2;
    int atLeast = Math.min(atMost, (limit + LEAST - 1) / LEAST);
    return Math.max(atLeast, Math.min(atMost, lately() - Math.max(0, underWay.get())));
  }

  private int lately() {
    long now = ticker.nanos();
    long end = windowEnd.get();
    if (now - end >= 0 && windowEnd.compareAndSet(end, now + WINDOW_NANOS)) {
      int seen = most.getAndSet(underWay.get());
      mostBefore = now - end < WINDOW_NANOS ? seen : 0;
    }
    return Math.max(most.get(), mostBefore);
  }

  @Override
  public void decided(Sensitivity sensitivity, LatencyClass latencyClass, List<Destination> route, List<String> rules) {
    if (latencyClass == LatencyClass.INTERACTIVE) {
      int now = underWay.incrementAndGet();
      if (now > most.get()) {
        most.accumulateAndGet(now, Math::max);
      }
    }
    meters.decided(sensitivity, latencyClass, route, rules);
  }

  /** What ends without a decision is never said to be interactive. */
  @Override
  public void ended(Operation operation, String tenant, RouteInfo route, @Nullable Destination destination, @Nullable Refusal refusal, long durationNanos,
      long firstTokenNanos, Usage usage, @Nullable RequestTrace trace) {
    if (route.latencyClass() == LatencyClass.INTERACTIVE) {
      underWay.decrementAndGet();
    }
    meters.ended(operation, tenant, route, destination, refusal, durationNanos, firstTokenNanos, usage, trace);
  }

  @Override
  public void firstToken(Operation operation, LatencyClass latencyClass, long nanos, @Nullable RequestTrace trace) {
    meters.firstToken(operation, latencyClass, nanos, trace);
  }

  @Override
  public void firstChunk(Operation operation, String upstream, long nanos) {
    meters.firstChunk(operation, upstream, nanos);
  }

  @Override
  public void batch(int items) {
    meters.batch(items);
  }

  @Override
  public void merged() {
    meters.merged();
  }

  @Override
  public void coalesced() {
    meters.coalesced();
  }

  @Override
  public void attempt(Operation operation, String upstream, Zone zone, AttemptFailure.@Nullable Kind failure, long durationNanos) {
    meters.attempt(operation, upstream, zone, failure, durationNanos);
  }

  @Override
  public void retryRefused(RetryRefusal reason) {
    meters.retryRefused(reason);
  }

  @Override
  public void hedged(long tokens) {
    meters.hedged(tokens);
  }

  @Override
  public void hedgeWon() {
    meters.hedgeWon();
  }

  @Override
  public void egressRefused() {
    meters.egressRefused();
  }

  @Override
  public void defect(Throwable defect) {
    meters.defect(defect);
  }

  @Override
  public void classified(long nanos, boolean offLoop) {
    meters.classified(nanos, offLoop);
  }
}
