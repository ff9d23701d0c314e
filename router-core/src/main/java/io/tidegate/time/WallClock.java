package io.tidegate.time;

import java.time.Instant;

/** Civil time, for records only. */
@FunctionalInterface
public interface WallClock {
  Instant now();
}
