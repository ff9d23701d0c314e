package io.tidegate.policy;

import io.tidegate.model.Caller;
import io.tidegate.model.Findings;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Operation;
import io.tidegate.model.Sensitivity;
import org.jspecify.annotations.Nullable;

/**
 * Every scalar a rule may read (decisions 29).
 *
 * @param timeLeftNanos time the caller grants, 0 for none stated
 * @param bodyBytes size of the request body
 * @param sampled see {@code ModelRequest}
 */
public record Facts(Findings findings, Caller caller, Operation operation, String model, boolean stream, boolean sampled,
    Sensitivity declared, @Nullable LatencyClass latencyWish, long timeLeftNanos, int bodyBytes) {}
