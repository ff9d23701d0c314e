package io.tidegate.line;

import io.tidegate.decide.Decision;
import io.tidegate.dispatch.Candidate;
import io.tidegate.model.Destination;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.ModelRequest;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo;
import io.tidegate.model.RouteInfo.CacheOutcome;
import io.tidegate.time.Loop;
import java.util.List;

/** The conductor: one straight way for every request, whatever protocol it came by. Any loop; all state is in the walks. */
public final class RequestLine implements Line {
  private final Rooms rooms;
  private final byte[] models;

  public RequestLine(Rooms rooms) {
    this.rooms = rooms;
    this.models = ModelList.json(rooms.catalog());
  }

  @Override
  public Walk walk(ModelRequest request, AnswerSink sink, Loop loop) {
    RequestWalk walk = new RequestWalk(rooms, request, sink, loop);
    walk.start();
    return walk;
  }

  @Override
  public void classify(ModelRequest request, Loop loop, Classified done) {
    Rules rules = rooms.rules().get();
    Scanning.scan(rooms, rules, request, loop, findings -> {
      Decision decision = rules.decider().decide(request, findings);
      List<Candidate> candidates = rooms.catalog().candidates(decision);
      Candidate first = candidates.isEmpty() ? null : candidates.get(0);
      RouteInfo route = new RouteInfo(request.id(), decision.sensitivity(), decision.latencyClass(),
          first == null ? null : Destination.of(first.upstream().zone()), first == null ? null : first.upstream().name(),
          String.join(",", decision.rules()), decision.policyDigest(), CacheOutcome.BYPASS, 0);
      done.decided(route, findings.list(), decision.route());
    }, () -> done.refused(ErrorAnswer.of(Refusal.CLASSIFICATION_FAILED, "The classifier has no room for this request now. Try again later.")));
  }

  @Override
  public byte[] models() {
    return models.clone();
  }
}
