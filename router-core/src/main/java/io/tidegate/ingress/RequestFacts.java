package io.tidegate.ingress;

import io.tidegate.model.CacheDirective;
import io.tidegate.model.Caller;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Sensitivity;
import org.jspecify.annotations.Nullable;

/**
 * What the protocol says of a request beside its body: from HTTP headers or gRPC metadata.
 *
 * @param caller as proven
 * @param declared can only raise; PUBLIC if nothing was declared
 * @param latencyWish null if none was stated
 * @param timeLeftNanos time the caller grants; 0 if it did not say
 */
public record RequestFacts(Caller caller, Sensitivity declared, @Nullable LatencyClass latencyWish, long timeLeftNanos,
    CacheDirective cacheDirective) {

  /** A caller who says nothing. */
  public static RequestFacts of(Caller caller) {
    return new RequestFacts(caller, Sensitivity.PUBLIC, null, 0, CacheDirective.DEFAULT);
  }
}
