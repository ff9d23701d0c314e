package io.tidegate.line;

import io.tidegate.model.LatencyClass;
import java.time.Duration;

/**
 * Bounds of a walk (decisions 31 and 32).
 *
 * @param loopSteps classification steps taken on the loop before the scan moves to the pool; a step is about one character, so the
 *     default is about 1 ms
 * @param maxAttempts tries at endpoints per request
 * @param replayBytes most of an answer that is kept for the cache; longer ones are not stored
 * @param heldBytes most that is held of a stream before its first content
 */
public record LineConfig(Duration firstTokenInteractive, Duration firstTokenStandard, Duration firstTokenBatch, Duration idle,
    Duration total, Duration totalBatch, long loopSteps, int maxAttempts, int replayBytes, int heldBytes) {

  public static final LineConfig DEFAULT = new LineConfig(Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofMinutes(10),
      Duration.ofSeconds(30), Duration.ofMinutes(10), Duration.ofMinutes(60), 200_000, 3, 256 << 10, 64 << 10);

  long firstTokenNanos(LatencyClass latencyClass) {
    return switch (latencyClass) {
      case INTERACTIVE -> firstTokenInteractive.toNanos();
      case STANDARD -> firstTokenStandard.toNanos();
      case BATCH -> firstTokenBatch.toNanos();
    };
  }

  long totalNanos(LatencyClass latencyClass) {
    return (latencyClass == LatencyClass.BATCH ? totalBatch : total).toNanos();
  }
}
