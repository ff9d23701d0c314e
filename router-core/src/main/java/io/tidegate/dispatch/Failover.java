package io.tidegate.dispatch;

import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Refusal;

/** What to do after a failed attempt: pure, shared with the simulator. */
public final class Failover {
  private static final int MAX_RETRY_AFTER_SECONDS = 60;

  private Failover() {}

  /**
   * Where to go on. After {@link #SAME_UPSTREAM_OTHER_ENDPOINT}, where the upstream has no other endpoint left, the next upstream follows.
   */
  public enum Next { SAME_UPSTREAM_OTHER_ENDPOINT, NEXT_UPSTREAM, STOP }

  /**
   * @param committed content has gone out to the caller: never try again
   * @param attempts tries so far, this one included
   */
  public static Next next(AttemptFailure failure, boolean committed, int attempts, int maxAttempts) {
    if (committed || attempts >= maxAttempts) {
      return Next.STOP;
    }
    return switch (failure.kind()) {
      // Busy and loading speak of one endpoint: where the route is one private upstream, its second endpoint is all there is.
      case CONNECT_REFUSED, CONNECT_TIMEOUT, TLS, ADDRESS_NOT_ALLOWED, POOL_FULL, REFUSED_STREAM, RESET, FIRST_TOKEN_TIMEOUT, IDLE_TIMEOUT,
          SERVER_ERROR, PROTOCOL, INCOMPLETE, BUSY, LOADING -> Next.SAME_UPSTREAM_OTHER_ENDPOINT;
      case RATE_LIMITED, ACCOUNT -> Next.NEXT_UPSTREAM;
      case REQUEST_REJECTED, TOTAL_TIMEOUT, OVERSIZED, CANCELLED, GATE_REFUSED -> Next.STOP;
    };
  }

  /**
   * Whether an endpoint that failed so may be asked once more after a wait, where no other is left. Those that took a first token's time have had
   * their chance, and what is wrong with an answer's form will be wrong again.
   */
  public static boolean mayReturn(Kind kind) {
    return switch (kind) {
      case CONNECT_REFUSED, CONNECT_TIMEOUT, POOL_FULL, REFUSED_STREAM, RESET, RATE_LIMITED, BUSY, LOADING, SERVER_ERROR, INCOMPLETE -> true;
      case TLS, ADDRESS_NOT_ALLOWED, GATE_REFUSED, FIRST_TOKEN_TIMEOUT, IDLE_TIMEOUT, TOTAL_TIMEOUT, ACCOUNT, REQUEST_REJECTED, PROTOCOL, OVERSIZED,
          CANCELLED -> false;
    };
  }

  /** What the caller is told when no further attempt will be made after {@code last}. */
  public static ErrorAnswer answer(AttemptFailure last, boolean committed) {
    if (committed) {
      return ErrorAnswer.of(Refusal.UPSTREAM_INCOMPLETE, "The answer broke off before its end. What came so far is incomplete.");
    }
    return switch (last.kind()) {
      case CONNECT_REFUSED, CONNECT_TIMEOUT, TLS, ADDRESS_NOT_ALLOWED, ACCOUNT -> ErrorAnswer.of(Refusal.NO_PERMITTED_UPSTREAM,
          "No upstream that this request may use can be reached. Try again later.");
      case LOADING -> later(Refusal.NO_PERMITTED_UPSTREAM, last, "The model is being loaded. Try again in a moment.");
      case RATE_LIMITED -> later(Refusal.RATE_LIMITED, last, "The upstream limits its rate. Try again after the time given.");
      case BUSY, POOL_FULL -> later(Refusal.BUSY, last, "The upstream is busy. Try again after the time given.");
      case RESET, REFUSED_STREAM, SERVER_ERROR, PROTOCOL, OVERSIZED, INCOMPLETE, IDLE_TIMEOUT -> ErrorAnswer.of(Refusal.UPSTREAM_FAILED,
          "The upstream gave no usable answer. Try again.");
      case FIRST_TOKEN_TIMEOUT -> ErrorAnswer.of(Refusal.FIRST_TOKEN_TIMEOUT, "The upstream did not begin to answer in time.");
      case TOTAL_TIMEOUT -> ErrorAnswer.of(Refusal.DEADLINE_EXCEEDED, "The answer was not whole when the time was over.");
      case REQUEST_REJECTED -> rejected(last);
      case GATE_REFUSED -> ErrorAnswer.of(Refusal.NOTHING_PERMITTED, "The policy permits no upstream for this request.");
      case CANCELLED -> ErrorAnswer.of(Refusal.INTERNAL, "The request was cancelled.");
    };
  }

  /** Of two failures of one request the one that tells its caller more: an upstream's word rather than silence; else the later. */
  public static AttemptFailure moreTelling(AttemptFailure earlier, AttemptFailure later) {
    return rank(earlier.kind()) > rank(later.kind()) ? earlier : later;
  }

  private static int rank(Kind kind) {
    return switch (kind) {
      case CONNECT_REFUSED, CONNECT_TIMEOUT, TLS, ADDRESS_NOT_ALLOWED, ACCOUNT -> 0;
      case POOL_FULL, REFUSED_STREAM, LOADING, BUSY, RATE_LIMITED -> 1;
      case RESET, FIRST_TOKEN_TIMEOUT, IDLE_TIMEOUT, SERVER_ERROR, PROTOCOL, OVERSIZED, INCOMPLETE -> 2;
      case REQUEST_REJECTED, TOTAL_TIMEOUT, CANCELLED, GATE_REFUSED -> 3;
    };
  }

  private static ErrorAnswer later(Refusal refusal, AttemptFailure last, String message) {
    long seconds = Math.min(MAX_RETRY_AFTER_SECONDS, Math.max(1, (last.retryAfterMillis() + 999) / 1000));
    return new ErrorAnswer(refusal, refusal.httpStatus(), message, null, (int) seconds);
  }

  /** The upstream's own word about the request passes through with its status (decisions 34). */
  private static ErrorAnswer rejected(AttemptFailure last) {
    Refusal refusal = switch (last.status()) {
      case 404 -> Refusal.NOT_FOUND;
      case 413 -> Refusal.TOO_LARGE;
      default -> Refusal.INVALID_REQUEST;
    };
    int status = last.status() >= 400 && last.status() < 500 ? last.status() : refusal.httpStatus();
    String message = last.message();
    return new ErrorAnswer(refusal, status, message == null ? "The upstream rejected the request." : message, null, 0);
  }
}
