package io.tidegate.ingress.grpc;

/**
 * @param maxMessageBytes largest request message (decisions 30)
 * @param maxMetadataBytes largest metadata of a call
 * @param maxCallsPerConnection concurrent calls on one connection
 * @param reflection serve reflection on this port (hazard E10: off by default)
 */
public record GrpcConfig(int maxMessageBytes, int maxMetadataBytes, int maxCallsPerConnection, boolean reflection) {
  public static final GrpcConfig DEFAULT = new GrpcConfig(16 << 20, 32 << 10, 100, false);
}
