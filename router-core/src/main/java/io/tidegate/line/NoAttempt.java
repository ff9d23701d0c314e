package io.tidegate.line;

import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.dispatch.Failover;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Refusal;
import io.tidegate.model.Residency;
import org.jspecify.annotations.Nullable;

/** What stood in the way of one request's attempts, and so what its caller is told when none is left. Confined to its walk. */
final class NoAttempt {
  private static final int RETRY_AFTER_SECONDS = 2;

  private final Residency where;
  private @Nullable AttemptFailure failure;
  private boolean notRecorded;
  private boolean notCleared;
  private boolean noTime;
  private boolean notTaken;

  /** @param where the decision permits it */
  NoAttempt(Residency where) {
    this.where = where;
  }

  /** An attempt failed, or no endpoint could be tried, for this reason. */
  void learnt(AttemptFailure more) {
    failure = failure == null ? more : Failover.moreTelling(failure, more);
  }

  /** The decision's record could not be written. */
  void notRecorded() {
    notRecorded = true;
  }

  /** The decision did not clear what the catalog offered. */
  void notCleared() {
    notCleared = true;
  }

  /** The text could not be cleaned so that the step opens. */
  void notCleaned() {
    notCleared = true;
  }

  /** Each endpoint says of itself that it does not take such a request. */
  void notTaken() {
    notTaken = true;
  }

  /** Less time was left than the target takes to begin. */
  void noTime() {
    noTime = true;
  }

  /** Whether nothing stood in the way but that endpoints were out or cooling. */
  boolean allOut() {
    boolean otherwise = notRecorded || notCleared || noTime || notTaken;
    return failure != null && (failure.kind() == Kind.CONNECT_REFUSED || failure.kind() == Kind.RATE_LIMITED) && !otherwise;
  }

  ErrorAnswer answer() {
    ErrorAnswer told = failure == null ? null : Failover.answer(failure, false);
    if (told != null && (told.refusal() != Refusal.NO_PERMITTED_UPSTREAM || told.retryAfterSeconds() > 0)) {
      return told;
    }
    if (noTime && failure == null) {
      return ErrorAnswer.of(Refusal.DEADLINE_EXCEEDED, "Less time was left than the upstream takes to begin its answer. Nothing was sent.");
    }
    if (notRecorded) {
      return later(Refusal.AUDIT_UNAVAILABLE, "The decision could not be recorded, so nothing was sent. Try again later.");
    }
    if (notCleared && failure == null) {
      return ErrorAnswer.of(Refusal.NOTHING_PERMITTED, "The policy permits no upstream for this request.");
    }
    if (notTaken && failure == null) {
      return ErrorAnswer.of(Refusal.NOTHING_PERMITTED, "Each endpoint that this request may use says of itself that it takes less: by its clearance, its model or its context.");
    }
    return RegionMoves.allDown(where, RETRY_AFTER_SECONDS);
  }

  private static ErrorAnswer later(Refusal refusal, String message) {
    return new ErrorAnswer(refusal, refusal.httpStatus(), message, null, RETRY_AFTER_SECONDS);
  }
}
