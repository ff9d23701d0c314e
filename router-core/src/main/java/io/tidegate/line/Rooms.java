package io.tidegate.line;

import io.tidegate.dispatch.Balancer;
import io.tidegate.dispatch.Catalog;
import io.tidegate.dispatch.HealthBoard;
import io.tidegate.time.WallClock;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Everything a walk passes through, wired once by the daemon.
 *
 * @param rules the policy in force now
 * @param balancers one per loop, by {@code Loop.index()}
 * @param clock civil time, for rules and records
 * @param sessions what is remembered of conversations
 * @param scanPool where a long scan goes on; bounded, and may refuse
 */
public record Rooms(Supplier<Rules> rules, Catalog catalog, HealthBoard health, List<Balancer> balancers, RequestEncoder encoder,
    Upstreams upstreams, AnswerCache cache, AuditLog audit, RequestDigest digest, Meters meters,
    WallClock clock, SessionLabels sessions, Executor scanPool, LineConfig config) {

  /** Rooms that remember no conversation. */
  public Rooms(Supplier<Rules> rules, Catalog catalog, HealthBoard health, List<Balancer> balancers, RequestEncoder encoder,
      Upstreams upstreams, AnswerCache cache, AuditLog audit, RequestDigest digest, Meters meters,
      WallClock clock, Executor scanPool, LineConfig config) {
    this(rules, catalog, health, balancers, encoder, upstreams, cache, audit, digest, meters, clock, SessionLabels.NONE, scanPool, config);
  }

  public Rooms {
    balancers = List.copyOf(balancers);
  }
}
