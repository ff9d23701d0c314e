/**
 * Metrics. Logs are written where an operator must act; a successful request writes none.
 *
 * <p>Comes in: classes, counts, durations. Goes out: Prometheus text. Never does: label anything by what a caller wrote (hazard B4), or
 * hold text (G3).
 */
@org.jspecify.annotations.NullMarked
package io.tidegate.telemetry;
