package io.tidegate.gguf.api;

import org.jspecify.annotations.Nullable;

/**
 * A request that gets an error. The message names fields and numbers, never content.
 *
 * @param param the field; null if none is to blame
 * @param promptTokens of a prompt that is too long; else 0
 * @param context tokens that a prompt and its answer may have, for the same; else 0
 */
public record Refused(int status, String type, String message, @Nullable String param, int promptTokens, int context) {
  static Refused invalid(String message, @Nullable String param) {
    return new Refused(400, "invalid_request_error", message, param, 0, 0);
  }

  static Refused unsupported(String what, String param) {
    return new Refused(501, "not_supported_error", what + " is not supported", param, 0, 0);
  }

  public static Refused notFound() {
    return new Refused(404, "not_found_error", "there is no such path", null, 0, 0);
  }

  public static Refused method() {
    return new Refused(405, "invalid_request_error", "the path does not take this method", null, 0, 0);
  }

  public static Refused tooLarge(int limit) {
    return new Refused(413, "invalid_request_error", "the body is larger than " + limit + " bytes", null, 0, 0);
  }

  /** Not of the type {@code unavailable_error}, which says that the model is being loaded. */
  public static Refused busy() {
    return new Refused(503, "overloaded_error", "all slots are busy and the queue is full: try again later", null, 0, 0);
  }

  public static Refused loading() {
    return new Refused(503, "unavailable_error", "Loading model", null, 0, 0);
  }

  public static Refused failed() {
    return new Refused(500, "server_error", "the model failed", null, 0, 0);
  }

  /** For throwing out of a parser. */
  static final class Thrown extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient Refused refused;

    Thrown(Refused refused) {
      super(refused.type, null, false, false);
      this.refused = refused;
    }

    Refused refused() {
      return refused;
    }
  }
}
