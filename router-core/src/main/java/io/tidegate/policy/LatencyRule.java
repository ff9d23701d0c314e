package io.tidegate.policy;

import io.tidegate.model.LatencyClass;

/**
 * A rule about urgency, not about sensitivity.
 *
 * @param latencyClass what a matching request gets, within the bounds of policy, tenant and groups
 */
record LatencyRule(String id, LatencyClass latencyClass, Condition condition) {}
