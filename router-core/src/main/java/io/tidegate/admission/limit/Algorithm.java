package io.tidegate.admission.limit;

/** Finds a limit from what attempts show. Called by one thread at a time; time is passed in. */
public interface Algorithm {
  /** The limit now; at least 1. */
  int limit();

  /**
   * The first content of an answer came {@code nanos} after its request was sent.
   *
   * @param ahead requests that were in hand when it was sent
   * @param promptBytes how long its prompt was
   * @param inFlight requests in hand
   * @param silent those of them of which no content came yet, this one not counted
   */
  void firstToken(long nanos, int ahead, int promptBytes, int inFlight, int silent, long nowNanos);

  /**
   * An answer ended well.
   *
   * @param told whether its first token was told of
   */
  void answered(int inFlight, boolean told, long nowNanos);

  /** The target said that it has too much (429, 503 busy). */
  void busy(long nowNanos);

  /** From now on {@code places} is the most there may be. Only what stands under a cap follows. */
  default void cap(int places) {}
}
