package io.tidegate.schedule;

import io.tidegate.dispatch.AttemptFailure.Kind;
import io.tidegate.dispatch.HealthBoard;
import io.tidegate.model.Endpoint;
import io.tidegate.model.ErrorAnswer;
import io.tidegate.model.Refusal;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Whether what a caller was told instead of an answer is true: each error has a cause in the world that was played, or it is spurious (G5). */
final class Reasons {
  /** The longest that an upstream takes to begin, of any class: a request may be told so much before its time is over that it will be. */
  private static final long FORESEEN = Setting.seconds(8);

  private Reasons() {}

  /**
   * @param heard the attempt of which its caller heard a beginning; null for none
   * @param recorded null where it was not decided
   * @param mostNanos how long the request might take
   * @param nobodyAtHome whether no endpoint at home is well now: each policy here lets every text stay at home
   */
  static boolean fit(Asked asked, ErrorAnswer error, @Nullable Attempted heard, Records.@Nullable Decided recorded, long elapsedNanos, long mostNanos,
      BooleanSupplier nobodyAtHome) {
    Refusal refusal = error.refusal();
    if (asked.end == Asked.End.BROKEN_OFF) {
      return heard != null && heard.failure != null || refusal == Refusal.DEADLINE_EXCEEDED && elapsedNanos >= mostNanos;
    }
    boolean failed = asked.attempts.stream().anyMatch(attempt -> attempt.failure != null);
    return switch (refusal) {
      case UPSTREAM_FAILED, FIRST_TOKEN_TIMEOUT, INVALID_REQUEST -> failed;
      case DEADLINE_EXCEEDED -> elapsedNanos >= mostNanos - FORESEEN;
      case AUDIT_UNAVAILABLE -> recorded == null || !recorded.receipt() || !recorded.synced();
      case CLASSIFICATION_FAILED -> asked.kind == TextKind.LONG || asked.kind == TextKind.LONG_SECRET;
      // Who is well may take longer to begin than a caller's own deadline leaves: to others the rest is not up.
      case NO_PERMITTED_UPSTREAM, NO_PERMITTED_REGION -> failed || asked.request.timeLeftNanos() > 0 || nobodyAtHome.getAsBoolean();
      case BUSY, RATE_LIMITED -> true;
      default -> false;
    };
  }

  /** Whether nobody could be reached in one region, and another that is permitted and well was not asked: the last attempt is kept for it. */
  static boolean anotherRegion(Asked asked, HealthBoard health) {
    if (asked.attempts.isEmpty() || asked.request.timeLeftNanos() > 0 || !asked.attempts.stream().allMatch(each -> each.failure == Kind.CONNECT_REFUSED)) {
      return false;
    }
    Endpoint last = asked.attempts.get(asked.attempts.size() - 1).endpoint;
    Set<String> met = asked.attempts.stream().map(each -> each.endpoint.place()).collect(Collectors.toSet());
    if (asked.attempts.stream().filter(each -> each.endpoint.place().equals(last.place())).count() < 2) {
      return false;
    }
    return health.endpoints(last.upstream()).stream().map(Endpoint::place).distinct().anyMatch(place -> !met.contains(place)
        && asked.policy.permits(asked.least, Endpoint.region(place)) && health.isOpen(place) && health.share(place) > 0);
  }
}
