package io.tidegate.gguf.engine;

/** Texts under way side by side. One thread at a time. */
public interface Sequences extends AutoCloseable {
  /** Most tokens of one {@link #run}. */
  int room();

  /** Tokens each sequence has room for. */
  int length();

  /**
   * Puts a token into the next run.
   *
   * @param predict whether what follows it is asked for: {@link #choose}
   */
  void add(int sequence, int token, int position, boolean predict);

  /** Looks at all that was added. */
  void run() throws EngineFailure;

  /** Chooses what follows the token that was added as the {@code row}th of the last run, from 0. */
  int choose(Chooser chooser, int row);

  /** Log-probability, natural, that {@code token} follows the {@code row}th. */
  double logProbability(int row, int token);

  Chooser chooser(Sampling sampling);

  /** Empties a sequence: nothing of it stays. */
  void forget(int sequence);

  @Override
  void close();

  /** Chooses tokens of one answer. To be closed; same thread. */
  interface Chooser extends AutoCloseable {
    @Override
    void close();
  }
}
