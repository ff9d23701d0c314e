package io.tidegate.lab.plan;

import java.util.List;

/** How a dialect says no. */
public interface ErrorForms {
  /** The error body and status for a kind of refusal. */
  Refused refused(Complaint complaint);

  /** What the dialect writes into a stream that fails after its head: the events, in order, each a whole SSE or NDJSON piece. */
  List<byte[]> inStream();

  /** A body with its status. */
  record Refused(int status, byte[] body) {}

  /** Why an upstream refuses. */
  enum Complaint {
    BAD_REQUEST, CONTEXT_TOO_LONG, UNAUTHORIZED, PAYMENT, FORBIDDEN, NOT_FOUND, NO_SUCH_MODEL, UNPROCESSABLE, RATE_LIMIT,
    SERVER_ERROR, NOT_SUPPORTED, BUSY, LOADING, MISSING_REASONING
  }
}
