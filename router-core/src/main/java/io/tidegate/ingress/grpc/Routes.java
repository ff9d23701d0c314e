package io.tidegate.ingress.grpc;

import io.tidegate.model.LeftAttempt;
import io.tidegate.model.RouteInfo;
import io.tidegate.v1.CacheOutcome;
import io.tidegate.v1.Destination;
import io.tidegate.v1.LatencyClass;
import io.tidegate.v1.Sensitivity;
import org.jspecify.annotations.Nullable;

/** The product's enums and {@code RouteInfo} in their protocol form, and back. */
final class Routes {
  private Routes() {}

  static io.tidegate.v1.RouteInfo message(RouteInfo route) {
    io.tidegate.v1.RouteInfo.Builder to = io.tidegate.v1.RouteInfo.newBuilder().setRequestId(route.requestId())
        .setSensitivity(sensitivity(route.sensitivity())).setLatencyClass(latencyClass(route.latencyClass()))
        .setDestination(destination(route.destination())).setPolicy(route.policy()).setCache(cache(route.cache())).setAttempts(route.attempts());
    if (route.upstream() != null) {
      to.setUpstream(route.upstream());
    }
    for (LeftAttempt each : route.left()) {
      to.addLeft(left(each));
    }
    if (!route.rule().isEmpty()) {
      for (String rule : route.rule().split(",")) {
        to.addRules(rule);
      }
    }
    return to.build();
  }

  private static io.tidegate.v1.LeftAttempt left(LeftAttempt each) {
    io.tidegate.v1.LeftAttempt.Builder to = io.tidegate.v1.LeftAttempt.newBuilder().setUpstream(each.upstream()).setWhy(each.why()).setMillis(each.millis());
    if (each.inputTokens() >= 0) {
      to.setInputTokens(each.inputTokens());
    }
    if (each.outputTokens() >= 0) {
      to.setOutputTokens(each.outputTokens());
    }
    return to.build();
  }

  static Sensitivity sensitivity(io.tidegate.model.Sensitivity value) {
    return switch (value) {
      case PUBLIC -> Sensitivity.SENSITIVITY_PUBLIC;
      case INTERNAL -> Sensitivity.SENSITIVITY_INTERNAL;
      case CONFIDENTIAL -> Sensitivity.SENSITIVITY_CONFIDENTIAL;
      case RESTRICTED -> Sensitivity.SENSITIVITY_RESTRICTED;
    };
  }

  /** A word this build does not know is a caller's wish it cannot honour: the highest is the careful reading (hazard A6). */
  static io.tidegate.model.Sensitivity sensitivity(Sensitivity value) {
    return switch (value) {
      case SENSITIVITY_UNSPECIFIED, SENSITIVITY_PUBLIC -> io.tidegate.model.Sensitivity.PUBLIC;
      case SENSITIVITY_INTERNAL -> io.tidegate.model.Sensitivity.INTERNAL;
      case SENSITIVITY_CONFIDENTIAL -> io.tidegate.model.Sensitivity.CONFIDENTIAL;
      case SENSITIVITY_RESTRICTED, UNRECOGNIZED -> io.tidegate.model.Sensitivity.RESTRICTED;
    };
  }

  static LatencyClass latencyClass(io.tidegate.model.LatencyClass value) {
    return switch (value) {
      case INTERACTIVE -> LatencyClass.LATENCY_CLASS_INTERACTIVE;
      case STANDARD -> LatencyClass.LATENCY_CLASS_STANDARD;
      case BATCH -> LatencyClass.LATENCY_CLASS_BATCH;
    };
  }

  static io.tidegate.model.@Nullable LatencyClass latencyClass(LatencyClass value) {
    return switch (value) {
      case LATENCY_CLASS_UNSPECIFIED, UNRECOGNIZED -> null;
      case LATENCY_CLASS_INTERACTIVE -> io.tidegate.model.LatencyClass.INTERACTIVE;
      case LATENCY_CLASS_STANDARD -> io.tidegate.model.LatencyClass.STANDARD;
      case LATENCY_CLASS_BATCH -> io.tidegate.model.LatencyClass.BATCH;
    };
  }

  static Destination destination(io.tidegate.model.@Nullable Destination value) {
    if (value == null) {
      return Destination.DESTINATION_UNSPECIFIED;
    }
    return switch (value) {
      case EDGE_CACHE -> Destination.DESTINATION_EDGE_CACHE;
      case PRIVATE -> Destination.DESTINATION_PRIVATE;
      case PUBLIC -> Destination.DESTINATION_PUBLIC;
    };
  }

  private static CacheOutcome cache(RouteInfo.CacheOutcome value) {
    return switch (value) {
      case HIT -> CacheOutcome.CACHE_OUTCOME_HIT;
      case STALE -> CacheOutcome.CACHE_OUTCOME_STALE;
      case SEMANTIC -> CacheOutcome.CACHE_OUTCOME_SEMANTIC;
      case MISS -> CacheOutcome.CACHE_OUTCOME_MISS;
      case BYPASS -> CacheOutcome.CACHE_OUTCOME_BYPASS;
    };
  }
}
