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

  /** For a person, behind the time it took: what was read and written; empty where neither is known. */
  public String spent() {
    return inputTokens < 0 && outputTokens < 0 ? "" : " and " + told(inputTokens) + " + " + told(outputTokens) + " tokens";
  }

  private static String told(long count) {
    return count < 0 ? "?" : Long.toString(count);
  }
}
