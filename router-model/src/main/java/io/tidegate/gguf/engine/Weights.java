package io.tidegate.gguf.engine;

import java.util.List;
import java.util.Optional;

/** A loaded model. Any thread, but for {@link #open}'s result. */
public interface Weights extends AutoCloseable {
  Card card();

  /**
   * Tokens of a text.
   *
   * @param begin put the model's mark of a beginning before it, if it has one
   * @param special read texts such as {@code <end_of_turn>} as the tokens they name; otherwise as mere characters
   */
  int[] tokens(String text, boolean begin, boolean special);

  /** The bytes a token stands for; none for marks. A character's bytes may be spread over several. */
  byte[] piece(int token);

  /** Whether the model says by it that it is done. */
  boolean ends(int token);

  /** Whether the token is a mark rather than text. */
  boolean marks(int token);

  /** The conversation as the model was trained to read it, up to where its answer begins; empty if that cannot be said. */
  Optional<String> chat(List<Turn> turns);

  /**
   * Room for {@code sequences} texts side by side.
   *
   * @param length tokens of each
   */
  Sequences open(int sequences, int length);

  /** The vector of a text. One thread at a time. */
  float[] embedding(int[] tokens) throws EngineFailure;

  /** Tokens that {@link #embedding} takes. */
  int embeddingLength();

  @Override
  void close();
}
