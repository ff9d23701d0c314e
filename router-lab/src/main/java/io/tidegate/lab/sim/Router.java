package io.tidegate.lab.sim;

import io.netty.buffer.ByteBuf;
import io.tidegate.admission.limit.LimitRules;
import io.tidegate.admission.queue.WaitingRoom;
import io.tidegate.admission.rate.TenantLimits;
import io.tidegate.assay.world.RehearsalPorts;
import io.tidegate.classify.Classifier;
import io.tidegate.daemon.RehearsalPlugs;
import io.tidegate.decide.Decider;
import io.tidegate.dispatch.Balancer;
import io.tidegate.dispatch.Catalog;
import io.tidegate.dispatch.HealthBoard;
import io.tidegate.dispatch.balance.KeyedHash;
import io.tidegate.dispatch.retry.Retries;
import io.tidegate.line.Admission;
import io.tidegate.line.AnswerSink;
import io.tidegate.line.ExternalDetectors;
import io.tidegate.line.Line;
import io.tidegate.line.Merging;
import io.tidegate.line.RequestDigest;
import io.tidegate.line.RequestLine;
import io.tidegate.line.Rooms;
import io.tidegate.line.Rules;
import io.tidegate.line.SessionLabels;
import io.tidegate.line.SingleFlight;
import io.tidegate.model.Balance.Method;
import io.tidegate.model.CacheDirective;
import io.tidegate.model.Caller;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Upstream;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * One router: the daemon's line and all that decides on it, wired as the daemon wires them, in virtual time. Confined to the simulation's thread.
 */
public final class Router implements Service {
  private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");

  private final VirtualTime time;
  private final Gate gate;
  private final HealthBoard health;
  private final Counts counts = new Counts();
  private final Retries retries;
  private final Line line;
  /** Whether a choice looks at prompts: else all have the same short one, which is quicker to play. */
  private final boolean readsText;
  private long asked;
  private int open;

  /**
   * @param servers by endpoint id
   * @param seed of its jitter and draws
   */
  public Router(VirtualTime time, Setting setting, Map<String, ModelServer> servers, long seed) {
    this.time = time;
    this.gate = new Gate(new HashMap<>(servers));
    SplittableRandom random = new SplittableRandom(seed);
    this.health = new HealthBoard(time, setting.health(), setting.limits());
    for (Upstream upstream : setting.upstreams()) {
      health.balance(upstream.name(), upstream.balance());
      health.endpoints(upstream.name(), upstream.endpoints());
    }
    this.retries = new Retries(setting.retries(), random.split());
    this.readsText = setting.upstreams().stream().anyMatch(upstream -> upstream.balance().method() == Method.PREFIX || upstream.balance().method() == Method.HASH);
    RehearsalPorts plugs = new RehearsalPlugs();
    Rules rules = new Rules(new Classifier(setting.detectors()), new Decider(setting.policy()));
    this.line = new RequestLine(new Rooms(() -> rules, new Catalog(setting.upstreams()), health,
        List.of(new Balancer(health, random.split(), new KeyedHash(seed, ~seed))), plugs.encoder(), gate, plugs.cache(time), plugs.audit(),
        new RequestDigest(new byte[32]), counts, () -> NOW, Runnable::run, setting.line(), ExternalDetectors.NONE, SessionLabels.NONE, List.of(retries),
        SingleFlight.OFF, Merging.OFF), admission(setting));
  }

  private Admission admission(Setting setting) {
    if (setting.limits().equals(LimitRules.NONE)) {
      return Admission.OPEN;
    }
    WaitingRoom room = new WaitingRoom(time, health.places(), setting.queue());
    health.places().whenFreed(room::freed);
    return new Admission(room, Setting.OVERFLOW_AFTER_NANOS, TenantLimits.NONE, 0);
  }

  @Override
  public Outcome ask(Ask ask) {
    String id = "s" + ++asked;
    Outcome outcome = new Outcome(ask, time.nanos());
    ModelRequest request = new ModelRequest(id, Operation.CHAT, readsText ? Prompts.of(ask.arrival()) : Prompts.brief(), Catalog.AUTO, ask.stream(), false, true,
        new Caller(ask.tenant(), "caller"), Sensitivity.PUBLIC, ask.latencyClass(), ask.patienceNanos(), CacheDirective.NO_STORE, time.nanos(),
        ask.session().isEmpty() ? null : ask.session(), Sensitivity.PUBLIC);
    gate.about(id, ask.arrival());
    open++;
    line.walk(request, new Listening(id, outcome), time);
    return outcome;
  }

  public HealthBoard health() {
    return health;
  }

  public Counts counts() {
    return counts;
  }

  @Override
  public long sent() {
    return gate.sent();
  }

  public long sentPublic() {
    return gate.sentPublic();
  }

  @Override
  public int left() {
    int permits = health.places().limits().stream().mapToInt(limit -> limit.inFlight()).sum();
    return open + gate.open() + (int) retries.keptBytes() + permits;
  }

  /** A caller who takes whatever comes. */
  private final class Listening implements AnswerSink {
    private final String id;
    private final Outcome outcome;

    Listening(String id, Outcome outcome) {
      this.id = id;
      this.outcome = outcome;
    }

    private void over() {
      open--;
      gate.forget(id);
    }

    @Override
    public void complete(RouteInfo route, ByteBuf json) {
      json.release();
      outcome.answered(time.nanos());
      over();
    }

    @Override
    public void open(RouteInfo route) {
      outcome.first(time.nanos());
    }

    @Override
    public void events(ByteBuf frames) {
      frames.release();
    }

    @Override
    public void close() {
      outcome.answered(time.nanos());
      over();
    }

    @Override
    public void refuse(ErrorAnswer error, RouteInfo route) {
      fail(error.refusal());
    }

    @Override
    public void breakOff(ErrorAnswer error) {
      fail(error.refusal());
    }

    private void fail(Refusal refusal) {
      outcome.failed(refusal, time.nanos());
      over();
    }

    @Override
    public boolean isWritable() {
      return true;
    }
  }
}
