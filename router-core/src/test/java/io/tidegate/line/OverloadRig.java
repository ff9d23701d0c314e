package io.tidegate.line;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidegate.admission.limit.LimitRules;
import io.tidegate.admission.limit.Permit;
import io.tidegate.admission.queue.QueueRules;
import io.tidegate.admission.queue.WaitingRoom;
import io.tidegate.admission.rate.TenantLimits;
import io.tidegate.admission.rate.TenantRule;
import io.tidegate.cache.ExactCache;
import io.tidegate.dispatch.Balancer;
import io.tidegate.dispatch.Catalog;
import io.tidegate.dispatch.HealthBoard;
import io.tidegate.dispatch.UpstreamPlaces;
import io.tidegate.dispatch.retry.Retries;
import io.tidegate.dispatch.retry.RetryTerms;
import io.tidegate.fake.CountingMeters;
import io.tidegate.fake.FakeLoop;
import io.tidegate.fake.RecordingAudit;
import io.tidegate.fake.RecordingSink;
import io.tidegate.fake.SlottedUpstreams;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Refusal;
import io.tidegate.model.TraceContext;
import io.tidegate.policy.Policies;
import io.tidegate.policy.PolicyBundle;
import io.tidegate.time.Loop;
import io.tidegate.wire.Splices;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The production line in virtual time before model servers with slots: {@code home} (PRIVATE, endpoint h1) and {@code cloud} (PUBLIC, endpoint c1).
 */
final class OverloadRig {
  static final long SECOND = 1_000_000_000L;

  final FakeLoop loop = new FakeLoop();
  final SlottedUpstreams upstreams = new SlottedUpstreams();
  final CountingMeters meters = new CountingMeters();
  final RecordingAudit audit = new RecordingAudit();
  final HealthBoard health;
  final WaitingRoom room;
  final Admission admission;
  final List<Walked> walked = new ArrayList<>();
  final List<RequestTrace> traces = new ArrayList<>();
  /** What happens elsewhere while a request's body is written, after it was called and before it has its place. */
  Runnable meanwhile = () -> { };
  /** What happens elsewhere each time somebody looks how an upstream stands. */
  Runnable looked = () -> { };
  private final RequestLine line;
  private int asked;

  /** One request and what became of it. */
  static final class Walked {
    final LatencyClass latencyClass;
    final String tenant;
    final long sentNanos;
    final RecordingSink sink = new RecordingSink();
    Line.Walk walk = new Line.Walk() {
      @Override
      public void cancel() { }

      @Override
      public void writable() { }
    };
    long endNanos = -1;
    long firstNanos = -1;

    Walked(LatencyClass latencyClass, String tenant, long sentNanos) {
      this.latencyClass = latencyClass;
      this.tenant = tenant;
      this.sentNanos = sentNanos;
    }

    boolean answered() {
      return sink.over() && sink.error == null;
    }

    boolean refused(Refusal refusal) {
      return sink.error != null && sink.error.refusal() == refusal;
    }
  }

  /** What stands in the way: nothing is, unless switched on. */
  record Setting(boolean limited, QueueRules queue, Map<String, Integer> accounts, List<TenantRule> tenants, PolicyBundle policy,
      RetryTerms retries) {
    static final Setting LIMITED = new Setting(true, QueueRules.DEFAULT, Map.of(), List.of(), Policies.bundle(
        "routes: {internal: {interactive: [private], standard: [private], batch: [private]}}"), RetryTerms.NONE);

    Setting off() {
      return new Setting(false, queue, accounts, tenants, policy, retries);
    }

    Setting queue(QueueRules rules) {
      return new Setting(limited, rules, accounts, tenants, policy, retries);
    }

    Setting accounts(Map<String, Integer> caps) {
      return new Setting(limited, queue, caps, tenants, policy, retries);
    }

    Setting tenants(TenantRule... rules) {
      return new Setting(limited, queue, accounts, List.of(rules), policy, retries);
    }

    Setting retrying() {
      return new Setting(limited, queue, accounts, tenants, policy, RetryTerms.DEFAULT);
    }

    Setting policy(String spec) {
      return new Setting(limited, queue, accounts, tenants, Policies.bundle(spec), retries);
    }
  }

  OverloadRig(Setting setting) {
    this(setting, null);
  }

  /** @param elsewhere where the waiting room is; null for the requests' own loop */
  OverloadRig(Setting setting, @Nullable Loop elsewhere) {
    health = new HealthBoard(this::lookedAt, new HealthBoard.HealthRules(1_000_000, 5 * SECOND, 60 * SECOND, 300 * SECOND),
        new LimitRules(setting.limited ? Set.of("home") : Set.of(), setting.accounts, 1));
    health.endpoints("home", List.of(LineRig.endpoint("home", "h1")));
    health.endpoints("cloud", List.of(LineRig.endpoint("cloud", "c1")));
    upstreams.target("h1", 20);
    upstreams.target("c1", 1_000);
    room = new WaitingRoom(elsewhere == null ? loop : elsewhere, health.places(), setting.queue);
    health.places().whenFreed(room::freed);
    admission = new Admission(setting.limited || !setting.accounts.isEmpty() ? room : null, 2 * SECOND, new TenantLimits(setting.tenants, loop.nanos()), 100);
    Rules rules = LineRig.rules(setting.policy);
    RequestEncoder encoder = (request, upstream, model) -> {
      meanwhile.run();
      return new Splices(request.prompt().json()).apply();
    };
    line = new RequestLine(new Rooms(() -> rules, new Catalog(List.of(LineRig.HOME, LineRig.CLOUD)), health, List.of(new Balancer(health)), encoder,
        upstreams, new ExactCache(0, loop), audit, new RequestDigest(new byte[32]), meters, () -> LineRig.NOW, Runnable::run, LineConfig.DEFAULT, ExternalDetectors.NONE,
        SessionLabels.NONE, List.of(new Retries(setting.retries, new SplittableRandom(1))), SingleFlight.OFF, Merging.OFF, SemanticCache.OFF, new Noted()),
        admission);
  }

  private long lookedAt() {
    looked.run();
    return loop.nanos();
  }

  /** Does {@code once} when somebody looks at an upstream for the {@code nth} time from now on. */
  void atLook(int nth, Runnable once) {
    int[] left = {nth};
    looked = () -> {
      if (--left[0] == 0) {
        once.run();
      }
    };
  }

  /** Everybody has the one end, and nothing is left over. */
  void aftermath() {
    loop.advance(4_000 * SECOND);
    assertThat(walked).as("G5 one answer each").allMatch(walk -> walk.sink.over());
    assertThat(meters.ended.get()).as("counted once").isEqualTo(walked.size());
    assertThat(inFlight()).as("permits left").isZero();
    assertThat(health.places().limits()).as("permits closed twice").allMatch(limit -> limit.closedAgain() == 0);
    assertThat(loop.pendingTimers()).as("timers left").isZero();
    assertThat(meters.defects).isEmpty();
    for (LatencyClass each : LatencyClass.values()) {
      assertThat(room.depth(each)).isZero();
    }
  }

  /** A place at {@code home}, taken by somebody else. */
  Permit take() {
    return java.util.Objects.requireNonNull(health.places().admit(LineRig.endpoint("home", "h1"), false, false));
  }

  /** Keeps every trace that is over. */
  private final class Noted implements Tracing {
    private long ids;

    @Override
    public RequestTrace begin(@Nullable TraceContext from, long arrivedNanos, Loop on) {
      return new RequestTrace(from, 7, 8, () -> ++ids, false, true, RequestTrace.Propagation.NOBODY, arrivedNanos);
    }

    @Override
    public void over(RequestTrace trace, Loop on) {
      traces.add(trace);
    }
  }

  Walked ask(Ask ask) {
    Walked walk = new Walked(ask.wish() == null ? LatencyClass.STANDARD : ask.wish(), ask.tenant(), loop.nanos());
    walk.sink.inside = () -> {
      walk.firstNanos = walk.firstNanos < 0 ? loop.nanos() : walk.firstNanos;
      walk.endNanos = loop.nanos();
    };
    walked.add(walk);
    walk.walk = line.walk(ask.stream().sampled().request("r" + ++asked, loop.nanos()), walk.sink, loop);
    return walk;
  }

  /** Arrivals by a Poisson process, open loop: they come whatever becomes of those before. */
  void offer(double perSecond, long nanos, SplittableRandom random, Function<SplittableRandom, Ask> next) {
    long end = loop.nanos() + nanos;
    for (long at = loop.nanos() + gap(perSecond, random); at < end; at += gap(perSecond, random)) {
      loop.advance(at - loop.nanos());
      ask(next.apply(random));
    }
    loop.advance(end - loop.nanos());
  }

  private static long gap(double perSecond, SplittableRandom random) {
    return (long) (-Math.log(1 - random.nextDouble()) * SECOND / perSecond);
  }

  int limit() {
    return health.places().limits().stream().filter(limit -> limit.endpoint().equals("h1")).findFirst().orElseThrow().limit();
  }

  int inFlight() {
    return health.places().limits().stream().mapToInt(UpstreamPlaces.LimitStatus::inFlight).sum();
  }

  static Duration seconds(double seconds) {
    return Duration.ofNanos((long) (seconds * SECOND));
  }
}
