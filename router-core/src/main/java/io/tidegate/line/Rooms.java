package io.tidegate.line;

import io.tidegate.decide.Decision;
import io.tidegate.dispatch.Balancer;
import io.tidegate.dispatch.Candidate;
import io.tidegate.dispatch.Catalog;
import io.tidegate.dispatch.HealthBoard;
import io.tidegate.dispatch.retry.Retries;
import io.tidegate.dispatch.retry.RetryTerms;
import io.tidegate.time.Loop;
import io.tidegate.time.WallClock;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Everything a walk passes through, wired once by the daemon.
 *
 * @param rules the policy in force now
 * @param balancers one per loop, by {@code Loop.index()}
 * @param clock civil time, for rules and records
 * @param scanPool where a long scan goes on; bounded, and may refuse
 * @param external detectors in other processes
 * @param sessions what is remembered of conversations
 * @param flights calls that equal requests share
 * @param merging embedding requests that wait to go as one call
 * @param semantic of answered questions that ask the same in other words
 * @param tracing notes what requests do and when
 * @param retries of further attempts; one per loop, by {@code Loop.index()}
 */
public record Rooms(Supplier<Rules> rules, Catalog catalog, HealthBoard health, List<Balancer> balancers, RequestEncoder encoder,
    Upstreams upstreams, AnswerCache cache, AuditLog audit, RequestDigest digest, Meters meters,
    WallClock clock, Executor scanPool, LineConfig config, ExternalDetectors external, SessionLabels sessions,
    List<Retries> retries, SingleFlight flights, Merging merging, SemanticCache semantic, Tracing tracing) {
  public Rooms {
    balancers = List.copyOf(balancers);
    retries = List.copyOf(retries);
  }

  /** Fixed here for a whole request (hazards A3, A4). */
  List<Candidate> candidates(Decision decision, Loop loop) {
    List<Candidate> all = catalog.candidates(decision);
    return catalog.regional() ? balancers.get(loop.index()).arranged(all) : all;
  }

  /** Without traces. */
  public Rooms(Supplier<Rules> rules, Catalog catalog, HealthBoard health, List<Balancer> balancers, RequestEncoder encoder, Upstreams upstreams,
      AnswerCache cache, AuditLog audit, RequestDigest digest, Meters meters, WallClock clock, Executor scanPool, LineConfig config,
      ExternalDetectors external, SessionLabels sessions, List<Retries> retries, SingleFlight flights, Merging merging, SemanticCache semantic) {
    this(rules, catalog, health, balancers, encoder, upstreams, cache, audit, digest, meters, clock, scanPool, config, external, sessions, retries, flights,
        merging, semantic, Tracing.OFF);
  }

  /** Without answers to other questions. */
  public Rooms(Supplier<Rules> rules, Catalog catalog, HealthBoard health, List<Balancer> balancers, RequestEncoder encoder, Upstreams upstreams,
      AnswerCache cache, AuditLog audit, RequestDigest digest, Meters meters, WallClock clock, Executor scanPool, LineConfig config,
      ExternalDetectors external, SessionLabels sessions, List<Retries> retries, SingleFlight flights, Merging merging) {
    this(rules, catalog, health, balancers, encoder, upstreams, cache, audit, digest, meters, clock, scanPool, config, external, sessions, retries, flights,
        merging, SemanticCache.OFF);
  }

  /** Without waiting: an attempt that fails is followed by another elsewhere, or by none; and where no call is shared. */
  public Rooms(Supplier<Rules> rules, Catalog catalog, HealthBoard health, List<Balancer> balancers, RequestEncoder encoder, Upstreams upstreams,
      AnswerCache cache, AuditLog audit, RequestDigest digest, Meters meters, WallClock clock, Executor scanPool, LineConfig config,
      ExternalDetectors external, SessionLabels sessions) {
    this(rules, catalog, health, balancers, encoder, upstreams, cache, audit, digest, meters, clock, scanPool, config, external, sessions,
        balancers.stream().map(loop -> new Retries(RetryTerms.NONE, new SplittableRandom(1))).toList(),
        SingleFlight.OFF, Merging.OFF);
  }

  /** Without memory of conversations. */
  public Rooms(Supplier<Rules> rules, Catalog catalog, HealthBoard health, List<Balancer> balancers, RequestEncoder encoder, Upstreams upstreams,
      AnswerCache cache, AuditLog audit, RequestDigest digest, Meters meters, WallClock clock, Executor scanPool, LineConfig config,
      ExternalDetectors external) {
    this(rules, catalog, health, balancers, encoder, upstreams, cache, audit, digest, meters, clock, scanPool, config, external, SessionLabels.NONE);
  }

  /** Without detectors outside the process, and without memory of conversations. */
  public Rooms(Supplier<Rules> rules, Catalog catalog, HealthBoard health, List<Balancer> balancers, RequestEncoder encoder, Upstreams upstreams,
      AnswerCache cache, AuditLog audit, RequestDigest digest, Meters meters, WallClock clock, Executor scanPool, LineConfig config) {
    this(rules, catalog, health, balancers, encoder, upstreams, cache, audit, digest, meters, clock, scanPool, config, ExternalDetectors.NONE);
  }
}
