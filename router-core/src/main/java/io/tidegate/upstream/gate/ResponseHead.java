package io.tidegate.upstream.gate;

import org.jspecify.annotations.Nullable;

/**
 * What is read of a response's head; all else is dropped there.
 *
 * @param contentLength -1 if not said
 */
record ResponseHead(int status, @Nullable CharSequence contentType, @Nullable CharSequence contentEncoding, long contentLength,
    @Nullable CharSequence retryAfter, @Nullable CharSequence retryAfterMillis) {

  boolean isJson() {
    return isType("application/json");
  }

  boolean isEventStream() {
    return isType("text/event-stream");
  }

  /** We ask for identity only: whatever else comes is refused (F1). */
  boolean isEncoded() {
    return contentEncoding != null && !"identity".contentEquals(contentEncoding);
  }

  /** The media type before any parameter, without regard to case (RFC 9110 section 8.3.1). */
  private boolean isType(String type) {
    CharSequence given = contentType;
    if (given == null || given.length() < type.length()) {
      return false;
    }
    for (int i = 0; i < type.length(); i++) {
      char c = given.charAt(i);
      if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != type.charAt(i)) {
        return false;
      }
    }
    if (given.length() == type.length()) {
      return true;
    }
    char after = given.charAt(type.length());
    return after == ';' || after == ' ' || after == '\t';
  }
}
