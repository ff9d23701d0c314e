package io.tidegate.dispatch.balance;

import java.util.Arrays;

/**
 * How fast one endpoint works: nanoseconds per unit of work, a mean over its last answers, and how many times slower that is than what the others of
 * its upstream do. Any thread; of two that report at once one may be lost.
 */
public final class Pace {
  /** Below that an endpoint is as the others: their answers differ, too. */
  private static final int SLOW = 3;
  private static final int MOST = 64;
  private static final int FEWEST = 8;
  private static final double NEW = 1.0 / 8;
  /** A token that is read costs so many times less than one that is written (8,000 and 40 a second; the lower, the more reading counts). */
  private static final int READ = 64;
  private static final int BESIDES = 8;
  /** A slow one that is idle is asked again after this time, or nobody would know when it is as the others again. */
  private static final long AGAIN_NANOS = 1_000_000_000L;

  private volatile double mean;
  private volatile int count;
  private volatile long lastNanos;
  private volatile int times = 1;

  /** A whole answer took {@code nanos}. True now and then: then it is to be compared with the others. */
  @SuppressWarnings("NonAtomicOperationOnVolatileField")
  public boolean seen(long nanos, long tokensIn, long tokensOut, long nowNanos) {
    lastNanos = nowNanos;
    double sample = nanos / (double) (tokensOut + Math.max(0, tokensIn) / READ + BESIDES);
    int known = count;
    mean = known == 0 ? sample : mean + (sample - mean) * Math.max(NEW, 1.0 / (known + 1));
    count = known + 1 < 0 ? FEWEST : known + 1;
    return times > 1 || known % FEWEST == FEWEST - 1;
  }

  /** @param others paces of the endpoints of its upstream, this one among them */
  public void compare(Pace[] others) {
    double[] means = new double[others.length];
    int size = 0;
    for (Pace other : others) {
      if (other != this && other.count >= FEWEST) {
        means[size++] = other.mean;
      }
    }
    if (size < 2 || count < FEWEST) {
      times = 1;
      return;
    }
    Arrays.sort(means, 0, size);
    double ratio = mean / Math.max(1, means[size / 2]);
    times = ratio < SLOW ? 1 : (int) Math.min(MOST, ratio);
  }

  /** 1 for one that works as the others do. */
  public int times() {
    return times;
  }

  /** What {@code inFlight} requests are there, counted in what they would be at the others with one more: what is slow has its hands full sooner. */
  public long load(int inFlight, long nowNanos) {
    int slower = times;
    if (slower == 1 || inFlight == 0 && nowNanos - lastNanos > AGAIN_NANOS) {
      return inFlight;
    }
    return (inFlight + 1L) * slower - 1;
  }
}
