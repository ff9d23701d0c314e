package io.tidegate.telemetry;

import io.tidegate.model.Destination;
import io.tidegate.model.Refusal;
import org.jspecify.annotations.Nullable;

/** How a request ended, as the label {@code outcome} tells it. */
public enum RequestOutcome {
  OK,
  /** It should have been answered: an upstream, the disk or the daemon itself failed, or all that may answer it are down. */
  ERROR,
  /** It was turned away, rightly: it was wrong, not permitted, over a rate, or there was no room. */
  REFUSED,
  CANCELLED;

  static final RequestOutcome[] ALL = values();

  public static RequestOutcome of(@Nullable Destination destination, @Nullable Refusal refusal) {
    return refusal != null ? of(refusal) : destination == null ? CANCELLED : OK;
  }

  private static RequestOutcome of(Refusal refusal) {
    return switch (refusal) {
      case NO_PERMITTED_UPSTREAM, NO_PERMITTED_REGION, UPSTREAM_FAILED, UPSTREAM_INCOMPLETE, FIRST_TOKEN_TIMEOUT, DEADLINE_EXCEEDED, AUDIT_UNAVAILABLE,
          CLASSIFICATION_FAILED, INTERNAL -> ERROR;
      case INVALID_REQUEST, UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, METHOD_NOT_ALLOWED, REQUEST_TIMEOUT, TOO_LARGE, URI_TOO_LONG, UNSUPPORTED_MEDIA,
          HEADERS_TOO_LARGE, RATE_LIMITED, BUSY, NOTHING_PERMITTED, NO_REGION_SERVES, DRAINING -> REFUSED;
    };
  }
}
