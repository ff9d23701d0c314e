package io.tidegate.fake;

import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.retry.RetryRefusal;
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
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Counts in memory. Any thread. */
public final class CountingMeters implements Meters {
  public final AtomicInteger decided = new AtomicInteger();
  public final AtomicInteger ended = new AtomicInteger();
  public final AtomicInteger egressRefused = new AtomicInteger();
  public final AtomicInteger offLoop = new AtomicInteger();
  public final List<Throwable> defects = Collections.synchronizedList(new ArrayList<>());
  /** One entry for each end, such as {@code PUBLIC answered MISS}, {@code none BUSY BYPASS}, {@code none cancelled MISS}. */
  public final List<String> ends = Collections.synchronizedList(new ArrayList<>());
  public final List<Usage> usages = Collections.synchronizedList(new ArrayList<>());
  public final AtomicInteger batchItems = new AtomicInteger();
  public final AtomicInteger merged = new AtomicInteger();
  public final AtomicInteger coalesced = new AtomicInteger();
  public final AtomicInteger firstTokens = new AtomicInteger();
  public final AtomicInteger firstChunks = new AtomicInteger();
  public final List<String> attempts = Collections.synchronizedList(new ArrayList<>());

  public final List<RetryRefusal> retriesRefused = Collections.synchronizedList(new ArrayList<>());
  public final AtomicInteger hedgesBegun = new AtomicInteger();
  public final AtomicLong hedgeTokens = new AtomicLong();
  public final AtomicInteger hedgesWon = new AtomicInteger();

  @Override
  public void decided(Sensitivity sensitivity, LatencyClass latencyClass, List<Destination> route, List<String> rules) {
    decided.incrementAndGet();
  }

  @Override
  public void ended(Operation operation, String tenant, RouteInfo route, @Nullable Destination destination, @Nullable Refusal refusal, long durationNanos,
      long firstTokenNanos, Usage usage, @Nullable RequestTrace trace) {
    ended.incrementAndGet();
    String how = refusal != null ? refusal.name() : destination == null ? "cancelled" : "answered";
    ends.add((destination == null ? "none" : destination) + " " + how + " " + route.cache());
    usages.add(usage);
  }

  @Override
  public void firstToken(Operation operation, LatencyClass latencyClass, long nanos, @Nullable RequestTrace trace) {
    firstTokens.incrementAndGet();
  }

  @Override
  public void firstChunk(Operation operation, String upstream, long nanos) {
    firstChunks.incrementAndGet();
  }

  @Override
  public void batch(int items) {
    batchItems.addAndGet(items);
  }

  @Override
  public void merged() {
    merged.incrementAndGet();
  }

  @Override
  public void coalesced() {
    coalesced.incrementAndGet();
  }

  @Override
  public void attempt(Operation operation, String upstream, Zone zone, AttemptFailure.@Nullable Kind failure, long durationNanos) {
    attempts.add(upstream + ":" + (failure == null ? "answered" : failure));
  }

  @Override
  public void retryRefused(RetryRefusal reason) {
    retriesRefused.add(reason);
  }

  @Override
  public void hedged(long tokens) {
    hedgesBegun.incrementAndGet();
    hedgeTokens.addAndGet(tokens);
  }

  @Override
  public void hedgeWon() {
    hedgesWon.incrementAndGet();
  }

  @Override
  public void egressRefused() {
    egressRefused.incrementAndGet();
  }

  @Override
  public void defect(Throwable defect) {
    defects.add(defect);
  }

  @Override
  public void classified(long nanos, boolean leftLoop) {
    if (leftLoop) {
      offLoop.incrementAndGet();
    }
  }
}
