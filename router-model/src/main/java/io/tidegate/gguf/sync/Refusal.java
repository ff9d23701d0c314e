package io.tidegate.gguf.sync;

/** What is there is not taken, and the old model goes on; the message says why and what would help. Trying again alone does not help. */
public final class Refusal extends Exception {
  private static final long serialVersionUID = 1L;

  Refusal(String message) {
    super(message);
  }
}
