package io.tidegate.admission.limit;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts what is in flight against a limit. Any thread, never waits: the count is one atomic. What is learnt goes to the algorithm one at a time;
 * whoever finds it taken drops its sample, because one of many is not missed.
 */
public final class Limiter {
  private final Algorithm algorithm;
  private final AtomicInteger inFlight = new AtomicInteger();
  /** Those in flight whose first token came. */
  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicBoolean learning = new AtomicBoolean();
  private final ServiceTimes times = new ServiceTimes();
  private final AtomicLong closedAgain = new AtomicLong();
  /** To be told to the algorithm; 0 for nothing. */
  private final AtomicInteger capToCome = new AtomicInteger();
  private volatile int ceiling = Integer.MAX_VALUE;
  private volatile int limit;
  private volatile long meanNanos;

  public Limiter(Algorithm algorithm) {
    this.algorithm = algorithm;
    this.limit = algorithm.limit();
  }

  /** Whether {@link #tryTake} would have given one just now. */
  public boolean hasRoom() {
    return inFlight.get() < limit;
  }

  /** Takes one place; false if there is none. */
  public boolean tryTake() {
    return take() >= 0;
  }

  /** Takes one place. How many were taken before it; -1 if there is none. */
  int take() {
    while (true) {
      int now = inFlight.get();
      if (now >= limit) {
        return -1;
      }
      if (inFlight.compareAndSet(now, now + 1)) {
        return now;
      }
    }
  }

  /** From now on {@code places} is the most there may be: less at once, more when the next attempt ends at the latest. */
  public void cap(int places) {
    if (places < 1) {
      throw new IllegalArgumentException("a cap below one lets nothing through");
    }
    capToCome.set(places);
    limit = Math.min(limit, places);
    learnAtOnce();
  }

  /** Whatever is learnt, there are never more than {@code places} from now on: less at once, more when the next attempt ends at the latest. */
  public void ceiling(int places) {
    if (places < 1) {
      throw new IllegalArgumentException("a ceiling below one lets nothing through");
    }
    ceiling = places;
    limit = Math.min(limit, places);
    learnAtOnce();
  }

  /** Unless somebody learns now, who then sees what is new. */
  private void learnAtOnce() {
    if (learning.compareAndSet(false, true)) {
      try {
        learnt();
      } finally {
        learning.set(false);
      }
    }
  }

  /** Inside {@link #learning}. */
  private void learnt() {
    int most;
    do {
      int cap = capToCome.getAndSet(0);
      if (cap > 0) {
        algorithm.cap(cap);
      }
      most = ceiling;
      limit = Math.min(most, algorithm.limit());
      // What came meanwhile must not be overwritten.
    } while (capToCome.get() > 0 || ceiling != most);
  }

  /** @param first whether its first token came */
  void give(boolean first) {
    if (first) {
      begun.decrementAndGet();
    }
    inFlight.decrementAndGet();
  }

  public int limit() {
    return limit;
  }

  public int inFlight() {
    return inFlight.get();
  }

  /** Free places; 0 also while more are in flight than a lowered limit allows. */
  public int room() {
    return Math.max(0, limit - inFlight.get());
  }

  /** Permits that were closed a second time: a defect of ours, which changed nothing. */
  public long closedAgain() {
    return closedAgain.get();
  }

  /** Requests a second that fit (R7.2): limit / mean service time of the last ten minutes; 0 while nothing is known. */
  public double capacity() {
    long mean = meanNanos;
    return mean == 0 ? 0 : limit * 1e9 / mean;
  }

  void again() {
    closedAgain.incrementAndGet();
  }

  void firstToken(long nanos, int ahead, int promptBytes, long nowNanos) {
    int talking = begun.incrementAndGet();
    if (learning.compareAndSet(false, true)) {
      try {
        int all = inFlight.get();
        algorithm.firstToken(nanos, ahead, promptBytes, all, Math.max(0, all - talking), nowNanos);
        learnt();
      } finally {
        learning.set(false);
      }
    }
  }

  void ended(Ending ending, boolean first, long tookNanos, long nowNanos) {
    if (ending != Ending.OTHER && learning.compareAndSet(false, true)) {
      try {
        if (ending == Ending.BUSY) {
          algorithm.busy(nowNanos);
        } else {
          times.add(tookNanos, nowNanos);
          meanNanos = times.mean(nowNanos);
          algorithm.answered(inFlight.get(), first, nowNanos);
        }
        learnt();
      } finally {
        learning.set(false);
      }
    }
  }
}
