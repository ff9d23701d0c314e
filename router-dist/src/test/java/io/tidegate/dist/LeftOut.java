package io.tidegate.dist;

import java.util.Optional;
import java.util.Set;

/** What is left out of the jars by an exclusion in router-core/pom.xml, who still names it, and why that one is never reached. */
enum LeftOut {
  /** gRPC's client adds this handler where its proxy detector names a proxy. The plugins' channel has a detector that never does; the others are the command line's, to loopback. */
  HTTP_PROXY("io.netty.handler.proxy.", "io.grpc.netty.ProtocolNegotiators"),
  /** Only the handlers for proxies need it. */
  SOCKS("io.netty.handler.codec.socksx."),
  /** Binary logs and channelz are services that nobody adds; health and reflection name neither. */
  PROTOBUF_UTIL("com.google.protobuf.util.", "io.grpc.protobuf.services.BinlogHelper", "io.grpc.protobuf.services.ChannelzProtoUtil"),
  /** Reads a service configuration from TXT records (off unless the property io.grpc.internal.DnsNameResolverProvider.enable_service_config is set), or SPIFFE bundles of gRPC's own. */
  GSON("com.google.gson.", "io.grpc.internal.JsonParser"),
  /** A provider of credentials that only a caller can make; RedisStore gives name and password. */
  REDIS_TOKENS("redis.clients.authentication.", "io.lettuce.authx.TokenBasedRedisCredentialsProvider"),
  /** Found by its name, if it is there, for scrapes that ask for protobuf; /metrics writes text. */
  PROMETHEUS_PROTOBUF("io.prometheus.metrics.expositionformats.internal."),
  /** CEL's bundle is not used, only its compiler and runtime. */
  CEL_BUNDLE("dev.cel.bundle."),
  CEL_POLICY("dev.cel.policy."),
  /** Only CEL's bundle needs it; ours is snakeyaml-engine. */
  YAML("org.yaml.snakeyaml.");

  private final String packages;
  final Set<String> namedBy;

  LeftOut(String packages, String... namedBy) {
    this.packages = packages;
    this.namedBy = Set.of(namedBy);
  }

  static Optional<LeftOut> of(String missing) {
    for (LeftOut each : values()) {
      if (missing.startsWith(each.packages)) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }
}
