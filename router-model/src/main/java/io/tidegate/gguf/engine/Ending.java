package io.tidegate.gguf.engine;

/**
 * How an answer ended.
 *
 * @param completionTokens tokens the model made, the one that ended it not counted
 * @param prefillNanos from the first look at the prompt to the first token
 * @param decodeNanos from the first token to the last
 */
public record Ending(Reason reason, int promptTokens, int completionTokens, long prefillNanos, long decodeNanos) {
  /** Why. */
  public enum Reason {
    /** The model was done, or wrote one of the stop texts. */
    STOP,
    /** The bound of the order, or of the context. */
    LENGTH
  }
}
