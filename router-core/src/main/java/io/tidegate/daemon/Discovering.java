package io.tidegate.daemon;

import io.tidegate.config.TidegateConfig;
import io.tidegate.discovery.ConsulAccess;
import io.tidegate.discovery.ConsulConfig;
import io.tidegate.discovery.ConsulDiscovery;
import io.tidegate.discovery.ConsulOverrides;
import io.tidegate.discovery.ConsulRegistration;
import io.tidegate.discovery.OwnStanding;
import io.tidegate.discovery.RegistrationConfig;
import io.tidegate.dispatch.UpstreamPlaces;
import io.tidegate.model.Upstream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Consul, as the configuration asks for it. */
public final class Discovering {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private Discovering() {}

  /**
   * Null unless the daemon is told to register itself.
   *
   * @param listenerPort of the mesh listener if there is one, else the HTTP listener's
   */
  static @Nullable ConsulRegistration registration(TidegateConfig config, int listenerPort, BooleanSupplier ready) {
    TidegateConfig.Consul consul = config.consul();
    TidegateConfig.Register register = consul == null ? null : consul.register();
    if (consul == null || register == null) {
      return null;
    }
    Integer configured = register.port();
    int port = configured == null ? listenerPort : configured;
    TidegateConfig.Connect connect = consul.connect();
    boolean mesh = connect != null && connect.listen() != null;
    String configuredId = register.id();
    String id = configuredId == null ? register.service() + '-' + hostName() + '-' + port : configuredId;
    return new ConsulRegistration(consulConfig(consul), new RegistrationConfig(register.service(), id, register.address(), port, register.tags(),
        register.httpCheck(), register.interval(), register.deregisterAfter(), PATIENCE, mesh), ready, Daemon.random());
  }

  /** Null without Consul. */
  static @Nullable ConsulDiscovery discovery(TidegateConfig config, @Nullable ConsulRegistration own, @Nullable LiveEndpoints live) {
    TidegateConfig.Consul consul = config.consul();
    return consul == null || live == null ? null
        : new ConsulDiscovery(consulConfig(consul), config.upstreams(), live::found, own, System::nanoTime, Daemon.random());
  }

  /** Null unless weights and drains are read from Consul. */
  static @Nullable ConsulOverrides overrides(TidegateConfig config, @Nullable LiveEndpoints live) {
    TidegateConfig.Consul consul = config.consul();
    String prefix = consul == null ? null : consul.overrides();
    return consul == null || prefix == null || live == null ? null : new ConsulOverrides(consulConfig(consul), prefix,
        config.upstreams().stream().map(Upstream::name).collect(Collectors.toSet()), live::override, Daemon.random());
  }

  /** Null unless the daemon registers itself. */
  static @Nullable OwnStanding standing(TidegateConfig config, @Nullable ConsulRegistration own) {
    TidegateConfig.Consul consul = config.consul();
    return consul == null || own == null ? null : new OwnStanding(consulConfig(consul), own, Daemon.random());
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
    TidegateConfig.AgentTls tls = consul.tls();
    return defaults.with(new ConsulAccess(consul.token(), consul.tokenFile(), tls.ca(), tls.certificate(), tls.key(), tls.serverName(), consul.namespace(),
        consul.partition())).withDatacenter(consul.datacenter()).withWait(consul.longestWait(), defaults.slack());
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException nameless) {
      return "host";
    }
  }
}
