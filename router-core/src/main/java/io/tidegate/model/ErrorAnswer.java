package io.tidegate.model;

import org.jspecify.annotations.Nullable;

/**
 * An error as the caller sees it, in OpenAI's shape over HTTP and as a status with {@code ErrorInfo} over gRPC.
 *
 * @param httpStatus {@code refusal}'s own, or an upstream's 4xx about the request that passes through (decisions 34)
 * @param message says what to do, never what was found in the text (G3)
 * @param param the request field that is meant, if one is
 * @param retryAfterSeconds 1..60, or 0 for none
 */
public record ErrorAnswer(Refusal refusal, int httpStatus, String message, @Nullable String param, int retryAfterSeconds) {
  /** The usual form: status and code from the table. */
  public static ErrorAnswer of(Refusal refusal, String message) {
    return new ErrorAnswer(refusal, refusal.httpStatus(), message, null, 0);
  }

  /** Names the request field that is wrong. */
  public static ErrorAnswer ofParam(Refusal refusal, String message, String param) {
    return new ErrorAnswer(refusal, refusal.httpStatus(), message, param, 0);
  }
}
