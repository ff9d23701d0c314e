package io.tidegate.line;

import io.tidegate.decide.Decision;
import io.tidegate.dispatch.Candidate;
import io.tidegate.model.Destination;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Findings;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.RouteInfo.CacheOutcome;
import io.tidegate.time.Loop;
import java.util.List;

/** The conductor: one straight way for every request, whatever protocol it came by. Any loop; all state is in the walks. */
public final class RequestLine implements Line {
  private final Rooms rooms;
  private final Admission admission;
  private final byte[] models;

  /** Nobody is limited, and nobody waits. */
  public RequestLine(Rooms rooms) {
    this(rooms, Admission.OPEN);
  }

  public RequestLine(Rooms rooms, Admission admission) {
    this.rooms = rooms;
    this.admission = admission;
    this.models = ModelList.json(rooms.catalog());
  }

  @Override
  public Walk walk(ModelRequest request, AnswerSink sink, Loop loop) {
    return walk(request, rooms.rules().get(), Findings.NONE, sink, loop);
  }

  /**
   * @param rules the policy it is decided by: the one by which {@code around} was found, as findings mean nothing to another (A10)
   * @param around findings of what the request came in with, such as a job's file
   */
  public Walk walk(ModelRequest request, Rules rules, Findings around, AnswerSink sink, Loop loop) {
    RequestWalk walk = new RequestWalk(rooms, rules, admission, TokenBudget.of(admission, request), request, around, null, sink, loop);
    walk.start();
    return walk;
  }

  /** Begins the walk of a request of the daemon's own, made for one of a caller's: it takes nothing of its tenant's rates. */
  public void aside(ModelRequest request, AnswerSink sink, Loop loop) {
    new RequestWalk(rooms, rooms.rules().get(), admission, null, request, Findings.NONE, null, sink, loop).start();
  }

  @Override
  public Walk batch(List<ModelRequest> requests, int parallel, BatchSink sink, Loop loop) {
    BatchWalk batch = new BatchWalk(rooms, this::walk, requests, parallel, sink, loop);
    batch.start();
    return batch;
  }

  @Override
  public void classify(ModelRequest request, Loop loop, Classified done) {
    Rules rules = rooms.rules().get();
    Scanning.begin(rooms, rules, request, loop, new Scanning.Outcome() {
      @Override
      public void scanned(Findings findings) {
        Decision decision;
        List<Candidate> candidates;
        try {
          decision = rules.decider().decide(Conversation.seen(rooms.sessions(), request), findings, rooms.clock().now());
          candidates = rooms.candidates(decision, loop);
        } catch (RuntimeException defect) {
          failed(defect);
          return;
        }
        done.decided(route(request, decision, candidates), findings.list(), decision.route());
      }

      @Override
      public void noRoom() {
        done.refused(RequestLine.noRoom());
      }

      @Override
      public void failed(Throwable defect) {
        rooms.meters().defect(defect);
        done.refused(ErrorAnswer.of(Refusal.INTERNAL, "The router failed on this request. Nothing was sent."));
      }
    });
  }

  private static RouteInfo route(ModelRequest request, Decision decision, List<Candidate> candidates) {
    // What a transformation might open is not open yet.
    Candidate first = candidates.stream().filter(candidate -> candidate.after() == null).findFirst().orElse(null);
    return new RouteInfo(request.id(), decision.sensitivity(), decision.latencyClass(),
        first == null ? null : Destination.of(first.upstream().zone()), first == null ? null : first.upstream().name(),
        String.join(",", decision.rules()), decision.policyDigest(), CacheOutcome.BYPASS, 0);
  }

  static ErrorAnswer noRoom() {
    return ErrorAnswer.of(Refusal.CLASSIFICATION_FAILED, "The classifier has no room for this request now. Try again later.");
  }

  @Override
  public byte[] models() {
    return models.clone();
  }
}
