package io.tidegate.discovery;

import io.tidegate.discovery.ConsulFailure.Kind;
import io.tidegate.discovery.WatchMemory.Outcome;
import io.tidegate.model.Endpoint;
import io.tidegate.model.Upstream;
import io.tidegate.time.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows one service for one upstream on a thread of its own, until that is interrupted. Logs transitions, not repetitions. */
final class ServiceWatch implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceWatch.class);

  private final ConsulConfig config;
  private final Upstream upstream;
  private final String service;
  private final boolean mesh;
  private final ServiceQuery query;
  private final Endpoints endpoints;
  private final @Nullable OwnRegistration own;
  private final Ticker ticker;
  private final RandomGenerator random;
  private final WatchMemory memory;
  private final TokenBucket bucket;
  private final WatchCounters counters;
  private int failuresInRow;
  private int loggedDrops;
  private Set<String> loggedUnreadable = Set.of();
  private boolean saidRights;
  /** The last answer showed nothing for want of rights. */
  private boolean lostSight;

  ServiceWatch(ConsulConfig config, Upstream upstream, String service, ServiceQuery query, Endpoints endpoints,
      @Nullable OwnRegistration own, Ticker ticker, RandomGenerator random) {
    this.config = config;
    this.upstream = upstream;
    this.service = service;
    Upstream.Tls tls = upstream.tls();
    this.mesh = tls != null && tls.mesh();
    this.query = query;
    this.endpoints = endpoints;
    this.own = own;
    this.ticker = ticker;
    this.random = random;
    this.memory = new WatchMemory(config.emptyGrace().toNanos(), config.amnesiaGrace().toNanos());
    this.bucket = new TokenBucket(config.burst(), config.refill().toNanos(), ticker.nanos());
    this.counters = new WatchCounters(ticker.nanos());
  }

  DiscoveryStatus.Watched snapshot() {
    return counters.snapshot(upstream.name(), service, ticker.nanos());
  }

  @Override
  public void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        pause(failuresInRow == 0 ? bucket.take(ticker.nanos())
            : Backoff.waitNanos(failuresInRow, config.backoffBase().toNanos(), config.backoffCap().toNanos(), random));
        try {
          step();
          recovered();
        } catch (ConsulFailure failure) {
          failed(failure);
        }
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private void step() throws ConsulFailure, InterruptedException {
    counters.queried();
    ConsulAnswer answer = query.ask(service, mesh, memory.index(), memory.waitNanos(config.longestWait().toNanos(), ticker.nanos()));
    HealthRows rows = HealthRows.read(answer.body(), upstream.networks(), config.maxRows(), config.choice().near());
    counters.read(rows);
    logDrops(rows);
    boolean leaderless = !answer.knownLeader() || answer.lastContactMillis() > config.maxLastContact().toMillis();
    List<Instance> missing = rows.missing(memory.published());
    boolean blind = (rows.total() == 0 || !missing.isEmpty()) && (answer.filteredByAcls() || lostAtSameState(answer, missing) || ownIsHidden());
    // An agent that says when it filters says by its silence that it does not.
    lostSight = blind && rows.total() == 0 && !answer.filteredByAcls();
    List<Instance> usable = blind ? rows.usableAnd(missing, config.choice().near()) : rows.usable();
    long now = ticker.nanos();
    Outcome outcome = memory.answered(answer.index(), leaderless, blind, rows.total(), usable, now);
    switch (outcome) {
      case CHANGED -> publish(usable);
      case SAME -> { }
      case HELD -> {
        return;
      }
      case WENT_BACK -> {
        counters.wentBack();
        return;
      }
      case DOUBTED -> throw new ConsulFailure(Kind.DOUBTFUL);
      case BLIND -> throw new ConsulFailure(Kind.RIGHTS);
    }
    if (blind && !missing.isEmpty()) {
      // What is shown counts; of what is not, nothing is known.
      throw new ConsulFailure(Kind.RIGHTS);
    }
    counters.confirmed(memory.published().size(), now);
  }

  /**
   * Rows went without a change in Consul: rights went. Then, unless our own row can tell, it stays so until a row is shown. Not in a mesh: there an
   * index is the highest of several services', and one that goes does not raise it.
   */
  private boolean lostAtSameState(ConsulAnswer answer, List<Instance> missing) {
    return !mesh && !missing.isEmpty() && (memory.isOfSameState(answer.index()) || lostSight && (own == null || !own.registered()));
  }

  private boolean ownIsHidden() throws ConsulFailure, InterruptedException {
    return own != null && own.registered() && !query.shows(own);
  }

  private void publish(List<Instance> rows) throws ConsulFailure {
    List<Endpoint> list = new ArrayList<>(rows.size());
    for (Instance row : rows) {
      list.add(row.endpoint(upstream.name()));
    }
    try {
      endpoints.replace(upstream.name(), List.copyOf(list));
    } catch (RuntimeException defect) {
      LOG.error("endpoints of upstream {} were not taken over", upstream.name(), defect);
      throw new ConsulFailure(Kind.RECEIVER);
    }
    memory.published(rows);
    LOG.info("upstream {}: {} endpoints from Consul service {}", upstream.name(), list.size(), service);
  }

  private void logDrops(HealthRows rows) {
    if (!rows.unreadable().equals(loggedUnreadable)) {
      loggedUnreadable = rows.unreadable();
      if (!loggedUnreadable.isEmpty()) {
        LOG.warn("upstream {}: metadata of Consul service {} that cannot be read: {}; with an unreadable clearance or model an instance is not used",
            upstream.name(), service, loggedUnreadable);
      }
    }
    int now = rows.droppedRows();
    if (now != loggedDrops) {
      loggedDrops = now;
      if (now > 0) {
        LOG.warn("upstream {}: {} of {} rows of Consul service {} not used {}; first address outside its networks: {}", upstream.name(),
            now, rows.total(), service, rows.dropped(), rows.firstOutside() == null ? "none" : rows.firstOutside());
      }
    }
  }

  private void failed(ConsulFailure failure) {
    memory.failed();
    counters.failed(failure);
    if (failure.isForWantOfRights() && !saidRights) {
      saidRights = true;
      LOG.warn("upstream {}: the Consul token may not see service {} any more ({}): that is a matter of ACLs, not of instances; its {} endpoints stay",
          upstream.name(), service, failure.getMessage(), memory.published().size());
    } else if (failuresInRow == 0) {
      LOG.warn("upstream {}: Consul service {} can't be followed ({}), its {} endpoints stay", upstream.name(), service,
          failure.getMessage(), memory.published().size());
    }
    failuresInRow = Math.min(failuresInRow + 1, 1000);
  }

  private void recovered() {
    saidRights = false;
    if (failuresInRow > 0) {
      LOG.info("upstream {}: Consul service {} is followed again", upstream.name(), service);
      failuresInRow = 0;
    }
  }

  private static void pause(long nanos) throws InterruptedException {
    if (nanos > 0) {
      Thread.sleep(nanos / 1_000_000, (int) (nanos % 1_000_000));
    }
  }
}
