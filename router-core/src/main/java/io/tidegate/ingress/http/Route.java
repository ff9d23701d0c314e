package io.tidegate.ingress.http;

import io.tidegate.model.Operation;
import org.jspecify.annotations.Nullable;

/** The known paths (hazards A13, D7). Compared byte for byte: an escape, a doubled slash or another case is another path, hence unknown. */
enum Route {
  CHAT(Operation.CHAT), COMPLETION(Operation.COMPLETION), EMBEDDING(Operation.EMBEDDING), BATCH("/v1/batch", Method.POST), MODELS("/v1/models", Method.GET),
  /** Files and batches: all that begins with their paths; what is behind them, and what may be done to it, {@code jobs} knows. */
  JOBS("", Method.POST);

  static final String FILES = "/v1/files";
  /** Followed by a name: one entry of the list. */
  static final String ONE_MODEL = "/v1/models/";
  private static final String BATCHES = "/v1/batches";

  private static final Route[] ALL = values();

  private final @Nullable Operation operation;
  private final String path;
  private final Method method;

  Route(Operation operation) {
    this.operation = operation;
    this.path = operation.path();
    this.method = Method.POST;
  }

  Route(String path, Method method) {
    this.operation = null;
    this.path = path;
    this.method = method;
  }

  /** What a body posted here asks for; null for a batch, whose items say it, for jobs, and for the list of models. */
  @Nullable Operation operation() {
    return operation;
  }

  Method method() {
    return method;
  }

  static @Nullable Route of(byte[] bytes, int start, int end) {
    for (Route route : ALL) {
      if (route.path.length() == end - start && Ascii.equal(bytes, start, route.path)) {
        return route;
      }
    }
    return under(bytes, start, end, FILES) || under(bytes, start, end, BATCHES) ? JOBS
        : end - start > ONE_MODEL.length() && Ascii.equal(bytes, start, ONE_MODEL) ? MODELS : null;
  }

  /** Whether the head's {@code target} is read: what is behind the path counts. */
  boolean hasMore() {
    return this == JOBS || this == MODELS;
  }

  private static boolean under(byte[] bytes, int start, int end, String path) {
    int behind = start + path.length();
    return behind <= end && Ascii.equal(bytes, start, path) && (behind == end || bytes[behind] == '/');
  }
}
