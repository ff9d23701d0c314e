package io.tidegate.line;

import io.tidegate.admission.limit.Permit;
import io.tidegate.admission.queue.WaitingRoom;
import io.tidegate.decide.Clearance;
import io.tidegate.decide.Decision;
import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.Candidate;
import io.tidegate.dispatch.Failover;
import io.tidegate.dispatch.RouteProgress;
import io.tidegate.line.Upstreams.AttemptTimes;
import io.tidegate.model.AuditReceipt;
import io.tidegate.model.Endpoint;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Refusal;
import io.tidegate.reply.AnswerRewriter;
import io.tidegate.time.Loop;
import io.tidegate.wire.SplicedText;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of one request, from the first to the one that answers or the last that fails. Confined to its walk's loop.
 *
 * <p>The candidates are those of the decision, fixed before the first attempt; every attempt takes from that list only (hazards A3, A4). Calls may
 * come from inside calls: an attempt may fail before {@link Upstreams#send} has returned.
 */
final class Attempts {
  private static final int RETRY_AFTER_SECONDS = 2;

  private final RequestWalk walk;
  private final Rooms rooms;
  private final Rules rules;
  private final ModelRequest request;
  private final Loop loop;
  private final Decision decision;
  private final List<Candidate> candidates;
  private final DurableReceipt receipt;
  private final @Nullable Transforming transforming;
  private final @Nullable AnswerRewriter links;
  private RouteProgress progress;

  private int candidateIndex;
  private @Nullable SplicedText encoded;
  private final Set<String> tried = new HashSet<>(4);
  private int made;
  private @Nullable AttemptUnderWay current;
  private @Nullable Awaiting awaiting;
  private @Nullable AttemptFailure lastFailure;
  private boolean auditFailed;
  private boolean clearanceFailed;
  private boolean notCleaned;

  /**
   * @param receipt of the decision's record
   * @param transforming what opens the steps that need a cleaned text; null where there are none
   * @param links what answers to the text as it stands pass; null if they go on as they come
   */
  Attempts(RequestWalk walk, Rooms rooms, Rules rules, ModelRequest request, Loop loop, Decision decision, List<Candidate> candidates,
      DurableReceipt receipt, @Nullable Transforming transforming, @Nullable AnswerRewriter links) {
    this.walk = walk;
    this.rooms = rooms;
    this.rules = rules;
    this.request = request;
    this.loop = loop;
    this.decision = decision;
    this.candidates = candidates;
    this.receipt = receipt;
    this.transforming = transforming;
    this.links = links;
    this.progress = RouteProgress.of(candidates);
  }

  /** Tries at endpoints so far. */
  int made() {
    return made;
  }

  /** Takes the next endpoint that the decision allows, or ends the walk. */
  void next() {
    while (candidateIndex < candidates.size()) {
      Candidate candidate = candidates.get(candidateIndex);
      if (!progress.admits(candidate)) {
        nextCandidate();
        continue;
      }
      long left = walk.timeLeft();
      if (left <= 0) {
        walk.refuse(ErrorAnswer.of(Refusal.DEADLINE_EXCEEDED, "The time this request was given is over."));
        return;
      }
      Decision opener = decision;
      DurableReceipt record = receipt;
      Transforming again = transforming;
      if (candidate.after() != null && again != null) {
        if (!again.settled()) {
          again.begin(candidate.after(), () -> walk.atTheRim(this::next), walk::defect);
          return;
        }
        opener = again.opened(candidate.after(), candidate.upstream());
        record = again.receipt();
      }
      if (opener == null || record == null) {
        notCleaned = true;
        progress.failed(AttemptFailure.Kind.CONNECT_REFUSED);
        nextCandidate();
        continue;
      }
      switch (record.leave(candidate.upstream().zone(), this::resume)) {
        case AWAITED -> {
          return;
        }
        case REFUSED -> {
          auditFailed = true;
          progress.failed(AttemptFailure.Kind.CONNECT_REFUSED);
          nextCandidate();
          continue;
        }
        case GIVEN -> { }
      }
      // Cleared before an endpoint is picked: a pick may hand out an endpoint's only probe, and must then be used.
      Optional<Clearance> clearance = rules.decider().clear(opener, candidate.upstream(), encoded(opener, candidate));
      if (clearance.isEmpty()) {
        // The catalog offered what the decision does not clear: a defect of ours, stopped and counted here.
        clearanceFailed = true;
        progress.failed(AttemptFailure.Kind.GATE_REFUSED);
        rooms.meters().egressRefused();
        nextCandidate();
        continue;
      }
      Optional<Endpoint> endpoint = rooms.balancers().get(loop.index()).pick(candidate.upstream().name(), tried);
      if (endpoint.isEmpty()) {
        AttemptFailure why = rooms.health().whyNone(candidate.upstream().name());
        if (why.kind() == AttemptFailure.Kind.POOL_FULL && made == 0 && waitsHere()) {
          return;
        }
        progress.failed(why.kind());
        if (tried.isEmpty()) {
          learnt(why);
        }
        nextCandidate();
        continue;
      }
      Rewriting rewriting = Rewriting.of(candidate, transforming, links);
      Permit permit = rooms.health().admit(endpoint.get());
      if (permit == null) {
        continue;
      }
      send(candidate, endpoint.get(), clearance.get(), record.receipt(), left, rewriting, permit);
      return;
    }
    if (made > 0 || awaiting == null || !awaiting.insteadOfGivingUp()) {
      walk.refuse(noCandidateLeft());
    }
  }

  /** The candidate at hand is full, and nothing was tried yet. True if the request waits for it before it looks further. */
  private boolean waitsHere() {
    WaitingRoom room = walk.admission().room();
    if (room == null) {
      return false;
    }
    if (awaiting == null) {
      awaiting = new Awaiting(walk, this, rooms, walk.admission(), room, request, decision.latencyClass(), candidates, loop);
    }
    return awaiting.metFull(candidateIndex);
  }

  /** Goes through the list anew, from its head, after a wait in which nothing was tried. */
  void fromTheHead() {
    candidateIndex = 0;
    encoded = null;
    tried.clear();
    lastFailure = null;
    progress = RouteProgress.of(candidates);
    next();
  }

  /** The record is on the disk, or will not be: goes on where the walk waited for it. */
  private void resume() {
    if (!walk.answer().isOver()) {
      walk.atTheRim(this::next);
    }
  }

  private SplicedText encoded(Decision opener, Candidate candidate) {
    SplicedText text = encoded;
    if (text == null) {
      text = rooms.encoder().encode(opener.request(), candidate.upstream(), candidate.model());
      encoded = text;
    }
    return text;
  }

  private void nextCandidate() {
    candidateIndex++;
    encoded = null;
    tried.clear();
  }

  private void send(Candidate candidate, Endpoint endpoint, Clearance clearance, @Nullable AuditReceipt recorded, long left,
      @Nullable Rewriting rewriting, Permit permit) {
    made++;
    tried.add(endpoint.id());
    // Without a stream nothing is seen before the whole answer: an attempt may take half of what is left, so that another can follow; the
    // last one may take all.
    long firstToken = request.stream() ? Math.min(left, rooms.config().firstTokenNanos(decision.latencyClass()))
        : made < rooms.config().maxAttempts() ? left / 2 : left;
    AttemptTimes times = new AttemptTimes(firstToken, rooms.config().idle().toNanos(), left);
    AttemptUnderWay attempt = new AttemptUnderWay(walk, this, candidate, endpoint, rewriting, permit);
    current = attempt;
    if (awaiting != null) {
      awaiting.sent(candidate);
    }
    attempt.begun(rooms.upstreams().send(clearance, endpoint, recorded, times, request.stream(), request.usageAsked(), loop, attempt));
  }

  void failed(AttemptUnderWay by, AttemptFailure reported) {
    if (walk.answer().isOver()) {
      return;
    }
    AttemptFailure failure = reported.withMessage(Quotes.masked(reported.message(), request.prompt().json()));
    if (transforming != null) {
      failure = transforming.masked(failure);
    }
    walk.cacheUse().forget();
    progress.failed(failure.kind());
    learnt(failure);
    current = null;
    if (walk.answer().isOpen()) {
      walk.brokeOff(by, Failover.answer(failure, true));
      return;
    }
    switch (Failover.next(failure, false, made, rooms.config().maxAttempts())) {
      case SAME_UPSTREAM_OTHER_ENDPOINT -> next();
      case NEXT_UPSTREAM -> {
        nextCandidate();
        next();
      }
      case STOP -> walk.refuse(noCandidateLeft());
    }
  }

  /** No further attempt is made; what is under way is the caller's to cancel. */
  @Nullable AttemptUnderWay leave() {
    if (awaiting != null) {
      awaiting.leave();
    }
    AttemptUnderWay attempt = current;
    current = null;
    return attempt;
  }

  /** The caller reads again. */
  void writable() {
    if (current != null) {
      current.resume();
    }
  }

  private void learnt(AttemptFailure failure) {
    lastFailure = lastFailure == null ? failure : Failover.moreTelling(lastFailure, failure);
  }

  private ErrorAnswer noCandidateLeft() {
    ErrorAnswer told = lastFailure == null ? null : Failover.answer(lastFailure, false);
    if (told != null && (told.refusal() != Refusal.NO_PERMITTED_UPSTREAM || told.retryAfterSeconds() > 0)) {
      return told;
    }
    if (auditFailed) {
      return later(Refusal.AUDIT_UNAVAILABLE, "The decision could not be recorded, so nothing was sent. Try again later.");
    }
    if ((clearanceFailed || notCleaned) && lastFailure == null) {
      return ErrorAnswer.of(Refusal.NOTHING_PERMITTED, "The policy permits no upstream for this request.");
    }
    return later(Refusal.NO_PERMITTED_UPSTREAM,
        "Every upstream that the policy permits for this request is down. Nothing was sent anywhere else. Try again later.");
  }

  private static ErrorAnswer later(Refusal refusal, String message) {
    return new ErrorAnswer(refusal, refusal.httpStatus(), message, null, RETRY_AFTER_SECONDS);
  }

}
