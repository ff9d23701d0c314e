package io.tidegate.daemon;

import io.tidegate.admin.AdminRules;
import io.tidegate.admin.Operators;
import io.tidegate.config.Listen;
import io.tidegate.config.TidegateConfig;
import io.tidegate.ingress.BatchLimits;
import io.tidegate.ingress.grpc.GrpcConfig;
import io.tidegate.ingress.http.HttpConfig;
import io.tidegate.wire.JsonLimits;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the configuration says of the listeners, in the words of the rooms that listen. */
final class ListenTerms {
  private ListenTerms() {}

  static HttpConfig http(TidegateConfig config) {
    TidegateConfig.Http http = config.http();
    return new HttpConfig(http.allowedHosts(), http.requestLineLimitBytes(), http.headerLimitBytes(), http.headerCount(), http.bodyLimitBytes(),
        http.bodyBudgetBytes(), http.maxConnections(), http.maxConnectionsPerPeer(), http.h2().maxStreams(), http.headerTimeout(), http.bodyTimeout(),
        http.idleTimeout(), http.writeTimeout(), http.pingInterval(), HttpConfig.DEFAULT.lingerTimeout(), HttpConfig.DEFAULT.drainQuiet(),
        JsonLimits.DEFAULT, batch(config));
  }

  static GrpcConfig grpc(TidegateConfig config) {
    return new GrpcConfig(config.http().bodyLimitBytes(), config.http().headerLimitBytes(), config.http().h2().maxStreams(), config.grpc().reflection())
        .withBatch(batch(config)).withPatience(config.http().bodyTimeout(), config.http().writeTimeout());
  }

  private static BatchLimits batch(TidegateConfig config) {
    return new BatchLimits(config.batch().items(), config.batch().sizeBytes(), config.batch().parallel());
  }

  /** On the Unix socket, root and the daemon's own user may act, as they could do all of it without asking. */
  static AdminRules admin(TidegateConfig.Admin admin) {
    Set<Long> users = new HashSet<>(admin.operatorUids());
    if (admin.listen().fold(tcp -> false, unix -> true)) {
      users.add(0L);
      OwnUser.uid().ifPresent(users::add);
    }
    return new AdminRules(admin.allowedHosts(), new Operators(admin.operators(), users));
  }

  /** For workloads of the mesh; null without such a listener. */
  static @Nullable Listen mesh(TidegateConfig config) {
    TidegateConfig.Connect connect = config.consul() == null ? null : config.consul().connect();
    return connect == null ? null : connect.listen();
  }
}
