package io.tidegate.gguf.sync;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * When to look again. Pure.
 *
 * @param every between two looks, give or take a tenth, so that a thousand hosts that began together do not come together
 */
public record Schedule(Duration every) {
  private static final Duration FIRST_RETRY = Duration.ofSeconds(15);
  private static final double JITTER = 0.1;

  /** @param failures looks in a row that were cut off: the next comes sooner, and what was fetched is kept. Refusals do not count */
  public Duration next(int failures, RandomGenerator random) {
    long nanos = every.toNanos();
    if (failures > 0) {
      nanos = Math.min(nanos, FIRST_RETRY.toNanos() << Math.min(failures - 1, 20));
    }
    return Duration.ofNanos((long) (nanos * (1 - JITTER + 2 * JITTER * random.nextDouble())));
  }
}
