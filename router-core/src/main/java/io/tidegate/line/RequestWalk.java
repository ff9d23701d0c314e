package io.tidegate.line;

import io.netty.buffer.ByteBuf;
import io.tidegate.decide.Clearance;
import io.tidegate.decide.Decision;
import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.Candidate;
import io.tidegate.dispatch.Failover;
import io.tidegate.line.Upstreams.Attempt;
import io.tidegate.line.Upstreams.AttemptTimes;
import io.tidegate.line.Upstreams.Usage;
import io.tidegate.model.AuditReceipt;
import io.tidegate.model.Destination;
import io.tidegate.model.Endpoint;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Findings;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.RouteInfo.CacheOutcome;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Zone;
import io.tidegate.time.Loop;
import io.tidegate.wire.SplicedText;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One request's walk: classify → decide → cache → attempts → answer. Confined to its loop; the mutable fields are written there only.
 *
 * <p>The candidates are fixed once, right after the decision, and every attempt takes from that list only (hazards A3, A4). The walk
 * ends exactly once (G5): {@link #finish} and {@link #cancel} both pass through {@code over}.
 */
final class RequestWalk implements Line.Walk {
  private static final int RETRY_AFTER_SECONDS = 2;

  private final Rooms rooms;
  private final Rules rules;
  private final ModelRequest request;
  private final AnswerSink sink;
  private final Loop loop;

  private @Nullable Decision decision;
  private List<Candidate> candidates = List.of();
  private @Nullable AuditReceipt receipt;
  private boolean auditFailed;
  private @Nullable CacheUse cache;

  private int candidateIndex;
  private @Nullable SplicedText encoded;
  private final Set<String> tried = new HashSet<>(4);
  private int attempts;
  private @Nullable Current current;
  private @Nullable AttemptFailure lastFailure;
  private boolean committed;
  private boolean over;

  RequestWalk(Rooms rooms, ModelRequest request, AnswerSink sink, Loop loop) {
    this.rooms = rooms;
    this.rules = rooms.rules().get();
    this.request = request;
    this.sink = sink;
    this.loop = loop;
  }

  void start() {
    assert loop.inLoop();
    Scanning.scan(rooms, rules, request, loop, findings -> atTheRim(() -> decide(findings)),
        () -> refuse(ErrorAnswer.of(Refusal.CLASSIFICATION_FAILED, "The classifier has no room for this request now. Try again later.")));
  }

  private void decide(Findings findings) {
    if (over) {
      return;
    }
    Decision made = rules.decider().decide(request, findings);
    decision = made;
    rooms.meters().decided(made.sensitivity(), made.latencyClass());
    if (!request.model().equals("auto") && !rooms.catalog().knows(request.model())) {
      refuse(ErrorAnswer.ofParam(Refusal.NOT_FOUND, "No upstream serves this model. GET /v1/models lists the names, or use \"auto\".", "model"));
      return;
    }
    candidates = rooms.catalog().candidates(made);
    byte[] bodyDigest = rooms.digest().of(request.prompt().json());
    receipt = rooms.audit().decided(made, findings, candidates, bodyDigest, loop).orElse(null);
    cache = CacheUse.of(rooms, made, bodyDigest);
    AnswerCache.Stored hit = cache.lookUp();
    if (hit != null) {
      replay(made, hit);
      return;
    }
    if (candidates.isEmpty()) {
      refuse(ErrorAnswer.of(Refusal.NOTHING_PERMITTED,
          "The policy clears no destination that serves this request. Ask the owner of the policy, or name another model."));
      return;
    }
    attempt();
  }

  /** A defect of ours ends the request with a clear error, and never in a wider route (G2). */
  private void atTheRim(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException defect) {
      rooms.meters().defect(defect);
      refuse(ErrorAnswer.of(Refusal.INTERNAL, "The router failed on this request. Nothing more was sent. The request id finds it in the log."));
    }
  }

  private void replay(Decision made, AnswerCache.Stored hit) {
    RouteInfo route = route(Destination.EDGE_CACHE, hit.upstream(), 0);
    if (made.request().stream()) {
      sink.open(route);
      sink.events(hit.view());
      sink.close();
    } else {
      sink.complete(route, hit.view());
    }
    finish(Destination.EDGE_CACHE, null, route, Usage.UNKNOWN);
  }

  /** Takes the next endpoint that the decision allows, or ends the walk. */
  private void attempt() {
    Decision made = decided();
    while (candidateIndex < candidates.size()) {
      Candidate candidate = candidates.get(candidateIndex);
      long left = timeLeft();
      if (left <= 0) {
        refuse(ErrorAnswer.of(Refusal.DEADLINE_EXCEEDED, "The time this request was given is over."));
        return;
      }
      if (candidate.upstream().zone() == Zone.PUBLIC && receipt == null) {
        auditFailed = true;
        nextCandidate();
        continue;
      }
      Optional<Endpoint> endpoint = attempts < rooms.config().maxAttempts()
          ? rooms.balancers().get(loop.index()).pick(candidate.upstream().name(), tried) : Optional.empty();
      if (endpoint.isEmpty()) {
        if (tried.isEmpty()) {
          learnt(rooms.health().whyNone(candidate.upstream().name()));
        }
        nextCandidate();
        continue;
      }
      if (encoded == null) {
        encoded = rooms.encoder().encode(request, candidate.upstream(), candidate.model());
      }
      Optional<Clearance> clearance = rules.decider().clear(made, candidate.upstream(), encoded);
      if (clearance.isEmpty()) {
        // The catalog offered what the decision does not clear: a defect of ours, stopped and counted here.
        rooms.meters().egressRefused();
        nextCandidate();
        continue;
      }
      send(candidate, endpoint.get(), clearance.get(), left);
      return;
    }
    refuse(noCandidateLeft());
  }

  private void nextCandidate() {
    candidateIndex++;
    encoded = null;
    tried.clear();
  }

  private void send(Candidate candidate, Endpoint endpoint, Clearance clearance, long left) {
    attempts++;
    tried.add(endpoint.id());
    LatencyClass latencyClass = decided().latencyClass();
    AttemptTimes times = new AttemptTimes(Math.min(left, rooms.config().firstTokenNanos(latencyClass)), rooms.config().idle().toNanos(), left);
    Current attempt = new Current(candidate, endpoint);
    current = attempt;
    attempt.handle = rooms.upstreams().send(clearance, endpoint, receipt, times, request.stream(), request.usageAsked(), loop, attempt);
  }

  private void learnt(AttemptFailure failure) {
    lastFailure = lastFailure == null ? failure : Failover.moreTelling(lastFailure, failure);
  }

  private ErrorAnswer noCandidateLeft() {
    ErrorAnswer told = lastFailure == null ? null : Failover.answer(lastFailure, false);
    if (told != null && told.refusal() != Refusal.NO_PERMITTED_UPSTREAM) {
      return told;
    }
    if (auditFailed) {
      return new ErrorAnswer(Refusal.AUDIT_UNAVAILABLE, Refusal.AUDIT_UNAVAILABLE.httpStatus(),
          "The decision could not be recorded, so nothing was sent. Try again later.", null, RETRY_AFTER_SECONDS);
    }
    return new ErrorAnswer(Refusal.NO_PERMITTED_UPSTREAM, Refusal.NO_PERMITTED_UPSTREAM.httpStatus(),
        "Every upstream that the policy permits for this request is down. Nothing was sent anywhere else. Try again later.", null,
        RETRY_AFTER_SECONDS);
  }

  private long timeLeft() {
    long total = rooms.config().totalNanos(decided().latencyClass());
    long granted = request.timeLeftNanos() > 0 ? Math.min(total, request.timeLeftNanos()) : total;
    return granted - (loop.nanos() - request.arrivedNanos());
  }

  private void refuse(ErrorAnswer error) {
    if (over) {
      return;
    }
    RouteInfo route = route(null, null, attempts);
    sink.refuse(error, route);
    finish(null, error.refusal(), route, Usage.UNKNOWN);
  }

  private RouteInfo route(@Nullable Destination destination, @Nullable String upstream, int tries) {
    Decision made = decision;
    CacheOutcome outcome = cache == null ? CacheOutcome.BYPASS : cache.outcome();
    if (made == null) {
      // Nothing was decided: the most careful reading is the one to show.
      return new RouteInfo(request.id(), Sensitivity.RESTRICTED, LatencyClass.STANDARD, null, null, "", "", outcome, tries);
    }
    return new RouteInfo(request.id(), made.sensitivity(), made.latencyClass(), destination, upstream, String.join(",", made.rules()),
        made.policyDigest(), outcome, tries);
  }

  private void finish(@Nullable Destination destination, @Nullable Refusal refusal, RouteInfo route, Usage usage) {
    over = true;
    current = null;
    if (cache != null) {
      cache.release();
    }
    long nanos = loop.nanos() - request.arrivedNanos();
    rooms.meters().ended(request.operation(), route.sensitivity(), route.latencyClass(), destination, refusal, route.cache(), nanos, usage);
    if (decision != null) {
      rooms.audit().ended(decision, route, refusal, nanos, loop);
    }
  }

  private Decision decided() {
    Decision made = decision;
    if (made == null) {
      throw new IllegalStateException("not decided yet");
    }
    return made;
  }

  @Override
  public void cancel() {
    assert loop.inLoop();
    if (over) {
      return;
    }
    Current attempt = current;
    RouteInfo route = route(null, null, attempts);
    finish(null, null, route, Usage.UNKNOWN);
    if (attempt != null) {
      attempt.cancel();
    }
  }

  @Override
  public void writable() {
    if (current != null) {
      current.resume();
    }
  }

  /** One attempt's events. Ignores everything after it was left behind. */
  private final class Current implements Upstreams.AttemptEvents {
    private final Candidate candidate;
    private final Endpoint endpoint;
    private final long begunNanos = loop.nanos();
    private @Nullable Attempt handle;
    private @Nullable ByteBuf held;
    private boolean paused;
    private boolean settled;

    Current(Candidate candidate, Endpoint endpoint) {
      this.candidate = candidate;
      this.endpoint = endpoint;
    }

    @Override
    public void answered(ByteBuf json, Usage usage) {
      if (!settle(null)) {
        json.release();
        return;
      }
      RouteInfo route = route(destination(), candidate.upstream().name(), attempts);
      cacheUse().record(json);
      cacheUse().store(candidate.upstream().name());
      rooms.meters().firstToken(request.operation(), candidate.upstream().name(), loop.nanos() - request.arrivedNanos());
      sink.complete(route, json);
      finish(destination(), null, route, usage);
    }

    @Override
    public void events(ByteBuf frames, boolean content) {
      if (settled || over) {
        frames.release();
        return;
      }
      cacheUse().record(frames);
      if (!committed && !content && heldBytes() + frames.readableBytes() <= rooms.config().heldBytes()) {
        hold(frames);
        return;
      }
      if (!committed) {
        commit();
      }
      sink.events(frames);
      if (!sink.isWritable() && !paused && handle != null) {
        paused = true;
        handle.pause();
      }
    }

    private void commit() {
      committed = true;
      rooms.meters().firstToken(request.operation(), candidate.upstream().name(), loop.nanos() - request.arrivedNanos());
      sink.open(route(destination(), candidate.upstream().name(), attempts));
      if (held != null) {
        ByteBuf early = held;
        held = null;
        sink.events(early);
      }
    }

    @Override
    public void ended(Usage usage) {
      if (!settle(null)) {
        return;
      }
      if (!committed) {
        commit();
      }
      cacheUse().store(candidate.upstream().name());
      sink.close();
      finish(destination(), null, route(destination(), candidate.upstream().name(), attempts), usage);
    }

    @Override
    public void failed(AttemptFailure failure) {
      if (!settle(failure)) {
        return;
      }
      cacheUse().forget();
      learnt(failure);
      if (committed) {
        ErrorAnswer error = Failover.answer(failure, true);
        sink.breakOff(error);
        finish(null, error.refusal(), route(destination(), candidate.upstream().name(), attempts), Usage.UNKNOWN);
        return;
      }
      current = null;
      switch (Failover.next(failure, false, attempts, rooms.config().maxAttempts())) {
        case SAME_UPSTREAM_OTHER_ENDPOINT -> atTheRim(RequestWalk.this::attempt);
        case NEXT_UPSTREAM -> {
          nextCandidate();
          atTheRim(RequestWalk.this::attempt);
        }
        case STOP -> refuse(noCandidateLeft());
      }
    }

    /** True for the first end of this attempt while the walk still goes on. */
    private boolean settle(@Nullable AttemptFailure failure) {
      dropHeld(failure != null);
      if (settled || over) {
        return false;
      }
      settled = true;
      rooms.meters().attempt(candidate.upstream().name(), candidate.upstream().zone(), failure == null ? null : failure.kind(),
          loop.nanos() - begunNanos);
      if (failure == null) {
        rooms.health().succeeded(endpoint);
      } else {
        rooms.health().failed(endpoint, failure);
      }
      return true;
    }

    private void dropHeld(boolean failed) {
      if (held != null && (failed || settled || over)) {
        held.release();
        held = null;
      }
    }

    private void hold(ByteBuf frames) {
      if (held == null) {
        held = frames;
      } else {
        ByteBuf joined = frames.alloc().buffer(held.readableBytes() + frames.readableBytes()).writeBytes(held).writeBytes(frames);
        held.release();
        frames.release();
        held = joined;
      }
    }

    private int heldBytes() {
      return held == null ? 0 : held.readableBytes();
    }

    private Destination destination() {
      return Destination.of(candidate.upstream().zone());
    }

    private CacheUse cacheUse() {
      CacheUse use = cache;
      if (use == null) {
        throw new IllegalStateException("no attempt before the cache was asked");
      }
      return use;
    }

    void cancel() {
      dropHeld(true);
      settled = true;
      rooms.meters().attempt(candidate.upstream().name(), candidate.upstream().zone(), AttemptFailure.Kind.CANCELLED, loop.nanos() - begunNanos);
      if (handle != null) {
        handle.cancel();
      }
    }

    void resume() {
      if (paused && handle != null) {
        paused = false;
        handle.resume();
      }
    }
  }
}
