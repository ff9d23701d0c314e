package io.tidegate.daemon;

import io.tidegate.config.TidegateConfig;
import io.tidegate.daemon.regions.FoundEndpoints;
import io.tidegate.daemon.regions.Sources;
import io.tidegate.discovery.ConsulConfig;
import io.tidegate.discovery.ConsulDiscovery;
import io.tidegate.discovery.ConsulRegistration;
import io.tidegate.discovery.Followed;
import io.tidegate.discovery.RegistrationConfig;
import io.tidegate.dispatch.UpstreamPlaces;
import io.tidegate.model.Upstream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Consul, as the configuration asks for it. */
public final class Discovering {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private Discovering() {}

  /** Null unless the daemon is told to register itself. */
  static @Nullable ConsulRegistration registration(TidegateConfig config, int httpPort, BooleanSupplier ready) {
    TidegateConfig.Consul consul = config.consul();
    TidegateConfig.Register register = consul == null ? null : consul.register();
    if (consul == null || register == null) {
      return null;
    }
    Integer configured = register.port();
    int port = configured == null ? httpPort : configured;
    String configuredId = register.id();
    String id = configuredId == null ? register.service() + '-' + hostName() + '-' + port : configuredId;
    return new ConsulRegistration(consulConfig(consul), new RegistrationConfig(register.service(), id, register.address(), port, register.tags(),
        register.httpCheck(), register.interval(), register.deregisterAfter(), PATIENCE), ready, Daemon.random());
  }

  /** Null without Consul. */
  static @Nullable ConsulDiscovery discovery(TidegateConfig config, @Nullable ConsulRegistration own, FoundEndpoints found) {
    TidegateConfig.Consul consul = config.consul();
    if (consul == null) {
      return null;
    }
    List<Followed> followed = new ArrayList<>();
    for (Upstream upstream : config.upstreams()) {
      String service = upstream.consulService();
      if (service != null) {
        Sources.of(config, upstream).forEach(source ->
            followed.add(new Followed(source.place(), source.upstream(), service, source.datacenter(), found.of(source, "consul"))));
      }
    }
    return new ConsulDiscovery(consulConfig(consul), followed, own, System::nanoTime, Daemon.random());
  }

  /** Null unless accounts are shared by leases. */
  static @Nullable SharedAccounts leases(TidegateConfig config, UpstreamPlaces places) {
    TidegateConfig.Consul consul = config.consul();
    String lease = config.limits().lease();
    return consul == null || lease == null ? null
        : new SharedAccounts(consulConfig(consul), lease, config.limits().maxInFlight(), config.limits().instances(), places, System::nanoTime);
  }

  /** How to reach the configured agent. */
  public static ConsulConfig consulConfig(TidegateConfig.Consul consul) {
    ConsulConfig defaults = ConsulConfig.defaults(consul.address());
    return defaults.withCaFile(consul.ca() == null ? null : consul.ca().toString()).withToken(consul.token())
        .withDatacenter(consul.datacenter()).withWait(consul.longestWait(), defaults.slack());
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException nameless) {
      return "host";
    }
  }
}
