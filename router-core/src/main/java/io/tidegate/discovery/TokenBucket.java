package io.tidegate.discovery;

/**
 * Bounds how often one service is asked while its list churns: a few calls at once, then one per refill. Confined to the watch's thread.
 */
final class TokenBucket {
  private final long burstNanos;
  private final long refillNanos;
  /** When the bucket will be full again; at most burst refills ahead of the last call. */
  private long fullAtNanos;

  /**
   * @param burst tokens at the start and at most, at least 1
   * @param refillNanos time for one token, above 0
   */
  TokenBucket(int burst, long refillNanos, long nowNanos) {
    this.burstNanos = burst * refillNanos;
    this.refillNanos = refillNanos;
    this.fullAtNanos = nowNanos;
  }

  /** Takes a token, and says how many nanoseconds to wait until it is there; 0 for now. */
  long take(long nowNanos) {
    if (fullAtNanos - nowNanos < 0) {
      fullAtNanos = nowNanos;
    }
    fullAtNanos += refillNanos;
    return Math.max(0, fullAtNanos - nowNanos - burstNanos);
  }
}
