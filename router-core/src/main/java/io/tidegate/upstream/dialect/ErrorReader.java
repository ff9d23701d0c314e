package io.tidegate.upstream.dialect;

import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Says what an upstream's error response means for the attempt. The same for all dialects: their forms do not collide. Pure; any thread. */
public final class ErrorReader {
  /** As much of an error's body as is worth reading. */
  public static final int MAX_BODY_BYTES = 64 << 10;

  private static final JsonLimits LIMITS = new JsonLimits(16, 10_000, 64, 1_000);

  private ErrorReader() {}

  /**
   * @param status anything but 200
   * @param headers value of a response header by its lower-case name, null if absent
   * @param body consumed; at most {@link #MAX_BODY_BYTES} of it, a longer one is best given as empty
   * @param now for dates in {@code Retry-After}
   */
  public static AttemptFailure read(int status, Function<String, @Nullable String> headers, byte[] body, Instant now) {
    UpstreamError error = parse(body);
    Kind kind = kind(status, error);
    if (kind == Kind.REQUEST_REJECTED && "true".equalsIgnoreCase(headers.apply("x-should-retry"))) {
      // The header beats the status, as in the SDKs: the upstream blames itself.
      kind = Kind.SERVER_ERROR;
    }
    long wait = switch (kind) {
      case RATE_LIMITED, BUSY, LOADING, SERVER_ERROR -> RetryAfter.millis(headers.apply("retry-after-ms"), headers.apply("retry-after"), now);
      default -> 0;
    };
    String message = kind == Kind.REQUEST_REJECTED && error != null ? CleanMessage.of(error.message()) : null;
    return new AttemptFailure(kind, status, false, wait, message);
  }

  /** An error event inside a stream, whose status was 200. Its text stays here: it may quote the prompt of whoever is batched beside ours. */
  static AttemptFailure inStream(@Nullable UpstreamError error) {
    int status = error == null ? 0 : error.status();
    Kind kind = status == 0 ? Kind.SERVER_ERROR : kind(status, error);
    return AttemptFailure.of(kind == Kind.REQUEST_REJECTED || kind == Kind.PROTOCOL ? Kind.SERVER_ERROR : kind);
  }

  private static Kind kind(int status, @Nullable UpstreamError error) {
    return switch (status) {
      case 400, 404, 413, 422 -> Kind.REQUEST_REJECTED;
      case 401, 402, 403 -> Kind.ACCOUNT;
      case 408, 409 -> Kind.SERVER_ERROR;
      case 429 -> Kind.RATE_LIMITED;
      case 503 -> loading(error) ? Kind.LOADING : Kind.BUSY;
      default -> status >= 500 && status < 600 ? Kind.SERVER_ERROR : Kind.PROTOCOL;
    };
  }

  /** llama.cpp: every path, while the model loads. vLLM refuses the port instead. */
  private static boolean loading(@Nullable UpstreamError error) {
    if (error == null) {
      return false;
    }
    String message = error.message();
    return error.isType("unavailable_error") || message != null && message.regionMatches(true, 0, "Loading model", 0, 13);
  }

  private static @Nullable UpstreamError parse(byte[] body) {
    if (body.length > MAX_BODY_BYTES) {
      return null;
    }
    try {
      JsonText json = JsonText.parse(body, LIMITS);
      return UpstreamError.in(json, 0);
    } catch (JsonException e) {
      return null;
    }
  }
}
