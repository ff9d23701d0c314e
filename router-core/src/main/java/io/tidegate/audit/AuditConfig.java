package io.tidegate.audit;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where records are kept and for how long (decisions 32).
 *
 * @param segmentBytes size of one preallocated file, at least 64 KiB, so that the largest record fits
 * @param maxBytes all segments together; the oldest go first, never one that is being written
 */
public record AuditConfig(Path directory, int segmentBytes, long maxBytes, Duration retention) {
  public AuditConfig {
    if (segmentBytes < 64 << 10 || maxBytes < segmentBytes || retention.isNegative() || retention.isZero()) {
      throw new IllegalArgumentException("audit bounds contradict each other");
    }
  }

  /** 4 MiB segments, 10 GiB in all, 30 days. */
  public static AuditConfig in(Path directory) {
    return new AuditConfig(directory, 4 << 20, 10L << 30, Duration.ofDays(30));
  }
}
