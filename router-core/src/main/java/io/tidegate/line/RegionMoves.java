package io.tidegate.line;

import io.tidegate.decide.Decision;
import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.dispatch.Candidate;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Refusal;
import io.tidegate.model.Residency;
import java.util.List;

/** When a failed attempt is followed by one in another region rather than by one at a neighbour (R3.3), and what a request bound to regions is told. */
final class RegionMoves {
  private RegionMoves() {}

  /**
   * Whether the next attempt goes on to the next region though this one may have endpoints left: after a silence, which costs a caller time that the
   * neighbours of the silent one may cost, too; and with the last attempt, so that a region whose every endpoint is gone costs no request.
   *
   * @param index of the candidate at which it failed
   * @param made attempts so far
   */
  static boolean leaves(AttemptFailure failure, List<Candidate> candidates, int index, int made, Rooms rooms) {
    if (index + 1 >= candidates.size()) {
      return false;
    }
    Candidate here = candidates.get(index);
    Candidate next = candidates.get(index + 1);
    boolean region = next.upstream() == here.upstream() && next.step() == here.step();
    boolean time = failure.kind() == Kind.CONNECT_TIMEOUT || made + 1 >= rooms.config().maxAttempts();
    return region && time && rooms.health().isOpen(next.place()) && rooms.health().share(next.place()) > 0;
  }

  /** For a request that nobody may serve by its decision. */
  static ErrorAnswer nobody(Decision decision) {
    Residency where = decision.residency();
    if (where.anywhere()) {
      return ErrorAnswer.of(Refusal.NOTHING_PERMITTED,
          "The policy clears no destination that serves this request. Ask the owner of the policy, or name another model.");
    }
    return ErrorAnswer.of(Refusal.NO_REGION_SERVES, "The policy permits this request in these regions only: " + where
        + ". No upstream there serves it. Ask the owner of the policy, or name another model.");
  }

  /** For a request whose every permitted upstream is down. */
  static ErrorAnswer allDown(Residency where, int retryAfterSeconds) {
    Refusal refusal = where.anywhere() ? Refusal.NO_PERMITTED_UPSTREAM : Refusal.NO_PERMITTED_REGION;
    String message = where.anywhere()
        ? "Every upstream that the policy permits for this request is down. Nothing was sent anywhere else. Try again later."
        : "Every upstream in the regions that the policy permits for this request (" + where + ") is down. Nothing was sent to another region. Try again later.";
    return new ErrorAnswer(refusal, refusal.httpStatus(), message, null, retryAfterSeconds);
  }
}
