package io.tidegate.classify;

/**
 * Finds entities of some types in text. The SPI of classification (ServiceLoader); built-ins implement it too. Pure: no I/O, clock, thread or
 * randomness. One instance serves all threads.
 *
 * <p>A detector that throws, or does not stop when {@link Budget#spend} says so, makes the request RESTRICTED (G2).
 */
public interface Detector {
  /** Stable id, e.g. {@code cn-id}; lower case, digits and hyphens. */
  String id();

  /** Reads {@code text} and reports what it sees. */
  void inspect(TextView text, Budget budget, Sink sink);

  /** Takes findings. */
  interface Sink {
    /**
     * @param start first UTF-16 unit in {@code text}, inclusive
     * @param end exclusive
     */
    void found(String type, int start, int end, io.tidegate.model.Likelihood likelihood);
  }

  /** What is left to spend on one request; a step is about one character looked at. */
  interface Budget {
    /** Takes {@code steps}; false if the budget is spent: stop at once. */
    boolean spend(int steps);
  }
}
