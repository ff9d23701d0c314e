package io.tidegate.dispatch;

import io.tidegate.admission.limit.Limiter;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Our account at one upstream, the same in whatever region it is used: what it may have in flight, and whether it is closed. Any thread. */
final class Account {
  /** Null for no cap. */
  final @Nullable Limiter limiter;
  /** Places that are kept for requests that were called, at whichever region. */
  final AtomicInteger kept = new AtomicInteger();
  private volatile long openAtNanos;

  Account(@Nullable Limiter limiter, long nowNanos) {
    this.limiter = limiter;
    this.openAtNanos = nowNanos;
  }

  void closeUntil(long nanos) {
    openAtNanos = nanos;
  }

  long closedForNanos(long nowNanos) {
    return Math.max(0, openAtNanos - nowNanos);
  }
}
