package io.tidegate.upstream.gate;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What is read of a response's head.
 *
 * @param contentLength -1 if not said
 * @param header value of a field by its lower-case name, null if absent; good while the head's exchange lasts
 */
record ResponseHead(int status, @Nullable String contentType, @Nullable String contentEncoding, long contentLength,
    Function<String, @Nullable String> header) {

  /** We ask for identity only: whatever else comes is refused (F1). */
  boolean isEncoded() {
    return contentEncoding != null && !contentEncoding.equalsIgnoreCase("identity");
  }
}
