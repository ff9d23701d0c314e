package io.tidegate.dispatch;

import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.model.Endpoint;
import org.jspecify.annotations.Nullable;

/**
 * One endpoint for {@code /admin/status}.
 *
 * @param lastFailure what the last failed attempt showed; null if none has
 * @param ejectedForNanos until a probe is due, 0 if not ejected
 * @param avoidedForNanos until it stands level with the others again (busy, loading, rate limited), 0 if it does
 * @param told what the server said of its load last; null if it says nothing
 * @param coolForNanos of {@code avoidedForNanos}, what it asked for itself (Retry-After): until then it is not asked at all
 * @param inFlight attempts under way there
 * @param weightPercent of its weight, what it has now: less while it is new, or new again
 */
public record EndpointStatus(Endpoint endpoint, EndpointHealth.State state, int consecutiveFailures, @Nullable Kind lastFailure,
    long ejectedForNanos, long avoidedForNanos, @Nullable ServerLoad told, long coolForNanos, int inFlight, int weightPercent) {}
