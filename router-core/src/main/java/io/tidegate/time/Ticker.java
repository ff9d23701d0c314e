package io.tidegate.time;

/** Monotonic time for every time-out, TTL and budget (hazard H5). Compare by subtraction. */
@FunctionalInterface
public interface Ticker {
  /** Nanoseconds since an arbitrary origin. */
  long nanos();
}
