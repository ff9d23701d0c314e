package io.tidegate.daemon.jobs;

import io.tidegate.dispatch.AttemptFailure;
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
import org.jspecify.annotations.Nullable;

/**
 * Counts interactive requests under way, and gives jobs the room they leave: all of it while there are none, none of it while there are; but one line at a time
 * once they have been there for a second without a gap, so that a job never starves. Stands before the meters only where there are jobs. Any thread.
 */
public final class Interactive implements Meters, Headroom {
  private static final long PATIENCE_NANOS = 1_000_000_000L;

  private final Meters meters;
  private final Ticker ticker;
  private final AtomicInteger underWay = new AtomicInteger();
  /** Of the jobs' thread: since when every look found somebody. */
  private long busySince;
  private boolean busy;

  public Interactive(Meters meters, Ticker ticker) {
    this.meters = meters;
    this.ticker = ticker;
  }

  @Override
  public int lines(int parallel) {
    if (underWay.get() <= 0) {
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

  @Override
  public void decided(Sensitivity sensitivity, LatencyClass latencyClass, List<Destination> route, List<String> rules) {
    if (latencyClass == LatencyClass.INTERACTIVE) {
      underWay.incrementAndGet();
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
