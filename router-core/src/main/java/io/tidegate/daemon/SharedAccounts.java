package io.tidegate.daemon;

import io.tidegate.admission.share.AccountShare;
import io.tidegate.admission.share.Leases;
import io.tidegate.discovery.ConsulConfig;
import io.tidegate.discovery.ConsulLeases;
import io.tidegate.dispatch.UpstreamPlaces;
import io.tidegate.time.Ticker;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Turns what is heard of the leases into places at each account, once a second, on one thread (R7.7). */
final class SharedAccounts implements AutoCloseable {
  private static final long SECOND = 1_000_000_000L;
  private static final long STALE_NANOS = 10 * SECOND;
  private static final long SETTLE_NANOS = 15 * SECOND;
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final Map<String, AccountShare> shares = new HashMap<>();
  private final UpstreamPlaces places;
  private final Ticker ticker;
  private final ConsulLeases leases;

  SharedAccounts(ConsulConfig consul, String instance, Map<String, Integer> caps, int instances, UpstreamPlaces places, Ticker ticker) {
    this.places = places;
    this.ticker = ticker;
    caps.forEach((account, cap) -> shares.put(account, new AccountShare(cap, instances, SETTLE_NANOS, STALE_NANOS, ticker.nanos())));
    this.leases = new ConsulLeases(consul, List.copyOf(caps.keySet()), instance, LOOK, this::heard, this::looked);
    looked();
  }

  void start() {
    leases.start();
  }

  private void heard(String account, Leases now) {
    AccountShare share = shares.get(account);
    if (share != null) {
      share.heard(now, ticker.nanos());
    }
  }

  /** Whether or not anything was heard: silence counts as well. */
  private void looked() {
    shares.forEach((account, share) -> places.accountPart(account, share.part(ticker.nanos())));
  }

  /** When nothing of this router is in flight any more. */
  @Override
  public void close() {
    leases.close();
  }
}
