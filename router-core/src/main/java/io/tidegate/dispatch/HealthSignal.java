package io.tidegate.dispatch;

/** What a failed attempt says about the endpoint it was made at. */
enum HealthSignal {
  /** Nothing listens there, or it is not where it may be: out at once. */
  OUT,
  /** One failure more. */
  COUNTS,
  /** Overloaded or loading: others first, for a while. */
  AVOID,
  /** Asked us to wait: not before the time it named. */
  COOL,
  /** Our account is refused: the whole upstream is closed. */
  ACCOUNT,
  /** Says nothing about the endpoint. */
  NOTHING;

  static HealthSignal of(AttemptFailure.Kind kind) {
    return switch (kind) {
      case CONNECT_REFUSED, ADDRESS_NOT_ALLOWED -> OUT;
      case CONNECT_TIMEOUT, TLS, RESET, FIRST_TOKEN_TIMEOUT, IDLE_TIMEOUT, SERVER_ERROR, PROTOCOL, INCOMPLETE -> COUNTS;
      case LOADING, BUSY -> AVOID;
      case RATE_LIMITED -> COOL;
      case ACCOUNT -> ACCOUNT;
      // The total time is the caller's to choose: a caller in a hurry must not be able to eject an endpoint for everybody else.
      case TOTAL_TIMEOUT, GATE_REFUSED, POOL_FULL, REFUSED_STREAM, REQUEST_REJECTED, OVERSIZED, CANCELLED -> NOTHING;
    };
  }

  /** Whether it could be reached and its answer is to blame. */
  static boolean answered(AttemptFailure.Kind kind) {
    return switch (kind) {
      case SERVER_ERROR, PROTOCOL, INCOMPLETE -> true;
      default -> false;
    };
  }
}
