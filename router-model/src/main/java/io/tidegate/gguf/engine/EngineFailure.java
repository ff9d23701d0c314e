package io.tidegate.gguf.engine;

/** The model failed; the message holds a code, never text. */
public final class EngineFailure extends Exception {
  private static final long serialVersionUID = 1L;

  public EngineFailure(String message) {
    super(message);
  }
}
