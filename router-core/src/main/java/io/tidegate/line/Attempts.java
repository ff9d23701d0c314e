package io.tidegate.line;

import io.tidegate.admission.queue.WaitingRoom;
import io.tidegate.decide.Clearance;
import io.tidegate.decide.Decision;
import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.Candidate;
import io.tidegate.dispatch.Failover;
import io.tidegate.dispatch.RouteProgress;
import io.tidegate.dispatch.retry.RetryCourse;
import io.tidegate.dispatch.retry.UpstreamFigures;
import io.tidegate.line.Upstreams.AttemptTimes;
import io.tidegate.model.AuditReceipt;
import io.tidegate.model.Endpoint;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.LeftAttempt;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Refusal;
import io.tidegate.reply.AnswerRewriter;
import io.tidegate.time.Loop;
import io.tidegate.wire.SplicedText;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of one request, from the first to the one that answers or the last that fails. Confined to its walk's loop.
 *
 * <p>The candidates are those of the decision, fixed before the first attempt; every attempt takes from that list only (hazards A3, A4). Calls may
 * come from inside calls: an attempt may fail before {@link Upstreams#send} has returned.
 */
final class Attempts {
  /** Of English; others need fewer. */
  private static final int BYTES_PER_TOKEN = 4;

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
  private final Retrying retrying;
  private RouteProgress progress;

  private int candidateIndex;
  private @Nullable SplicedText encoded;
  private final Picking picking;
  private int made;
  /** When the walk last paused for its record or its cleaned text. */
  private long pausedNanos;
  /** Attempts before the list was last begun from its head. */
  private int madeBefore;
  /** Attempts that were left; made with the first. */
  private @Nullable List<LeftAttempt> left;
  private @Nullable AttemptUnderWay current;
  private @Nullable Awaiting awaiting;
  private @Nullable NoAttempt noAttempt;
  /** Null unless this request may be asked of two endpoints at once. */
  private final @Nullable Hedge hedge;

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
    this.picking = new Picking(rooms, request, decision.sensitivity(), decision.latencyClass(), loop);
    this.retrying = new Retrying(walk, rooms, request, decision.latencyClass(), loop);
    this.hedge = retrying.hedge();
    this.progress = RouteProgress.of(candidates);
  }

  /** What stood in the way; made when something first does. */
  private NoAttempt why() {
    NoAttempt known = noAttempt;
    if (known == null) {
      known = new NoAttempt(decision.residency());
      noAttempt = known;
    }
    return known;
  }

  /** Tries at endpoints so far. */
  int made() {
    return made;
  }

  /** Those that were left so far, in order. */
  List<LeftAttempt> left() {
    return left == null ? List.of() : List.copyOf(left);
  }

  void left(String upstream, String endpoint, AttemptFailure why, long nanos) {
    if (left == null) {
      left = new ArrayList<>(2);
    }
    left.add(new LeftAttempt(upstream, endpoint, why.kind().name().toLowerCase(Locale.ROOT), nanos / 1_000_000, why.inputTokens(), why.outputTokens()));
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
      Transforming cleaning = transforming;
      if (candidate.after() != null && cleaning != null) {
        if (!cleaning.settled()) {
          pausedNanos = loop.nanos();
          cleaning.begin(candidate.after(), this::cleaned, walk::defect);
          return;
        }
        opener = cleaning.opened(candidate.after(), candidate.upstream());
        record = cleaning.receipt();
      }
      if (opener == null || record == null) {
        why().notCleaned();
        progress.failed(AttemptFailure.Kind.CONNECT_REFUSED);
        nextCandidate();
        continue;
      }
      switch (record.leave(candidate.upstream().zone(), this::resume)) {
        case AWAITED -> {
          pausedNanos = loop.nanos();
          return;
        }
        case REFUSED -> {
          why().notRecorded();
          progress.failed(AttemptFailure.Kind.CONNECT_REFUSED);
          nextCandidate();
          continue;
        }
        case GIVEN -> { }
      }
      UpstreamFigures figures = retrying.figures(candidate);
      if (retrying.tooLate(figures, left)) {
        why().noTime();
        progress.failed(AttemptFailure.Kind.TOTAL_TIMEOUT);
        nextCandidate();
        continue;
      }
      // Unpaid is no condition of the route's: what the upstream itself showed before is.
      if (!retrying.paid(candidate, figures)) {
        nextCandidate();
        continue;
      }
      // Cleared before an endpoint is picked: a pick may hand out an endpoint's only probe, and must then be used.
      Optional<Clearance> clearance = rules.decider().clear(opener, candidate.upstream(), candidate.place(), encoded(opener, candidate));
      if (clearance.isEmpty()) {
        // The catalog offered what the decision does not clear: a defect of ours, stopped and counted here.
        why().notCleared();
        progress.failed(AttemptFailure.Kind.GATE_REFUSED);
        rooms.meters().egressRefused();
        nextCandidate();
        continue;
      }
      boolean called = awaiting != null && awaiting.calledTo(candidate.place());
      Optional<Endpoint> endpoint = picking.pick(candidate, made == madeBefore ? walk.admission().room() : null, called);
      if (called) {
        awaiting.arrived();
      }
      if (endpoint.isEmpty()) {
        retrying.notMade(candidate, figures);
        AttemptFailure none = picking.whyNone();
        if (none.kind() == AttemptFailure.Kind.POOL_FULL && made == madeBefore && waitsHere()) {
          return;
        }
        progress.failed(none.kind());
        if (picking.nobodyTakes(candidate)) {
          why().notTaken();
        } else if (picking.triedNone()) {
          why().learnt(none);
        }
        nextCandidate();
        continue;
      }
      retrying.making(candidate, figures, made);
      AttemptUnderWay attempt = begin(candidate, endpoint.get(), clearance.get(), record.receipt(), figures, left, null);
      if (hedge != null && attempt == current) {
        arm(hedge, candidate, opener, record.receipt(), figures);
      }
      return;
    }
    if (made == madeBefore && awaiting != null && awaiting.insteadOfGivingUp()) {
      return;
    }
    if (!retrying.waits(made, candidates, why().allOut(), this::beginAgain)) {
      walk.refuse(why().answer());
    }
  }

  /** The candidate at hand is full, and nothing was tried in this round yet. True if the request waits for it before it looks further. */
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

  /** Conditions are asked anew, as a new request would: of the same frozen candidates. */
  void beginAgain() {
    candidateIndex = 0;
    madeBefore = made;
    if (awaiting != null) {
      awaiting.anew();
    }
    encoded = null;
    picking.anew();
    progress = RouteProgress.of(candidates);
    next();
  }

  /** The record is on the disk, or will not be: goes on where the walk waited for it. */
  private void resume() {
    walk.note(RequestTrace.Step.RECORD, pausedNanos);
    if (!walk.answer().isOver()) {
      walk.atTheRim(this::next);
    }
  }

  /** The text was cleaned, or cannot be: goes on where the walk waited for it. */
  private void cleaned() {
    walk.note(RequestTrace.Step.TRANSFORM, pausedNanos);
    walk.atTheRim(this::next);
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
    picking.anew();
  }

  /** @param beside whose second attempt it is; null for the one that counts */
  private AttemptUnderWay begin(Candidate candidate, Endpoint endpoint, Clearance clearance, @Nullable AuditReceipt recorded, UpstreamFigures figures,
      long left, @Nullable Hedge beside) {
    made++;
    // Without a stream nothing is seen before the whole answer: an attempt may take half of what is left, so that another can follow; the
    // last one may take all.
    long firstToken = request.stream() ? Math.min(left, rooms.config().firstTokenNanos(decision.latencyClass()))
        : made < rooms.config().maxAttempts() ? left / 2 : left;
    AttemptTimes times = new AttemptTimes(firstToken, rooms.config().idle().toNanos(), left);
    AttemptUnderWay attempt = new AttemptUnderWay(walk, this, candidate, endpoint, figures, Rewriting.of(candidate, transforming, links),
        picking.taken(endpoint));
    // Before it can report anything.
    if (beside == null) {
      current = attempt;
    } else {
      beside.begun(attempt);
    }
    if (awaiting != null) {
      awaiting.sent(candidate);
    }
    attempt.begun(rooms.upstreams().send(clearance, endpoint, recorded, times, request.stream(), request.usageAsked(), loop, attempt));
    return attempt;
  }

  /** Where this request may be asked of two endpoints at once: the second follows if the first is slow. */
  private void arm(Hedge beside, Candidate candidate, Decision opener, @Nullable AuditReceipt recorded, UpstreamFigures figures) {
    if (retrying.kept() && !walk.answer().isOpen() && !walk.answer().isOver()) {
      beside.arm(figures.firstTokens().p95Nanos(loop.nanos()), () -> walk.atTheRim(() -> askASecond(beside, candidate, opener, recorded, figures)));
    }
  }

  /** The same text to the same upstream, cleared once more: nothing is opened that the first attempt did not have open. */
  private void askASecond(Hedge beside, Candidate candidate, Decision opener, @Nullable AuditReceipt recorded, UpstreamFigures figures) {
    beside.disarm();
    long left = walk.timeLeft();
    if (made >= rooms.config().maxAttempts() || left <= figures.firstTokens().medianNanos(loop.nanos()) || !figures.payHedge(loop.nanos())) {
      return;
    }
    Optional<Clearance> clearance = rules.decider().clear(opener, candidate.upstream(), candidate.place(), encoded(opener, candidate));
    Optional<Endpoint> endpoint = clearance.isEmpty() ? Optional.empty() : picking.pick(candidate, null, false);
    if (clearance.isEmpty() || endpoint.isEmpty()) {
      figures.hedgeBack(loop.nanos());
      return;
    }
    rooms.meters().hedged(request.prompt().json().length() / BYTES_PER_TOKEN);
    begin(candidate, endpoint.get(), clearance.get(), recorded, figures, left, beside);
  }

  /** {@code by} has content: it goes on, and what is beside it is left. */
  void won(AttemptUnderWay by) {
    AttemptUnderWay loser = hedge == null ? null : hedge.loser(by, current, rooms.meters());
    if (loser != null) {
      current = by;
      loser.cancel();
    }
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
    why().learnt(failure);
    current = hedge == null ? null : hedge.remaining(by, current);
    if (walk.answer().isOpen()) {
      retrying.failedCommitted(failure);
      walk.brokeOff(by, Failover.answer(failure, true));
      return;
    }
    RetryCourse.Go go = retrying.failed(by, failure, made);
    if (current != null) {
      // The one beside it goes on, and may still answer.
      return;
    }
    switch (go) {
      case AT_ONCE -> {
        picking.mayBeAskedAgain(by.endpointId());
        next();
      }
      case OTHER_ENDPOINT -> {
        if (RegionMoves.leaves(failure, candidates, candidateIndex, made, rooms)) {
          nextCandidate();
        }
        next();
      }
      case NEXT_UPSTREAM -> {
        nextCandidate();
        next();
      }
      case STOP -> walk.refuse(why().answer());
    }
  }

  /** No further attempt is made; what is under way is the caller's to cancel. */
  @Nullable AttemptUnderWay leave() {
    AttemptUnderWay attempt = current;
    current = null;
    return attempt;
  }

  /** The request is over: nothing waits, and nothing is kept. */
  void over() {
    retrying.over();
    if (awaiting != null) {
      awaiting.leave();
    }
    picking.close();
    if (hedge != null) {
      hedge.over();
    }
  }

  /** The caller reads again. */
  void writable() {
    if (current != null) {
      current.resume();
    }
  }
}
