package io.tidegate.daemon;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tidegate.config.TidegateConfig;
import io.tidegate.daemon.regions.Sources;
import io.tidegate.discovery.ConsulMesh;
import io.tidegate.discovery.MeshNames;
import io.tidegate.ingress.Doorman;
import io.tidegate.model.Upstream;
import io.tidegate.net.TlsSource;
import io.tidegate.net.WorkloadContexts;
import io.tidegate.net.WorkloadIdentity;
import io.tidegate.telemetry.Names;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Consul's mesh, as the configuration asks for it: what we show, whom we connect to, who may connect to us (R10.4). */
final class Mesh implements AutoCloseable {
  private final TidegateConfig config;
  private final TidegateConfig.Consul consul;
  private final String service;
  private final WorkloadContexts contexts = new WorkloadContexts();
  private final ConsulMesh watch;

  private Mesh(TidegateConfig config, TidegateConfig.Consul consul, String service) {
    this.config = config;
    this.consul = consul;
    this.service = service;
    this.watch = new ConsulMesh(Discovering.consulConfig(consul), service, contexts::replace, Daemon.random());
  }

  /** Null outside a mesh. @throws IllegalArgumentException if a file for the agent is unusable */
  static @Nullable Mesh of(TidegateConfig config) {
    TidegateConfig.Consul consul = config.consul();
    TidegateConfig.Connect connect = consul == null ? null : consul.connect();
    return consul == null || connect == null ? null : new Mesh(config, consul, connect.service());
  }

  void start(PrometheusMeterRegistry registry) {
    TimeGauge.builder(Names.MESH_CERTIFICATE, this, TimeUnit.SECONDS, Mesh::secondsLeft).register(registry);
    FunctionCounter.builder(Names.MESH_ROTATIONS, watch, ConsulMesh::rotations).register(registry);
    for (String verdict : List.of("allowed", "denied")) {
      FunctionCounter.builder(Names.MESH_CONNECTIONS, watch.intentions(), all -> verdict.equals("allowed") ? all.allowed() : all.denied())
          .tag("verdict", verdict).register(registry);
    }
    FunctionCounter.builder(Names.MESH_UNANSWERED, watch.intentions(), io.tidegate.discovery.Intentions::unanswered).register(registry);
    watch.start();
  }

  /**
   * For connections to {@code upstream}, whatever address it has: the certificate must name its service, in the datacenter of the region that the
   * endpoint stands in, so that no other region's workload takes its place. By the upstream's name and by its places.
   */
  Map<String, TlsSource> client(Upstream upstream) {
    String expected = upstream.consulService();
    if (expected == null) {
      throw new IllegalArgumentException(upstream.name() + " has no name in the mesh");
    }
    Map<String, TlsSource> byPlace = new HashMap<>();
    byPlace.put(upstream.name(), client(expected, consul.datacenter()));
    for (Sources.Source source : Sources.of(config, upstream)) {
      if (!source.region().isEmpty()) {
        byPlace.put(source.place(), client(expected, source.datacenter() == null ? consul.datacenter() : source.datacenter()));
      }
    }
    return byPlace;
  }

  private TlsSource client(String expected, @Nullable String datacenter) {
    return contexts.client((own, other) -> MeshNames.isService(own, other, expected, consul.namespace(), datacenter));
  }

  TlsSource server() {
    return contexts.server();
  }

  Doorman doorman() {
    return watch.intentions()::ask;
  }

  /** What an operator should know; none while all is well. */
  List<String> warnings() {
    return contexts.identity() == null ? List.of("consul connect: there is no certificate for " + service
        + " yet: nobody of the mesh can connect, and upstreams of the mesh can't be reached") : List.of();
  }

  private double secondsLeft() {
    WorkloadIdentity identity = contexts.identity();
    return identity == null ? 0 : Math.max(0, (identity.chain().get(0).getNotAfter().getTime() - System.currentTimeMillis()) / 1_000.0);
  }

  @Override
  public void close() {
    watch.close();
  }
}
