package io.tidegate.discovery;

import io.tidegate.discovery.HealthRows.Own;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How Consul shows our own registration, by a blocking query: whether an operator put this daemon or its node into maintenance, and whether our token
 * sees it at all. A failure changes nothing. On a thread of its own.
 */
public final class OwnStanding implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OwnStanding.class);
  private static final int BURST = 8;
  private static final long REFILL_NANOS = 1_000_000_000L;

  private final ConsulConfig config;
  private final OwnRegistration own;
  private final ConsulHttp http;
  private final ServiceQuery query;
  private final RandomGenerator random;
  private final Thread thread;
  private volatile boolean closed;
  private volatile boolean maintenance;
  private volatile boolean hidden;

  public OwnStanding(ConsulConfig config, OwnRegistration own, RandomGenerator random) {
    // Where our agent is, and whatever our check says.
    this.config = config.withDatacenter(null).withChoice(ConsulConfig.Choice.ALL);
    this.own = own;
    this.http = new ConsulHttp(config);
    this.query = new ServiceQuery(this.config, http);
    this.random = random;
    this.thread = new Thread(null, this::run, "consul-standing", 256 << 10);
    thread.setDaemon(true);
  }

  /** Begins. Once. */
  public void start() {
    thread.start();
  }

  /** An operator wants no requests to come here for now. */
  public boolean inMaintenance() {
    return maintenance;
  }

  /** The agent confirms our registration, and our token does not see it: rights are missing. */
  public boolean hidden() {
    return hidden;
  }

  private void run() {
    long index = 0;
    int failures = 0;
    TokenBucket bucket = new TokenBucket(BURST, REFILL_NANOS, System.nanoTime());
    try {
      while (!closed) {
        pause(failures == 0 ? bucket.take(System.nanoTime())
            : Backoff.waitNanos(failures, config.backoffBase().toNanos(), config.backoffCap().toNanos(), random));
        try {
          ConsulAnswer answer = query.ask(own.service(), false, index, config.longestWait().toNanos());
          if (answer.index() < index) {
            index = 0;
            continue;
          }
          seen(HealthRows.own(answer.body(), own.id(), config.maxRows()));
          index = Math.max(1, answer.index());
          failures = 0;
        } catch (ConsulFailure failure) {
          index = 0;
          hidden |= failure.isForWantOfRights();
          failures = Math.min(failures + 1, 1_000);
        }
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private void seen(Own now) {
    boolean sees = now != Own.ABSENT;
    if (!sees && own.registered() && !hidden) {
      LOG.warn("Consul does not show our own registration {} to our token: rights (node:read, service:read) are missing", own.id());
    }
    hidden = !sees && own.registered();
    boolean wanted = sees ? now == Own.MAINTENANCE : maintenance && own.registered();
    if (wanted != maintenance) {
      LOG.info(wanted ? "in maintenance: not ready until Consul says otherwise" : "maintenance is over");
    }
    maintenance = wanted;
  }

  private static void pause(long nanos) throws InterruptedException {
    if (nanos > 0) {
      Thread.sleep(nanos / 1_000_000, (int) (nanos % 1_000_000));
    }
  }

  /** Stops asking. Waits at most 1 s. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(1_000);
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
    http.close();
  }
}
