package io.tidegate.gguf.engine;

/** Whom an answer goes to. Called on the engine's threads, never two calls at a time; {@link #ended} or {@link #failed} is the last and comes once. */
public interface Reply {
  /** More text; never empty. */
  void text(String piece);

  void ended(Ending ending);

  void failed(Fault fault);
}
