package io.tidegate.model;

/**
 * An attempt that gave no whole answer.
 *
 * @param endpoint its id: for operators; callers are told the upstream only
 * @param why code of the failure, as {@code tidegate_attempts_total} counts it
 * @param millis from its begin until it was left
 * @param inputTokens as its upstream had counted them by then; -1 where it had not said
 * @param outputTokens the same
 */
public record LeftAttempt(String upstream, String endpoint, String why, long millis, long inputTokens, long outputTokens) {
  /** Its upstream had not said what it cost. */
  public LeftAttempt(String upstream, String endpoint, String why, long millis) {
    this(upstream, endpoint, why, millis, -1, -1);
  }
}
