package io.tidegate.discovery;

import io.tidegate.discovery.ConsulFailure.Kind;
import io.tidegate.discovery.DiscoveryStatus.Watched;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Counts of one watch: written by its thread, read by any. */
final class WatchCounters {
  private final AtomicLong queries = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private final AtomicLong doubted = new AtomicLong();
  private final AtomicLong wentBack = new AtomicLong();
  private final Map<Drop, AtomicLong> dropped = new EnumMap<>(Drop.class);
  private final AtomicLong confirmedAtNanos;
  private volatile int droppedNow;
  private volatile int endpoints;
  private volatile boolean heard;
  /** Until Consul says otherwise. */
  private volatile boolean rights = true;

  WatchCounters(long nowNanos) {
    confirmedAtNanos = new AtomicLong(nowNanos);
    for (Drop why : Drop.values()) {
      dropped.put(why, new AtomicLong());
    }
  }

  void queried() {
    queries.incrementAndGet();
  }

  void failed(ConsulFailure failure) {
    failures.incrementAndGet();
    if (failure.isForWantOfRights()) {
      rights = false;
    }
    if (failure.kind() == Kind.DOUBTFUL || failure.kind() == Kind.RIGHTS) {
      doubted.incrementAndGet();
    }
  }

  void wentBack() {
    wentBack.incrementAndGet();
  }

  void read(HealthRows rows) {
    rows.dropped().forEach((why, count) -> {
      AtomicLong sum = dropped.get(why);
      if (sum != null) {
        sum.addAndGet(count);
      }
    });
    droppedNow = rows.droppedRows();
  }

  void confirmed(int endpointsInForce, long nowNanos) {
    endpoints = endpointsInForce;
    confirmedAtNanos.set(nowNanos);
    heard = true;
    rights = true;
  }

  Watched snapshot(String upstream, String service, long nowNanos) {
    Map<Drop, Long> sums = new EnumMap<>(Drop.class);
    dropped.forEach((why, count) -> sums.put(why, count.get()));
    return new Watched(upstream, service, heard, queries.get(), failures.get(), doubted.get(), wentBack.get(), Map.copyOf(sums), droppedNow,
        endpoints, nowNanos - confirmedAtNanos.get(), !rights);
  }
}
