package io.tidegate.gguf.engine;

/**
 * Why there is no answer, or no whole one.
 *
 * @param promptTokens of the prompt, where that is known; else 0
 * @param context tokens a sequence has room for
 */
public record Fault(Kind kind, int promptTokens, int context) {
  /** What went wrong. */
  public enum Kind {
    /** The prompt leaves no room for an answer. */
    TOO_LONG,
    /** The prompt has no token, or one that the vocabulary does not have. */
    BAD_PROMPT,
    /** The file's chat template is none that can be applied. */
    NO_TEMPLATE,
    /** The model failed in the middle. */
    ENGINE,
    /** The server stops. */
    STOPPING
  }
}
