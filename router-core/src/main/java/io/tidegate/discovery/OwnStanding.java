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

  private final ConsulConfig config;
  private final OwnRegistration own;
  private final ConsulHttp http;
  private final ServiceQuery query;
  private final Following following;
  private volatile boolean maintenance;
  private volatile boolean hidden;

  public OwnStanding(ConsulConfig config, OwnRegistration own, RandomGenerator random) {
    // Where our agent is, and whatever our check says.
    this.config = config.withDatacenter(null).withChoice(ConsulConfig.Choice.ALL);
    this.own = own;
    this.http = new ConsulHttp(config);
    this.query = new ServiceQuery(this.config, http);
    this.following = new Following("consul-standing", this.config, new Following.Topic() {
      @Override
      public ConsulAnswer ask(long index) throws ConsulFailure, InterruptedException {
        return query.ask(own.service(), false, index, OwnStanding.this.config.longestWait().toNanos());
      }

      @Override
      public void answered(ConsulAnswer answer, boolean changed) throws ConsulFailure {
        seen(HealthRows.own(answer.body(), own.id(), OwnStanding.this.config.maxRows()));
      }

      @Override
      public void failed(ConsulFailure why, boolean first) {
        hidden |= why.isForWantOfRights();
      }
    }, random);
  }

  /** Begins. Once. */
  public void start() {
    following.start();
  }

  /** An operator wants no requests to come here for now. */
  public boolean inMaintenance() {
    return maintenance;
  }

  /** The agent confirms our registration, and our token does not see it: rights are missing. */
  public boolean hidden() {
    return hidden;
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

  /** Stops asking. Waits at most 1 s. */
  @Override
  public void close() {
    following.close();
    http.close();
  }
}
