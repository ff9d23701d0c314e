package io.tidegate.schedule;

import io.tidegate.admission.limit.LimitRules;
import io.tidegate.admission.queue.WaitingRoom;
import io.tidegate.admission.rate.TenantLimits;
import io.tidegate.admission.rate.TenantRule;
import io.tidegate.dispatch.Balancer;
import io.tidegate.dispatch.Catalog;
import io.tidegate.dispatch.EndpointHealth;
import io.tidegate.dispatch.HealthBoard;
import io.tidegate.dispatch.balance.KeyedHash;
import io.tidegate.dispatch.retry.FirstTokenTimes;
import io.tidegate.dispatch.retry.Retries;
import io.tidegate.dispatch.region.RegionHold;
import io.tidegate.dispatch.retry.RetryTerms;
import io.tidegate.fake.CountingMeters;
import io.tidegate.line.Admission;
import io.tidegate.line.ExternalDetectors;
import io.tidegate.line.LineConfig;
import io.tidegate.line.Merging;
import io.tidegate.line.RequestDigest;
import io.tidegate.line.RequestEncoder;
import io.tidegate.line.RequestLine;
import io.tidegate.line.Rooms;
import io.tidegate.line.SemanticCache;
import io.tidegate.line.SessionLabels;
import io.tidegate.line.SingleFlight;
import io.tidegate.model.CacheDirective;
import io.tidegate.model.Caller;
import io.tidegate.model.Endpoint;
import io.tidegate.model.Finding;
import io.tidegate.model.Findings;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Likelihood;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Operation;
import io.tidegate.model.Prompt;
import io.tidegate.model.Sensitivity;
import io.tidegate.time.Loop;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.Splices;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Plays one schedule on the production line, then lets the world heal, and tells what was violated. Used once. */
final class Stand {
  private static final int LOOPS = 2;
  private static final long MILLIS = 1_000_000;
  private static final Duration TOTAL = Duration.ofSeconds(20);
  private static final Duration TOTAL_BATCH = Duration.ofSeconds(40);
  /** Longer than any wait, deadline, ejection and closed account. */
  private static final long AFTERMATH = Setting.seconds(600);

  private final Map<String, Asked> asked = new LinkedHashMap<>();
  private final Watch watch = new Watch(asked);
  private final Schedule schedule;
  private final VirtualLoops loops;
  private final HealthBoard health;
  private final Services services;
  private final Records records;
  private final CountingMeters meters = new CountingMeters();
  private final List<Retries> retries = new ArrayList<>();
  private final Map<String, Sensitivity> labels = new HashMap<>();
  private final SingleFlight flights;
  private final WatchedCache cache;
  private final Traced traces;
  private final RequestLine line;
  /** Whether upstreams stand in regions: where no event is about them, they do not. */
  private final boolean regional;
  private @Nullable WaitingRoom room;
  private PolicyName policy = PolicyName.OPEN;
  private Instant civil = Instant.parse("2026-11-25T10:00:00Z");
  private String plugin = "well";
  private long pluginUntil;
  private long poolFullUntil;

  Stand(Schedule schedule) {
    this.schedule = schedule;
    SplittableRandom random = new SplittableRandom(schedule.seed());
    loops = new VirtualLoops(LOOPS, random.split(), watch::quiet);
    SplittableRandom limits = random.split();
    boolean limited = limits.nextInt(5) < 2;
    regional = has("region") || schedule.events().stream().anyMatch(event -> event.words().contains("bound"));
    health = new HealthBoard(loops, Setting.health(), limited ? Setting.limits(limits) : LimitRules.NONE,
        new HealthBoard.RegionTimes(Setting.seconds(4), Setting.seconds(4)));
    services = new Services(asked, watch, loops, schedule.seed());
    records = new Records(asked, watch, loops);
    int attempts = 2 + random.nextInt(4);
    // One more for a stream that was refused, and one for a second attempt beside the first.
    watch.look(records, services, loops, health, attempts + 1);
    flights = random.nextInt(4) == 0 ? new SingleFlight(200, 500) : new SingleFlight(4 << 10, 1 << 20);
    Setting.balance(health, random);
    Setting.UPSTREAMS.forEach(upstream -> lists(upstream, "all"));
    List<Balancer> balancers = new ArrayList<>();
    for (int i = 0; i < LOOPS; i++) {
      balancers.add(new Balancer(health, random.split(), new KeyedHash(schedule.seed(), i)));
      retries.add(retries(random.split()));
    }
    LineConfig config = new LineConfig(Duration.ofSeconds(2), Duration.ofSeconds(4), Duration.ofSeconds(8), Duration.ofSeconds(1), TOTAL, TOTAL_BATCH, 600,
        attempts, 4 << 10, 1 << 10);
    RequestEncoder encoder = (request, upstream, model) -> {
      JsonText json = request.prompt().json();
      return new Splices(json).replace(json.member(0, "model"), '"' + model + '"').apply();
    };
    RequestDigest digest = new RequestDigest(new byte[32]);
    cache = new WatchedCache(loops, has("far", "other") ? new Afar(watch, loops) : null, asked, watch, records, services, digest, () -> policy);
    watch.keeps(cache);
    traces = new Traced(asked, watch, loops);
    line = new RequestLine(new Rooms(() -> policy.rules(), regional ? new Catalog(Setting.upstreams(), Setting.plan()) : new Catalog(Setting.upstreams()), health, balancers, encoder, services,
        cache, records, digest, meters, () -> civil, this::pool, config, detectors(), sessions(),
        retries, flights, Merging.OFF, SemanticCache.OFF, traces), admission(limited, limits));
  }

  private Admission admission(boolean limited, SplittableRandom random) {
    if (!limited) {
      return Admission.OPEN;
    }
    WaitingRoom waiting = new WaitingRoom(loops.loop(0), health.places(), Setting.queue(random));
    room = waiting;
    health.places().whenFreed(waiting::freed);
    watch.waitsIn(waiting);
    List<TenantRule> tenants = random.nextInt(3) == 0 ? List.of(new TenantRule("lab", 2, 3, 2_000)) : List.of();
    return new Admission(random.nextInt(8) == 0 ? null : waiting, Setting.seconds(2), new TenantLimits(tenants, 0), 100);
  }

  /** What was violated, in order; empty is good. */
  static List<String> play(Schedule schedule) {
    Stand stand = new Stand(schedule);
    try {
      stand.play();
    } catch (Throwable broken) {
      stand.watch.violations.add("the schedule could not be played to its end: " + broken);
    }
    return stand.watch.violations;
  }

  /** The longest that a request of this class may take. */
  static long totalNanos(Asked asked) {
    return (asked.request.latencyWish() == LatencyClass.BATCH ? TOTAL_BATCH : TOTAL).toNanos();
  }

  private void play() {
    if (regional) {
      probe();
    }
    for (Event event : schedule.events()) {
      loops.advanceTo(event.atMillis() * MILLIS);
      happens(event);
      loops.settle();
    }
    loops.advanceTo(loops.nanos() + AFTERMATH);
    leftovers("after the faults");
    heal();
    loops.advanceTo(loops.nanos() + AFTERMATH);
    leftovers("after it healed");
    watch.recorded();
  }

  private void happens(Event event) {
    long now = loops.nanos();
    switch (event.verb()) {
      case "ask" -> ask(event);
      case "leave" -> with(event.word(0), who -> loops.run(who.loop, who::leave));
      case "leave-inside" -> with(event.word(0), who -> who.leavesAt = (int) event.number(1));
      case "full" -> with(event.word(0), who -> {
        who.reads = false;
        who.wasFull = true;
      });
      case "reads" -> with(event.word(0), this::reads);
      case "endpoint" -> services.fault(event.word(0), event.word(1), now + event.number(2) * MILLIS);
      case "region" -> Setting.ENDPOINTS.stream().filter(id -> Setting.regionOf(id).equals(event.word(0)))
          .forEach(id -> services.fault(id, event.word(1), now + event.number(2) * MILLIS));
      case "cut" -> services.cut(event.word(0));
      case "lists" -> {
        lists(event.word(0), event.word(1));
        watch.listed(event.word(0), event.word(1));
        loops.later(loops.loop(0), () -> lists(event.word(0), "all"), event.number(2) * MILLIS);
      }
      case "policy" -> policy = PolicyName.valueOf(event.word(0).toUpperCase(Locale.ROOT));
      case "records" -> records.play(event.word(0), now + event.number(1) * MILLIS);
      case "detectors" -> {
        plugin = event.word(0);
        pluginUntil = now + event.number(1) * MILLIS;
      }
      case "far" -> cache.far(event.word(0), now + event.number(1) * MILLIS);
      case "other" -> cache.other();
      case "pool" -> poolFullUntil = now + event.number(1) * MILLIS;
      case "clock" -> civil = civil.plusMillis(event.number(0));
      default -> throw new IllegalArgumentException("no such event: " + event.verb());
    }
  }

  private void lists(String upstream, String what) {
    List<Endpoint> listed = Setting.listed(upstream, what);
    health.endpoints(upstream, regional ? Setting.inRegions(listed) : listed);
  }

  /** As the daemon does with endpoints that nobody would ask otherwise: those of a region that is lost. */
  private void probe() {
    for (String upstream : Setting.UPSTREAMS) {
      for (Endpoint endpoint : health.endpoints(upstream)) {
        if (health.regions(upstream).get(endpoint.region()) == RegionHold.State.LOST) {
          health.probed(endpoint, services.isWell(endpoint));
        }
      }
    }
    loops.later(loops.loop(0), this::probe, Setting.seconds(3));
  }

  private void with(String id, Consumer<Asked> act) {
    Asked who = asked.get(id);
    if (who != null) {
      act.accept(who);
    }
  }

  private void reads(Asked who) {
    who.reads = true;
    if (who.walk != null && !who.isOver()) {
      loops.run(who.loop, who.walk::writable);
    }
  }

  /** {@code ask <id> <kind> <name> json|stream <class> <tenant> <session or -> <deadline in ms or 0> <loop>}. */
  private Asked ask(Event event) {
    TextKind kind = TextKind.valueOf(event.word(1).toUpperCase(Locale.ROOT).replace('-', '_'));
    String text = kind.text(event.word(2));
    boolean stream = event.word(3).equals("stream");
    Loop loop = loops.loop((int) event.number(8));
    String body = "{\"model\":\"auto\",\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}],\"temperature\":0" + (stream ? ",\"stream\":true" : "") + "}";
    ModelRequest request;
    try {
      request = new ModelRequest(event.word(0), Operation.CHAT, new Prompt(JsonText.parse(body.getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT)), "auto",
          stream, false, false, new Caller(event.word(5), "job"), Sensitivity.PUBLIC, LatencyClass.valueOf(event.word(4).toUpperCase(Locale.ROOT)),
          event.number(7) * MILLIS, CacheDirective.DEFAULT, loops.nanos(), event.word(6).equals("-") ? null : event.word(6), Sensitivity.PUBLIC,
          regional && event.word(5).equals("lab") ? "west" : "");
    } catch (JsonException e) {
      throw new IllegalArgumentException(e);
    }
    Asked who = new Asked(request, kind, text, policy, loop, watch);
    watch.comes(who);
    loops.run(loop, () -> who.walk = line.walk(request, who, loop));
    return who;
  }

  private Retries retries(SplittableRandom random) {
    RetryTerms d = RetryTerms.DEFAULT;
    RetryTerms.Hedging hedging = new RetryTerms.Hedging(Set.of(LatencyClass.INTERACTIVE, LatencyClass.STANDARD), 0.5);
    Retries one = new Retries(new RetryTerms(d.policy(), d.share(), d.perSecond(), 1, d.windowNanos(), d.bodyBytes(), d.bodiesBytes(), hedging), random);
    Set<String> places = new TreeSet<>(Setting.UPSTREAMS);
    Setting.UPSTREAMS.forEach(upstream -> health.endpoints(upstream).forEach(endpoint -> places.add(endpoint.place())));
    for (String place : places) {
      for (int i = 0; i < FirstTokenTimes.MIN_SAMPLES; i++) {
        one.of(place, 0).firstTokens().add(300 * MILLIS, 0);
        one.of(place, 0).firstAsked(0);
      }
    }
    return one;
  }

  private void pool(Runnable task) {
    if (loops.nanos() < poolFullUntil) {
      throw new RejectedExecutionException();
    }
    watch.poolWaits(1);
    loops.later(loops.loop(0), () -> {
      watch.poolWaits(-1);
      task.run();
    }, 3 * MILLIS);
  }

  /** What no event is about is not there. */
  private boolean has(String... verbs) {
    return schedule.events().stream().anyMatch(event -> List.of(verbs).contains(event.verb()));
  }

  private ExternalDetectors detectors() {
    if (!has("detectors")) {
      return ExternalDetectors.NONE;
    }
    return new ExternalDetectors() {
      @Override
      public boolean none() {
        return false;
      }

      @Override
      public Question ask(ModelRequest request, Loop loop, Consumer<Findings> done) {
        String state = loops.nanos() < pluginUntil ? plugin : "well";
        Findings findings = switch (state) {
          case "well" -> Findings.NONE;
          case "find" -> new Findings(List.of(new Finding("SECRET", 0, 0, 1, Likelihood.VERY_LIKELY, "plugin")), Set.of());
          default -> new Findings(List.of(), Set.of(Findings.Trouble.DETECTOR_FAILED));
        };
        Asked who = watch.who(request);
        boolean fails = findings != Findings.NONE;
        if (who != null) {
          who.awaited++;
          who.least = fails ? Sensitivity.RESTRICTED : who.least;
        }
        Loop.Timer timer = loops.later(loop, () -> {
          if (who != null) {
            who.awaited--;
          }
          done.accept(findings);
        }, (state.equals("late") ? 200 : 1) * MILLIS);
        return timer::cancel;
      }
    };
  }

  private SessionLabels sessions() {
    return (tenant, session) -> new SessionLabels.Session() {
      @Override
      public Sensitivity label() {
        return labels.getOrDefault(tenant + "/" + session, Sensitivity.PUBLIC);
      }

      @Override
      public void raise(Sensitivity to) {
        labels.merge(tenant + "/" + session, to, Sensitivity::join);
      }
    };
  }

  /** Everything is well again: whoever asks is answered, and every endpoint comes back. */
  private void heal() {
    policy = PolicyName.OPEN;
    List<Asked> late = new ArrayList<>();
    int number = 0;
    for (int round = 0; round < 6; round++) {
      for (TextKind kind : List.of(TextKind.HARMLESS, TextKind.SECRET, TextKind.CONTACT, TextKind.LONG)) {
        for (String form : List.of("json", "stream")) {
          String id = "z" + number++;
          String latency = round % 2 == 0 ? "batch" : "interactive";
          late.add(ask(Event.of(0, "ask", id, kind.name(), id, form, latency, "late", "-", 0, number % LOOPS)));
          loops.advanceTo(loops.nanos() + 500 * MILLIS);
        }
      }
    }
    for (String form : List.of("json", "stream")) {
      for (int i = 0; i < 3; i++) {
        late.add(ask(Event.of(0, "ask", "z" + number, "SAME", "z" + form, form, "interactive", "late", "-", 0, number++ % LOOPS)));
      }
      // Three share a call, and who made it leaves.
      Asked first = late.remove(late.size() - 3);
      loops.later(first.loop, first::leave, MILLIS);
      loops.advanceTo(loops.nanos() + Setting.seconds(10));
    }
    loops.advanceTo(loops.nanos() + Setting.seconds(60));
    for (Asked each : late) {
      watch.expect(each.end == Asked.End.WHOLE, each.id(), "G5 all is well again, and it was not answered");
    }
    watch.expect(!has("far", "other") || cache.goesFar(), "all", "all is well again, and what is kept outside is not asked for");
    Setting.UPSTREAMS.forEach(upstream -> health.regions(upstream).forEach((region, state) -> watch.expect(state != RegionHold.State.LOST, region,
        "all is well again, and the region is lost")));
    health.snapshot().forEach((upstream, endpoints) -> endpoints.forEach(endpoint -> watch.expect(endpoint.state() == EndpointHealth.State.HEALTHY
        || services.sent.stream().noneMatch(attempt -> attempt.asked.id().startsWith("z") && attempt.endpoint.place().equals(endpoint.endpoint().place())),
        endpoint.endpoint().id(), "did not come back: " + endpoint.state())));
  }

  private void leftovers(String when) {
    watch.expect(loops.pendingTimers() == 0, when, "timers left");
    watch.expect(services.leaks() == 0, when, "H6 buffers left");
    watch.expect(services.sent.stream().allMatch(attempt -> attempt.over), when, "attempts left");
    watch.expect(retries.stream().allMatch(each -> each.keptBytes() == 0), when, "bodies left");
    watch.expect(flights.size() == 0 && flights.heldBytes() == 0, when, "shared calls left");
    Setting.UPSTREAMS.forEach(upstream -> health.endpoints(upstream).forEach(endpoint ->
        watch.expect(health.inFlight(endpoint) == 0, when, "requests in flight left at " + endpoint.id())));
    health.places().limits().forEach(limit -> watch.expect(limit.inFlight() == 0 && limit.closedAgain() == 0, when,
        "permits of " + limit.upstream() + " left, or given back twice"));
    for (LatencyClass each : LatencyClass.values()) {
      watch.expect(room == null || room.depth(each) == 0, when, "requests left in the waiting room");
    }
    watch.expect(cache.left() == 0, when, "R3.6 answers are held as being asked for again");
    watch.expect(traces.left() == 0, when, "traces that are not over");
    long callers = asked.values().stream().filter(each -> !each.isRefresh()).count();
    long most = callers + cache.begun();
    watch.expect(meters.ended.get() <= most && meters.ended.get() >= most - cache.givenUp(), when,
        "requests counted: " + meters.ended.get() + ", asked: " + callers + ", asked again: " + cache.begun() + ", or given up: " + cache.givenUp());
    watch.expect(meters.attempts.size() == services.sent.size(), when, "attempts counted: " + meters.attempts.size() + ", made: " + services.sent.size());
    watch.expect(meters.defects.isEmpty(), when, "defects: " + meters.defects);
    watch.expect(meters.egressRefused.get() == 0, when, "G1 only the second lock stopped it");
  }
}
