package io.tidegate.model;

import java.util.Locale;

/**
 * The one table of what a caller can be told when there is no answer (decisions 33): stable code, HTTP status, gRPC status, and whether
 * the same request may succeed later. "No" becomes {@code x-should-retry: false}.
 */
public enum Refusal {
  INVALID_REQUEST(400, Grpc.INVALID_ARGUMENT, false, "invalid_request_error"),
  UNAUTHENTICATED(401, Grpc.UNAUTHENTICATED, false, "authentication_error"),
  FORBIDDEN(403, Grpc.PERMISSION_DENIED, false, "permission_error"),
  NOT_FOUND(404, Grpc.NOT_FOUND, false, "invalid_request_error"),
  METHOD_NOT_ALLOWED(405, Grpc.UNIMPLEMENTED, false, "invalid_request_error"),
  REQUEST_TIMEOUT(408, Grpc.DEADLINE_EXCEEDED, true, "invalid_request_error"),
  TOO_LARGE(413, Grpc.RESOURCE_EXHAUSTED, false, "invalid_request_error"),
  URI_TOO_LONG(414, Grpc.INVALID_ARGUMENT, false, "invalid_request_error"),
  UNSUPPORTED_MEDIA(415, Grpc.INVALID_ARGUMENT, false, "invalid_request_error"),
  HEADERS_TOO_LARGE(431, Grpc.INVALID_ARGUMENT, false, "invalid_request_error"),
  RATE_LIMITED(429, Grpc.RESOURCE_EXHAUSTED, true, "rate_limit_error"),
  BUSY(429, Grpc.RESOURCE_EXHAUSTED, true, "rate_limit_error"),
  /** Every endpoint the decision clears is down: may pass. */
  NO_PERMITTED_UPSTREAM(503, Grpc.UNAVAILABLE, true, "service_unavailable_error"),
  /** The policy clears no destination that serves this request: will not pass by itself. */
  NOTHING_PERMITTED("no_permitted_upstream", 503, Grpc.FAILED_PRECONDITION, false, "service_unavailable_error"),
  /** Every endpoint in the regions that the policy permits is down, whatever is up elsewhere: may pass. */
  NO_PERMITTED_REGION(503, Grpc.UNAVAILABLE, true, "service_unavailable_error"),
  /** No upstream in the regions that the policy permits serves this request: will not pass by itself. */
  NO_REGION_SERVES("no_permitted_region", 503, Grpc.FAILED_PRECONDITION, false, "service_unavailable_error"),
  UPSTREAM_FAILED(502, Grpc.UNAVAILABLE, true, "upstream_error"),
  /** A stream that was cut after its first content went out: an error event inside the stream. */
  UPSTREAM_INCOMPLETE(502, Grpc.UNAVAILABLE, false, "upstream_error"),
  FIRST_TOKEN_TIMEOUT(504, Grpc.DEADLINE_EXCEEDED, false, "timeout_error"),
  DEADLINE_EXCEEDED(504, Grpc.DEADLINE_EXCEEDED, false, "timeout_error"),
  AUDIT_UNAVAILABLE(503, Grpc.UNAVAILABLE, true, "service_unavailable_error"),
  DRAINING(503, Grpc.UNAVAILABLE, true, "service_unavailable_error"),
  CLASSIFICATION_FAILED(503, Grpc.UNAVAILABLE, true, "service_unavailable_error"),
  /** A fault of our own. */
  INTERNAL(500, Grpc.INTERNAL, false, "server_error");

  /** gRPC status numbers, so that this table needs no gRPC library. */
  private static final class Grpc {
    static final int INVALID_ARGUMENT = 3;
    static final int DEADLINE_EXCEEDED = 4;
    static final int NOT_FOUND = 5;
    static final int PERMISSION_DENIED = 7;
    static final int RESOURCE_EXHAUSTED = 8;
    static final int FAILED_PRECONDITION = 9;
    static final int UNIMPLEMENTED = 12;
    static final int INTERNAL = 13;
    static final int UNAVAILABLE = 14;
    static final int UNAUTHENTICATED = 16;
  }

  private final String code;
  private final int httpStatus;
  private final int grpcStatus;
  private final boolean repeatMayHelp;
  private final String type;

  Refusal(int httpStatus, int grpcStatus, boolean repeatMayHelp, String type) {
    this(null, httpStatus, grpcStatus, repeatMayHelp, type);
  }

  Refusal(@org.jspecify.annotations.Nullable String code, int httpStatus, int grpcStatus, boolean repeatMayHelp, String type) {
    this.code = code == null ? name().toLowerCase(Locale.ROOT) : code;
    this.httpStatus = httpStatus;
    this.grpcStatus = grpcStatus;
    this.repeatMayHelp = repeatMayHelp;
    this.type = type;
  }

  /** Stable slug for {@code error.code} and {@code ErrorInfo.reason} (there in upper case). */
  public String code() {
    return code;
  }

  public int httpStatus() {
    return httpStatus;
  }

  /** Number of the gRPC status code. */
  public int grpcStatus() {
    return grpcStatus;
  }

  public boolean repeatMayHelp() {
    return repeatMayHelp;
  }

  /** OpenAI's {@code error.type}. */
  public String type() {
    return type;
  }
}
