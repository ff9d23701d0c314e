package io.tidegate.dispatch;

import org.jspecify.annotations.Nullable;

/**
 * Why an attempt gave no whole answer.
 *
 * @param status HTTP status of the upstream, 0 if none came
 * @param unprocessed the upstream certainly has not begun to work on it (refused connection, REFUSED_STREAM, GOAWAY below our stream):
 *     trying elsewhere costs nothing
 * @param retryAfterMillis what the upstream asked for, already clamped to 1 s … 60 s; 0 if nothing
 * @param message for a 4xx about the request only: the upstream's message, cleaned and cut; never content of an answer
 * @param inputTokens what the upstream had counted by then; -1 where it had not said
 * @param outputTokens the same
 */
public record AttemptFailure(Kind kind, int status, boolean unprocessed, long retryAfterMillis, @Nullable String message, long inputTokens, long outputTokens) {
  /** The upstream has not said what it cost. */
  public AttemptFailure(Kind kind, int status, boolean unprocessed, long retryAfterMillis, @Nullable String message) {
    this(kind, status, unprocessed, retryAfterMillis, message, -1, -1);
  }

  public static AttemptFailure of(Kind kind) {
    return new AttemptFailure(kind, 0, kind.unprocessed, 0, null);
  }

  /** The same failure, told with other words. */
  public AttemptFailure withMessage(@Nullable String other) {
    return message == other ? this : new AttemptFailure(kind, status, unprocessed, retryAfterMillis, other, inputTokens, outputTokens);
  }

  /** The same failure, after so many tokens; -1 where the upstream has not said. */
  public AttemptFailure after(long input, long output) {
    return input < 0 && output < 0 ? this : new AttemptFailure(kind, status, unprocessed, retryAfterMillis, message, input, output);
  }

  /** What is known about a failure. */
  public enum Kind {
    CONNECT_REFUSED(true),
    CONNECT_TIMEOUT(true),
    /** TLS handshake, host name or certificate. */
    TLS(true),
    /** The connected address is outside the upstream's networks (A14, A15). */
    ADDRESS_NOT_ALLOWED(true),
    /** The gate refused: wrong zone, no receipt, wrong upstream. A defect of ours; counted as a violation that was stopped. */
    GATE_REFUSED(true),
    /** Every connection of this loop to the endpoint is taken. */
    POOL_FULL(true),
    REFUSED_STREAM(true),
    /** Reset or closed before the answer was whole. */
    RESET(false),
    FIRST_TOKEN_TIMEOUT(false),
    IDLE_TIMEOUT(false),
    TOTAL_TIMEOUT(false),
    /** 429. */
    RATE_LIMITED(false),
    /** 503 with a busy body. */
    BUSY(false),
    /** 503 while a model loads: not a reason to eject. */
    LOADING(false),
    /** 401, 402, 403 of our own account. */
    ACCOUNT(false),
    SERVER_ERROR(false),
    /** 400, 404, 413, 422: about the request; passes through. */
    REQUEST_REJECTED(false),
    /** Broken JSON, wrong content type, error inside 200, blank answer, foreign shape. */
    PROTOCOL(false),
    OVERSIZED(false),
    /** The end came without finish_reason and [DONE]. */
    INCOMPLETE(false),
    CANCELLED(false);

    private final boolean unprocessed;

    Kind(boolean unprocessed) {
      this.unprocessed = unprocessed;
    }
  }
}
