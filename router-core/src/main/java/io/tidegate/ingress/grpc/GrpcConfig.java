package io.tidegate.ingress.grpc;

import io.tidegate.ingress.BatchLimits;
import java.time.Duration;

/**
 * Bounds of the gRPC listener (decisions 30).
 *
 * @param maxMessageBytes largest request message
 * @param maxMetadataBytes largest metadata of a call
 * @param maxCallsPerConnection concurrent calls on one connection
 * @param maxConnections open at a time; further ones are closed at once
 * @param maxBytesInFlight requests of all calls together, as JSON; at least {@code maxMessageBytes}
 * @param reflection serve reflection on this port (hazard E10: off by default)
 * @param batch of {@code Batch}
 * @param patience with callers of {@code Batch}
 */
public record GrpcConfig(int maxMessageBytes, int maxMetadataBytes, int maxCallsPerConnection, int maxConnections, long maxBytesInFlight,
    boolean reflection, BatchLimits batch, Patience patience) {
  /**
   * How long a call may hold what it has sent without going on; of one that has a deadline, that ends it earlier.
   *
   * @param body in each such span, and the time of the largest batch at 64 KiB/s, at least 1 KiB of whole items, or their end, must come
   * @param write how long results may wait for the caller, with their time at 64 KiB/s; at the most as long again until that is seen
   */
  public record Patience(Duration body, Duration write) {
    public static final Patience DEFAULT = new Patience(Duration.ofSeconds(10), Duration.ofSeconds(30));
  }

  public static final GrpcConfig DEFAULT = new GrpcConfig(16 << 20, 32 << 10, 100, false);

  public GrpcConfig {
    if (maxMessageBytes < 1 || maxMetadataBytes < 1 || maxCallsPerConnection < 1 || maxConnections < 1 || maxBytesInFlight < maxMessageBytes) {
      throw new IllegalArgumentException("a bound is too small to let any call in");
    }
  }

  /** With 10,000 connections and 64 MiB in flight, or four messages where those are larger. */
  public GrpcConfig(int maxMessageBytes, int maxMetadataBytes, int maxCallsPerConnection, boolean reflection) {
    this(maxMessageBytes, maxMetadataBytes, maxCallsPerConnection, 10_000, Math.max(64L << 20, 4L * maxMessageBytes), reflection,
        BatchLimits.DEFAULT, Patience.DEFAULT);
  }

  public GrpcConfig(int maxMessageBytes, int maxMetadataBytes, int maxCallsPerConnection, int maxConnections, long maxBytesInFlight, boolean reflection,
      BatchLimits batch) {
    this(maxMessageBytes, maxMetadataBytes, maxCallsPerConnection, maxConnections, maxBytesInFlight, reflection, batch, Patience.DEFAULT);
  }

  public GrpcConfig withBatch(BatchLimits limits) {
    return new GrpcConfig(maxMessageBytes, maxMetadataBytes, maxCallsPerConnection, maxConnections, maxBytesInFlight, reflection, limits, patience);
  }

  public GrpcConfig withPatience(Duration body, Duration write) {
    return new GrpcConfig(maxMessageBytes, maxMetadataBytes, maxCallsPerConnection, maxConnections, maxBytesInFlight, reflection, batch, new Patience(body, write));
  }
}
