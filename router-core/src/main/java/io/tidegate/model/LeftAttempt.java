package io.tidegate.model;

/**
 * An attempt that gave no whole answer.
 *
 * @param endpoint its id: for operators; callers are told the upstream only
 * @param why code of the failure, as {@code tidegate_attempts_total} counts it
 * @param millis from its begin until it was left
 */
public record LeftAttempt(String upstream, String endpoint, String why, long millis) {}
