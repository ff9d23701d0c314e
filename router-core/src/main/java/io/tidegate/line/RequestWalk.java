package io.tidegate.line;

import io.tidegate.decide.Decision;
import io.tidegate.dispatch.Candidate;
import io.tidegate.dispatch.Catalog;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.Destination;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Findings;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.LeftAttempt;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.RouteInfo.CacheOutcome;
import io.tidegate.model.Sensitivity;
import io.tidegate.time.Loop;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One request's walk: classify → decide → cache → attempts → answer. Confined to its loop; the mutable fields are written there only.
 *
 * <p>The candidates are fixed once, right after the decision, and {@link Attempts} takes from that list only (hazards A3, A4). The answer
 * goes out through {@link OneAnswer}, and {@link #finish} counts and records its end, once (G5). Calls may come from inside calls: a sink that
 * finds its caller gone cancels at once, an attempt may fail before {@link Upstreams#send} has returned.
 */
final class RequestWalk implements Line.Walk {
  private final Rooms rooms;
  private final Admission admission;
  private final Rules rules;
  private final ModelRequest request;
  /** Found in what it came in with, such as a batch: counts as its own. */
  private final Findings around;
  /** Given up unless it is decided like this; null for a request that may be decided as it is. */
  private final @Nullable Decision like;
  private final OneAnswer answer;
  private final Loop loop;
  private final @Nullable TokenBudget budget;
  /** Null where traces are off. */
  private final @Nullable RequestTrace trace;

  private @Nullable Scanning scanning;
  private @Nullable Decision decision;
  private String firedRules = "";
  private @Nullable CacheUse cache;
  private @Nullable FromCache fromCache;
  private @Nullable Transforming transforming;
  private @Nullable Sharing sharing;
  private @Nullable Merged merged;
  private @Nullable Attempts attempts;
  /** Of a stream, since its arrival; 0 before that. */
  private long firstTokenNanos;
  private boolean finished;

  /**
   * @param rules the policy it is decided by, which is also the one that {@code around} was found by
   * @param budget what it takes of its tenant's rates; null for nothing
   */
  RequestWalk(Rooms rooms, Rules rules, Admission admission, @Nullable TokenBudget budget, ModelRequest request, Findings around, @Nullable Decision like,
      AnswerSink sink, Loop loop) {
    this.rooms = rooms;
    this.admission = admission;
    this.rules = rules;
    this.request = request;
    this.around = around;
    this.like = like;
    this.answer = new OneAnswer(sink);
    this.loop = loop;
    this.budget = budget;
    this.trace = rooms.tracing().begin(request.trace(), request.arrivedNanos(), loop);
  }

  void start() {
    assert loop.inLoop();
    ErrorAnswer limited = budget == null ? null : budget.take(loop.nanos());
    if (limited != null) {
      atTheRim(() -> refuse(limited));
      return;
    }
    long begunNanos = trace == null ? 0 : loop.nanos();
    Scanning begun = Scanning.begin(rooms, rules, request, loop, new Scanning.Outcome() {
      @Override
      public void scanned(Findings seen) {
        Findings findings = seen.and(around);
        note(RequestTrace.Step.CLASSIFY, begunNanos);
        atTheRim(() -> decide(findings));
        rules.shadows().decided(rules, decision, findings);
      }

      @Override
      public void noRoom() {
        atTheRim(() -> refuse(RequestLine.noRoom()));
      }

      @Override
      public void failed(Throwable defect) {
        defect(defect);
      }
    });
    scanning = begun;
  }

  private void decide(Findings findings) {
    long begunNanos = trace == null ? 0 : loop.nanos();
    Decision made = Conversation.turn(rooms.sessions(), request, asked -> rules.decider().decide(asked, findings, rooms.clock().now()));
    decision = made;
    note(RequestTrace.Step.DECIDE, begunNanos);
    firedRules = String.join(",", made.rules());
    rooms.meters().decided(made.sensitivity(), made.latencyClass(), made.route(), made.rules());
    List<Candidate> candidates = rooms.candidates(made, loop);
    byte[] bodyDigest = rooms.digest().of(request.prompt().json());
    DurableReceipt receipt = new DurableReceipt(rooms.audit(), loop, made.auditDurable(),
        rooms.audit().decided(made, findings, candidates, bodyDigest, AuditLog.Notes.NONE, loop).orElse(null));
    transforming = Transforming.of(rooms, rules, made, findings, candidates, loop);
    Attempts tries = new Attempts(this, rooms, rules, request, loop, made, candidates, receipt, transforming, Rewriting.links(made, findings));
    attempts = tries;
    if (!request.model().equals(Catalog.AUTO) && !rooms.catalog().knows(request.model())) {
      refuse(ErrorAnswer.ofParam(Refusal.NOT_FOUND, "No upstream serves this model. GET /v1/models lists the names, or use \"auto\".", "model"));
      return;
    }
    if (like != null && !MergedCall.alike(like, made)) {
      refuse(ErrorAnswer.of(Refusal.NOTHING_PERMITTED, "What was merged is decided otherwise than its parts."));
      return;
    }
    CacheUse use = CacheUse.of(rooms, made, bodyDigest);
    cache = use;
    boolean recorded = receipt.receipt() != null;
    FromCache stored = use.readable() == null ? null : new FromCache(this, use, loop);
    fromCache = stored;
    if (stored != null && stored.atHand()) {
      return;
    }
    if (stored != null && stored.goesFirst(candidates.isEmpty())) {
      stored.first(() -> call(made, use, candidates, recorded));
    } else {
      call(made, use, candidates, recorded);
    }
  }

  /** Makes the call, or takes the answer of an equal one that is under way. What was not recorded, or may be cleaned first, goes alone. */
  private void call(Decision made, CacheUse use, List<Candidate> candidates, boolean recorded) {
    if (candidates.isEmpty()) {
      refuse(RegionMoves.nobody(made));
      return;
    }
    SingleFlight.Key key = transforming != null || !recorded || request.stream() && request.timeLeftNanos() > 0 ? null
        : rooms.flights().key(made, use);
    if (key == null) {
      cachedOr(transforming != null || !recorded ? this::attempt : this::mergeOrAttempt);
    } else {
      sharing = Sharing.enter(rooms.flights(), key, new SharedWalk(this), answer, loop);
    }
  }

  /** Makes the call, unless a deeper layer of the cache has the answer. */
  void cachedOr(Runnable call) {
    FromCache stored = fromCache;
    if (stored != null && stored.goesDeeper()) {
      stored.deeper(call);
    } else {
      call.run();
    }
  }

  /** Makes the call, and merges it with no other. */
  void attempt() {
    Attempts tries = attempts;
    if (tries != null) {
      tries.next();
    }
  }

  void mergeOrAttempt() {
    if (like == null && rooms.merging().mayTake(request)) {
      merged = Merged.join(rooms, admission, decided(), new SharedWalk(this), answer, loop);
    }
    if (merged == null) {
      attempt();
    }
  }

  // What an attempt reports

  void open(AttemptUnderWay by) {
    if (attempts != null) {
      attempts.won(by);
    }
    firstToken(by);
    answer.open(route(by.destination(), by.upstream()));
  }

  /** An attempt failed after content of it went out: nothing can follow but the word that it is incomplete. */
  void brokeOff(AttemptUnderWay by, ErrorAnswer error) {
    RouteInfo route = route(by.destination(), by.upstream());
    answer.fail(error, route);
    finish(null, error.refusal(), route, Usage.UNKNOWN);
  }

  /** The answer of {@code by} begins. */
  void firstToken(AttemptUnderWay by) {
    firstToken();
    if (request.stream()) {
      firstTokenNanos = sinceArrival();
      by.noteFirstToken();
    }
  }

  /** Nanoseconds until this request's time is over; not positive when it is. */
  long timeLeft() {
    long total = rooms.config().totalNanos(decided().latencyClass());
    long granted = request.timeLeftNanos() > 0 ? Math.min(total, request.timeLeftNanos()) : total;
    return granted - (loop.nanos() - request.arrivedNanos());
  }

  void refuse(ErrorAnswer error) {
    if (answer.isOver() || fromCache != null && fromCache.insteadOf(error)) {
      return;
    }
    RouteInfo route = route(null, null);
    answer.fail(error, route);
    finish(null, error.refusal(), route, Usage.UNKNOWN);
  }

  RouteInfo route(@Nullable Destination destination, @Nullable String upstream) {
    Decision made = decision;
    CacheOutcome outcome = cache == null ? CacheOutcome.BYPASS : cache.outcome();
    boolean tried = attempts != null && destination != Destination.EDGE_CACHE;
    int tries = tried ? attempts.made() : 0;
    List<LeftAttempt> left = tried ? attempts.left() : List.of();
    if (made == null) {
      // Nothing was decided: the most careful reading is the one to show.
      return new RouteInfo(request.id(), Sensitivity.RESTRICTED, LatencyClass.STANDARD, null, null, "", "", outcome, tries, left);
    }
    return new RouteInfo(request.id(), made.sensitivity(), made.latencyClass(), destination, upstream, firedRules, made.policyDigest(), outcome,
        tries, left, cache == null ? null : cache.likeness());
  }

  /** Counts and records the end, once. */
  void finish(@Nullable Destination destination, @Nullable Refusal refusal, RouteInfo route, Usage usage) {
    if (finished) {
      return;
    }
    finished = true;
    if (attempts != null) {
      attempts.over();
    }
    if (sharing != null) {
      sharing.over();
    }
    if (merged != null) {
      merged.over();
    }
    if (cache != null) {
      cache.forget();
    }
    if (fromCache != null) {
      fromCache.over();
    }
    if (budget != null) {
      budget.settle(usage, attempts != null && attempts.made() > 0);
    }
    long nanos = loop.nanos() - request.arrivedNanos();
    if (trace != null) {
      trace.over(new RequestTrace.End(request.operation(), route, destination, refusal, nanos, usage));
      rooms.tracing().over(trace, loop);
    }
    rooms.meters().ended(request.operation(), request.caller().tenant(), route, destination, refusal, nanos, firstTokenNanos, usage, trace);
    Decision made = decision;
    if (made != null && attempts != null) {
      rooms.audit().ended(made, route, refusal, nanos, usage, loop);
    }
  }

  /** Nothing where traces are off. */
  void note(RequestTrace.Step step, long fromNanos) {
    if (trace != null) {
      trace.step(step, fromNanos, loop.nanos());
    }
  }

  @Nullable RequestTrace trace() {
    return trace;
  }

  /** Runs a step; whatever it throws ends this request, and only this one. */
  void atTheRim(Runnable step) {
    try {
      step.run();
    } catch (Throwable defect) {
      defect(defect);
    }
  }

  void defect(Throwable defect) {
    Rim.defect(this, defect);
  }

  /** No further attempt is made; what is under way is the caller's to cancel. Null if nothing is. */
  @Nullable AttemptUnderWay leave() {
    return attempts == null ? null : attempts.leave();
  }

  // The caller's side

  @Override
  public void cancel() {
    assert loop.inLoop();
    if (answer.isOver()) {
      return;
    }
    if (answer.leave()) {
      writable();
      return;
    }
    if (scanning != null) {
      scanning.abandon();
    }
    if (transforming != null) {
      transforming.abandon();
    }
    AttemptUnderWay attempt = leave();
    atTheRim(() -> finish(null, null, route(null, null), Usage.UNKNOWN));
    if (attempt != null) {
      atTheRim(attempt::cancel);
    }
  }

  @Override
  public void writable() {
    assert loop.inLoop();
    if (attempts != null) {
      attempts.writable();
    }
    if (sharing != null) {
      sharing.writable();
    }
    if (fromCache != null) {
      fromCache.writable();
    }
  }

  // For a call that is shared or merged

  void refreshBehind(AnswerCache.Key key, boolean deeper) {
    Refreshing.behind(request, rules, around, key, deeper, rooms, admission, loop);
  }

  void firstToken() {
    rooms.meters().firstToken(request.operation(), decided().latencyClass(), sinceArrival(), trace);
  }

  // For the attempt

  Admission admission() {
    return admission;
  }

  Rooms rooms() {
    return rooms;
  }

  OneAnswer answer() {
    return answer;
  }

  long nanos() {
    return loop.nanos();
  }

  long sinceArrival() {
    return loop.nanos() - request.arrivedNanos();
  }

  ModelRequest request() {
    return request;
  }

  /** Null where no tenant is limited. */
  @Nullable TokenBudget budget() {
    return budget;
  }

  CacheUse cacheUse() {
    CacheUse use = cache;
    if (use == null) {
      throw new IllegalStateException("no attempt before the cache was asked");
    }
    return use;
  }

  private Decision decided() {
    Decision made = decision;
    if (made == null) {
      throw new IllegalStateException("not decided yet");
    }
    return made;
  }
}
