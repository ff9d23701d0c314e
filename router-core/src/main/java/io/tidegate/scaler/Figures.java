package io.tidegate.scaler;

/** What the daemon knows about its load. Asked on event loops: answers at once. */
public interface Figures {
  /** Requests that were decided, over the last minute. */
  double requestsPerSecond();

  /** Requests that wait for a place, of all classes. */
  double queueDepth();

  /** In flight, as a part of what the limits allow; the fullest upstream's. */
  double saturation();

  /**
   * What is expected in half an hour. Where no forecast may be acted on, the current rate.
   *
   * @param high what is exceeded one time in ten, rather than the middle
   */
  double forecast(boolean high);

  /** Whether this was measured for long enough to say that there is nothing to do. */
  boolean settled();
}
