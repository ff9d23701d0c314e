package io.tidegate.assay.world;

import io.tidegate.admission.limit.LimitRules;
import io.tidegate.dispatch.Balancer;
import io.tidegate.dispatch.HealthBoard;
import io.tidegate.line.AnswerCache;
import io.tidegate.line.Line;
import io.tidegate.line.LineConfig;
import io.tidegate.line.RequestDigest;
import io.tidegate.line.RequestLine;
import io.tidegate.line.Rooms;
import io.tidegate.line.Rules;
import io.tidegate.model.CacheDirective;
import io.tidegate.model.ModelRequest;
import io.tidegate.policy.CaseWorld.Cache;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Walks requests down the production line on a {@link Stage}, each in a world of its own. Confined to one thread; one walk after the other, and
 * nothing of one is left for the next but what {@link #remember} is told to keep.
 */
public final class Rehearsal {
  /** Stands in every content whose way is watched. No detector knows it. */
  public static final String MARKER = "kestrelmark";

  /** The daemon's, with more attempts than the stage has endpoints. */
  public static final LineConfig BOUNDS = new LineConfig(LineConfig.DEFAULT.firstTokenInteractive(), LineConfig.DEFAULT.firstTokenStandard(),
      LineConfig.DEFAULT.firstTokenBatch(), LineConfig.DEFAULT.idle(), LineConfig.DEFAULT.total(), LineConfig.DEFAULT.totalBatch(),
      LineConfig.DEFAULT.loopSteps(), 8, LineConfig.DEFAULT.replayBytes(), LineConfig.DEFAULT.heldBytes());

  /** A walk that needs more turns of its loop than this will not end. */
  private static final int MAX_TURNS = 10_000;

  private final VirtualLoop loop = new VirtualLoop();
  private final Stage stage;
  /** A region comes back at once: what a walk meets is what its world says. */
  private final HealthBoard health = new HealthBoard(loop, Stage.HEALTH, LimitRules.NONE, new HealthBoard.RegionTimes(0, 0));
  private final PlayedUpstreams upstreams;
  private final PlayedCache cache = new PlayedCache();
  private final PlayedAudit audit;
  private final SilentMeters meters = new SilentMeters();
  private final RehearsalPorts ports;
  private final Line line;
  private AnswerCache own;
  private AnswerCache others;
  private Instant now = Instant.EPOCH;
  private long walks;

  /** @param config the bounds of its walks */
  public Rehearsal(Rules rules, RehearsalPorts ports, LineConfig config) {
    this(rules, ports, config, UnaryOperator.identity());
  }

  /** @param sabotage for tests: what it puts in place of a room's part must show up in what is judged */
  Rehearsal(Rules rules, RehearsalPorts ports, LineConfig config, UnaryOperator<Rooms> sabotage) {
    this.ports = ports;
    this.stage = new Stage(rules.decider().bundle().regions());
    this.upstreams = new PlayedUpstreams(stage);
    this.audit = new PlayedAudit(ports.audit());
    this.own = ports.cache(() -> 0);
    this.others = ports.cache(() -> 0);
    // A scan that is too long for the loop goes on at once, on the same thread.
    this.line = new RequestLine(sabotage.apply(new Rooms(() -> rules, stage.catalog(), health, List.of(new Balancer(health)), ports.encoder(), upstreams,
        cache, audit, new RequestDigest(new byte[32]), meters, () -> now, Runnable::run, config)));
  }

  /** One whose requests may be tried at every endpoint of the stage: every fail-over goes to its end. */
  public static Rehearsal toTheEnd(Rules rules, RehearsalPorts ports) {
    int regions = rules.decider().bundle().regions().size();
    return new Rehearsal(rules, ports, regions == 0 ? BOUNDS : attempts(BOUNDS.maxAttempts() * (regions + 1)));
  }

  private static LineConfig attempts(int most) {
    return new LineConfig(BOUNDS.firstTokenInteractive(), BOUNDS.firstTokenStandard(), BOUNDS.firstTokenBatch(), BOUNDS.idle(), BOUNDS.total(),
        BOUNDS.totalBatch(), BOUNDS.loopSteps(), most, BOUNDS.replayBytes(), BOUNDS.heldBytes());
  }

  /** The model to name for a caller who wants one that only PUBLIC upstreams serve. */
  public static String publicModel() {
    return Stage.PUBLIC_MODEL;
  }

  /** What to look for in the bytes that leave, and what time it is. */
  public void watch(String marker, Instant time) {
    upstreams.watch(marker.getBytes(StandardCharsets.UTF_8));
    now = time;
  }

  /** Forgets what the caches remember. */
  public void forget() {
    own = ports.cache(() -> 0);
    others = ports.cache(() -> 0);
  }

  /**
   * Answers {@code request} where everything is well and keeps the answer, if the policy lets it: as this caller's own for {@link Cache#HIT}, or as
   * another's for {@link Cache#OTHER_TENANT}.
   */
  public Performance remember(ModelRequest request, boolean asAnothers) {
    return walk(request, World.WELL, null, asAnothers ? others : own);
  }

  /** Walks {@code request} through {@code world}. */
  public Performance walk(ModelRequest request, World world) {
    Cache state = world.state().cache();
    return walk(request, world, state == Cache.HIT ? own : state == Cache.OTHER_TENANT ? others : null, null);
  }

  private Performance walk(ModelRequest asked, World world, @Nullable AnswerCache toFind, @Nullable AnswerCache toKeep) {
    stage.set(health, world.state());
    upstreams.play(world);
    cache.play(toFind, toKeep);
    audit.play(world.state().audit());
    meters.play();
    CacheDirective directive = world.state().cache() == Cache.OFF ? CacheDirective.NO_STORE : asked.cacheDirective();
    ModelRequest request = new ModelRequest("rehearsal-" + ++walks, asked.operation(), asked.prompt(), asked.model(), asked.stream(), asked.usageAsked(),
        asked.sampled(), asked.caller(), asked.declared(), asked.latencyWish(), asked.timeLeftNanos(), directive, loop.nanos());
    HeardAnswer heard = new HeardAnswer();
    line.walk(request, heard, loop);
    loop.runOut(MAX_TURNS);
    return new Performance(audit.seen(), heard.route, heard.refusal, heard.brokenOff, heard.answers, upstreams.sent(), cache.noted(), meters.heldBack(),
        meters.defects());
  }
}
