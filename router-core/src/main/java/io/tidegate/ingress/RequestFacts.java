package io.tidegate.ingress;

import io.tidegate.model.CacheDirective;
import io.tidegate.model.Caller;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.TraceContext;
import org.jspecify.annotations.Nullable;

/**
 * What the protocol says of a request beside its body: from HTTP headers or gRPC metadata.
 *
 * @param caller as proven
 * @param declared can only raise; PUBLIC if nothing was declared
 * @param latencyWish null if none was stated
 * @param timeLeftNanos time the caller grants; 0 if it did not say
 * @param session the caller's name for the conversation; null if it named none
 * @param region where the caller is, by its address; empty if that is not known
 * @param trace where the request belongs in its caller's trace; null if it said nothing readable
 */
public record RequestFacts(Caller caller, Sensitivity declared, @Nullable LatencyClass latencyWish, long timeLeftNanos,
    CacheDirective cacheDirective, @Nullable String session, String region, @Nullable TraceContext trace) {
  /** Longest name of a session, in characters. */
  public static final int MAX_SESSION_LENGTH = 128;

  /** A caller who may be anywhere. */
  public RequestFacts(Caller caller, Sensitivity declared, @Nullable LatencyClass latencyWish, long timeLeftNanos,
      CacheDirective cacheDirective, @Nullable String session) {
    this(caller, declared, latencyWish, timeLeftNanos, cacheDirective, session, "", null);
  }

  /** A caller who says nothing. */
  public static RequestFacts of(Caller caller) {
    return new RequestFacts(caller, Sensitivity.PUBLIC, null, 0, CacheDirective.DEFAULT, null);
  }

  /** Whether a conversation may have this name: 1 to {@value #MAX_SESSION_LENGTH} visible ASCII characters, so that it has one spelling. */
  public static boolean sessionName(String name) {
    if (name.isEmpty() || name.length() > MAX_SESSION_LENGTH) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      if (name.charAt(i) <= ' ' || name.charAt(i) > '~') {
        return false;
      }
    }
    return true;
  }
}
