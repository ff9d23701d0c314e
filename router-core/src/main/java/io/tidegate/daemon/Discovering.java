package io.tidegate.daemon;

import com.google.common.net.InetAddresses;
import io.tidegate.config.DnsConfig;
import io.tidegate.config.RegionsConfig;
import io.tidegate.config.TidegateConfig;
import io.tidegate.daemon.regions.FoundEndpoints;
import io.tidegate.daemon.regions.Learning;
import io.tidegate.daemon.regions.Regional;
import io.tidegate.daemon.regions.Sources;
import io.tidegate.discovery.ConsulAccess;
import io.tidegate.discovery.ConsulConfig;
import io.tidegate.discovery.ConsulDiscovery;
import io.tidegate.discovery.ConsulOverrides;
import io.tidegate.discovery.ConsulRegions;
import io.tidegate.discovery.ConsulRegistration;
import io.tidegate.discovery.Followed;
import io.tidegate.discovery.OwnStanding;
import io.tidegate.discovery.RegistrationConfig;
import io.tidegate.discovery.dns.Asked;
import io.tidegate.discovery.dns.DnsDiscovery;
import io.tidegate.discovery.dns.DnsTerms;
import io.tidegate.dispatch.UpstreamPlaces;
import io.tidegate.model.Cidr;
import io.tidegate.model.Upstream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

  /** Null unless endpoints are found by DNS. */
  static @Nullable DnsDiscovery dns(TidegateConfig config, FoundEndpoints found) {
    DnsConfig dns = config.dns();
    if (dns == null) {
      return null;
    }
    List<Asked> asked = new ArrayList<>();
    for (Upstream upstream : config.upstreams()) {
      DnsConfig.Name name = dns.names().get(upstream.name());
      if (name != null) {
        for (Sources.Source source : Sources.of(config, upstream, name)) {
          String datacenter = source.datacenter();
          asked.add(new Asked(source.place(), source.upstream(), datacenter == null ? name.name() : name.name().replace(DnsConfig.DATACENTER, datacenter),
              name.port(), found.of(source, "dns")));
        }
      }
    }
    // A literal: nobody is asked where the name server is.
    DnsTerms terms = DnsTerms.of(new InetSocketAddress(InetAddresses.forString(dns.host()), dns.port()), dns.leastTtl(), dns.longestTtl());
    Cidr subnet = dns.clientSubnet();
    return new DnsDiscovery(subnet == null ? terms : terms.withSubnet(subnet.network(), subnet.prefixBits()), asked, System::nanoTime);
  }

  /** Null unless something is to be learnt of Consul about regions. */
  static @Nullable ConsulRegions regions(TidegateConfig config, @Nullable Regional regional) {
    TidegateConfig.Consul consul = config.consul();
    RegionsConfig regions = config.regions();
    if (consul == null || regions == null || regional == null) {
      return null;
    }
    Learning learning = new Learning(config, regions, regional.plan());
    boolean distances = !regions.distances().isZero() && regions.list().stream().anyMatch(region -> region.datacenter() != null);
    List<String> services = regions.queries() == RegionsConfig.Queries.OFF ? List.of() : learning.services();
    if (!distances && services.isEmpty()) {
      return null;
    }
    Duration every = regions.distances().isZero() ? Duration.ofMinutes(1) : regions.distances();
    return new ConsulRegions(consulConfig(consul), new ConsulRegions.Wanted(every, distances, services,
        regions.queries() == RegionsConfig.Queries.CREATE, learning.otherDatacenters(config.region())), learning);
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
        consul.partition())).withDatacenter(consul.datacenter()).withWait(consul.longestWait(), defaults.slack())
        .withChoice(new ConsulConfig.Choice(consul.passing(), consul.near()));
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException nameless) {
      return "host";
    }
  }
}
