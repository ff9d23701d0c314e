package io.tidegate.upstream.gate;

import java.time.Duration;

/**
 * Bounds of the gate (G8). Those on lines and events of a stream are the dialects' own.
 *
 * @param maxAnswerBytes an answer to a request without stream
 * @param maxErrorBytes of an error's body that are read; what lies beyond is not looked at
 * @param maxHeaderBytes all response header fields together
 * @param maxStreamBytes everything a stream may send in all, keep-alive lines included
 * @param idleConnection how long an unused connection is kept
 */
public record GateConfig(int maxAnswerBytes, int maxErrorBytes, int maxHeaderBytes, long maxStreamBytes,
    Duration idleConnection) {
  public static final GateConfig DEFAULT =
      new GateConfig(16 << 20, 64 << 10, 32 << 10, 256L << 20, Duration.ofSeconds(30));

  public GateConfig {
    if (maxAnswerBytes <= 0 || maxErrorBytes <= 0 || maxHeaderBytes <= 0 || maxStreamBytes <= 0
        || idleConnection.isNegative() || idleConnection.isZero()) {
      throw new IllegalArgumentException("bounds of the gate must be above 0");
    }
  }
}
