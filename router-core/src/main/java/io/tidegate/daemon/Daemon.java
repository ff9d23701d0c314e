package io.tidegate.daemon;

import io.micrometer.core.instrument.TimeGauge;
import io.netty.channel.Channel;
import io.tidegate.admin.AdminPages;
import io.tidegate.admin.AdminPools;
import io.tidegate.admin.AdminServer;
import io.tidegate.config.Listen;
import io.tidegate.config.TidegateConfig;
import io.tidegate.daemon.reload.ConfigSource;
import io.tidegate.daemon.reload.ListenerTls;
import io.tidegate.daemon.reload.ReloadMeters;
import io.tidegate.daemon.reload.Reloaded;
import io.tidegate.daemon.reload.Reloading;
import io.tidegate.daemon.systemd.Credentials;
import io.tidegate.daemon.systemd.Handed;
import io.tidegate.daemon.systemd.Notifier;
import io.tidegate.daemon.systemd.Successor;
import io.tidegate.daemon.systemd.Watchdog;
import io.tidegate.daemon.regions.FoundEndpoints;
import io.tidegate.discovery.ConsulDiscovery;
import io.tidegate.discovery.ConsulOverrides;
import io.tidegate.discovery.ConsulRegions;
import io.tidegate.discovery.ConsulRegistration;
import io.tidegate.discovery.OwnStanding;
import io.tidegate.discovery.dns.DnsDiscovery;
import io.tidegate.ingress.Callers;
import io.tidegate.ingress.RequestIds;
import io.tidegate.ingress.grpc.GrpcIngress;
import io.tidegate.ingress.http.HttpIngress;
import io.tidegate.model.Upstream;
import io.tidegate.net.Door;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running daemon: listeners around a {@link Graph}. Started once; {@link #stop} ends it in order: readiness off, deregister, finish what is
 * in flight within the drain bound, close.
 */
public final class Daemon implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);
  private static final Duration LOOK_FOR_SUCCESSOR = Duration.ofMillis(500);
  /** A fresh JVM has compiled most of what a request runs through after so long, if it begins with a few. */
  private static final Duration LONGEST_HAND_OVER = Duration.ofSeconds(5);

  private final TidegateConfig config;
  private final Graph graph;
  private final HttpIngress http;
  private final GrpcIngress grpc;
  /** For workloads of the mesh; null without a listener for them. */
  private final @Nullable HttpIngress meshDoor;
  private final StatusPage status;
  private final Reloading reloading;
  /** Whether the listening sockets are a supervisor's, so that a process that takes over may run beside this one. */
  private final boolean handedOver;
  private final Door adminDoor;
  private final Channel admin;
  private final @Nullable ConsulRegistration registration;
  private final @Nullable ConsulDiscovery discovery;
  private final @Nullable ConsulOverrides overrides;
  /** How Consul shows us; null unless the daemon registers. */
  private final @Nullable OwnStanding standing;
  private final @Nullable DnsDiscovery dns;
  private final @Nullable ConsulRegions regions;
  private final @Nullable SharedAccounts accounts;
  /** Null where nothing is said about how many replicas there should be. */
  private final @Nullable Replicas replicas;
  private final Notifier notifier;
  private final Watchdog watchdog;
  private volatile boolean ready;
  private volatile boolean stopped;

  private Daemon(TidegateConfig config, ConfigSource source, Graph graph, Handed handed, Map<String, String> environment, Consumer<String> logLevel)
      throws StartFailure {
    this.config = config;
    this.graph = graph;
    this.handedOver = handed.any();
    io.tidegate.admission.Callers admission = config.callers().admission();
    Asking callers = Asking.of(admission, graph.regional);
    RequestIds ids = new RequestIds(Graph.seed(), Graph.seed());
    Doors doors = Doors.of(config, handed, graph.mesh != null);
    this.adminDoor = doors.admin();
    ListenerTls tls;
    try {
      tls = ListenerTls.open(config);
    } catch (IOException e) {
      throw new StartFailure(e.getMessage() + ". Fix: name a certificate and its own key there, both PEM", e);
    }
    tls.each((listener, shown) -> graph.certificates.taken(listener, shown.inForce().notAfter()));
    this.reloading = new Reloading(config, source, tls, new Reloading.Parts(callers::replace, logLevel, graph.certificates::taken), Instant::now, new ReloadMeters(graph.registry));
    this.http = new HttpIngress(ListenTerms.http(config), tls.of("http"), null, graph.loops, graph.line, callers, ids,
        Instant::now, graph.jobs == null ? null : graph.jobs.desk());
    this.grpc = new GrpcIngress(doors.grpc(), ListenTerms.grpc(config), tls.of("grpc"), graph.loops, graph.line,
        callers, ids);
    this.meshDoor = meshDoor(config, graph, callers, ids);
    this.replicas = Replicas.of(config, graph, doors.scaler(), tls.of("scaler"));
    Opening.listener("http.listen", doors.http(), config.http().listen(), http::start);
    Opening.listener("grpc.listen", doors.grpc(), config.grpc().listen(), door -> grpc.start());
    Listen meshListen = ListenTerms.mesh(config);
    if (meshDoor != null && doors.mesh() != null && meshListen != null) {
      Opening.listener("consul.connect.listen", doors.mesh(), meshListen, meshDoor::start);
    }
    Listen scalerListen = config.scaling().listen();
    if (replicas != null) {
      if (doors.scaler() != null && scalerListen != null) {
        Opening.listener("scaler.listen", doors.scaler(), scalerListen, door -> replicas.open());
      }
      replicas.start();
    }
    try {
      LiveEndpoints live = config.consul() == null ? null : new LiveEndpoints(config.upstreams(), graph.health);
      FoundEndpoints found = new FoundEndpoints(config.upstreams(), live == null ? graph.health::prepared : live::replace);
      this.registration = Discovering.registration(config, meshDoor == null ? http.port() : meshDoor.port(), () -> ready);
      this.discovery = Discovering.discovery(config, registration, found);
      this.dns = Discovering.dns(config, found);
      this.regions = Discovering.regions(config, graph.regional);
      this.overrides = Discovering.overrides(config, live);
      this.standing = Discovering.standing(config, registration);
      this.accounts = Discovering.leases(config, graph.health.places());
    } catch (IllegalArgumentException e) {
      throw new StartFailure("consul: " + e.getMessage(), e);
    }
    ConsulSight sight = config.consul() == null ? null : new ConsulSight(discovery, overrides, standing, graph.mesh);
    this.status = new StatusPage(graph, discovery, sight, replicas, this::ready, this::reload, reloading);
    AdminServer page = new AdminServer(graph.loops, status, new AdminPools(graph.adminPool, graph.recordsPool, graph.pagePool), ListenTerms.admin(config.admin()));
    this.admin = Opening.opened("admin.listen", adminDoor, config.admin().listen(), page::start);
    if (discovery != null) {
      for (String upstream : discovery.upstreams()) {
        TimeGauge.builder(io.tidegate.telemetry.Names.CONSUL_AGE, discovery, TimeUnit.NANOSECONDS, d -> d.of(upstream).ageNanos())
            .tag("upstream", upstream).register(graph.registry);
      }
      discovery.start();
    }
    if (sight != null) {
      sight.gauges(graph.registry);
    }
    if (overrides != null) {
      overrides.start();
    }
    if (standing != null) {
      standing.start();
    }
    if (dns != null) {
      RegionGauges.dns(dns, graph.registry);
      dns.start();
    }
    if (regions != null) {
      regions.start();
    }
    if (accounts != null) {
      accounts.start();
    }
    graph.start();
    ready = true;
    if (registration != null) {
      registration.start();
    }
    this.notifier = Notifier.connect(graph.loops.group(), environment.get("NOTIFY_SOCKET"));
    this.watchdog = Watchdog.start(graph.loops, notifier, environment, ProcessHandle.current().pid());
    notifier.ready();
    LOG.info("ready: {}, policy {} ({})", Opening.ready(config, http.port(), grpc.port(), adminPort()), graph.policy.version(), graph.policy.digest());
    for (Upstream upstream : config.upstreams()) {
      LOG.info("upstream {}: {} {}{}", upstream.name(), upstream.zone(), upstream.dialect(), upstream.emulated() ? ", EMULATED: no real model answers" : "");
    }
  }

  /**
   * Starts everything; blocks until the listeners are open.
   *
   * @param environment of the process: NOTIFY_SOCKET, WATCHDOG_USEC, CREDENTIALS_DIRECTORY
   * @throws StartFailure if anything is missing: exit 78 (G2)
   */
  public static Daemon start(TidegateConfig config, Map<String, String> environment) throws StartFailure {
    return start(config, ConfigSource.fixed(config), environment, level -> { });
  }

  /**
   * The same, with a configuration that can be read again.
   *
   * @param logLevel sets the level of the daemon's loggers
   */
  public static Daemon start(TidegateConfig config, ConfigSource source, Map<String, String> environment, Consumer<String> logLevel)
      throws StartFailure {
    Optional<byte[]> rootKey;
    Optional<byte[]> signingKey;
    try {
      rootKey = Credentials.of(environment).bytes("root-key");
      signingKey = Credentials.of(environment).bytes("audit-signing-key");
    } catch (IOException e) {
      throw new StartFailure("credential root-key or audit-signing-key cannot be read", e);
    }
    Handed handed;
    try {
      handed = Handed.of(environment, ProcessHandle.current().pid());
    } catch (IOException e) {
      throw Doors.unusable(e);
    }
    Graph graph = new Graph(config, rootKey, signingKey, handed.any());
    try {
      return new Daemon(config, source, graph, handed, environment, logLevel);
    } catch (StartFailure | RuntimeException e) {
      graph.close();
      throw e;
    }
  }

  public int httpPort() {
    return http.port();
  }

  public int grpcPort() {
    return grpc.port();
  }

  /** Of KEDA's listener; -1 without one. */
  public int scalerPort() {
    return replicas == null ? -1 : replicas.port();
  }

  public int adminPort() {
    return admin.localAddress() instanceof InetSocketAddress inet ? inet.getPort() : -1;
  }

  /** Whether requests should come here: all is started, it does not stop, and no operator put it into maintenance. */
  public boolean ready() {
    return ready && (standing == null || !standing.inMaintenance());
  }

  /** Asks for the policies to be read again. How it ends is in the log and the status. */
  public void reloadPolicies() {
    graph.policy.reload();
  }

  /**
   * Reads configuration, certificates and policies again; SIGHUP does, and {@code POST /admin/reload}. How it ends is in the log and the status, too.
   * Blocking, at most half a minute, and as long for each that was asked for before.
   */
  public AdminPages.Reload reload() {
    return notifier.reload(() -> {
      Reloaded outcome = reloading.attempt();
      AdminPages.Reload policies = status.reloadPolicies();
      return new AdminPages.Reload(!outcome.refused() && policies.accepted(), outcome.json(policies.json()));
    });
  }

  /** What {@code /admin/status} shows. */
  public String status() {
    return status.status();
  }

  /** Stops in order; blocks, at most the drain bound and a few seconds. */
  public synchronized void stop() {
    if (stopped) {
      return;
    }
    stopped = true;
    ready = false;
    notifier.stopping();
    Duration bound = reloading.inForce().timeouts().drain();
    LOG.info("stopping: finishing requests in flight within {} s", bound.toSeconds());
    // Discovery first: an empty list is doubted only while our own registration stands.
    end(discovery);
    end(overrides);
    end(standing);
    end(dns);
    end(regions);
    end(registration);
    end(replicas);
    if (graph.jobs != null) {
      graph.jobs.stop();
      if (handedOver) {
        graph.jobs.handOver(bound.toNanos());
      }
    }
    if (adminDoor.handed()) {
      // Who asks from now on is answered by the process that follows.
      admin.close().awaitUninterruptibly(1_000);
    }
    Duration over = handOver(bound);
    long end = System.nanoTime() + bound.toNanos();
    grpc.stopAccepting();
    try {
      try {
        CompletableFuture<Void> meshDrained = meshDoor == null ? CompletableFuture.completedFuture(null) : meshDoor.drain(over, bound);
        CompletableFuture<Void> httpDrained = http.drain(over, bound);
        // Its connections are few and carry much. They all go at once, while those of HTTP do.
        TimeUnit.NANOSECONDS.sleep(over.toNanos() / 2);
        grpc.drain();
        CompletableFuture.allOf(httpDrained, meshDrained).get(Math.max(0, end - System.nanoTime()) + 1_000_000_000, TimeUnit.NANOSECONDS);
      } catch (TimeoutException | java.util.concurrent.ExecutionException late) {
        LOG.warn("requests were still in flight when the drain bound was over");
      }
      grpc.close(Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())));
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
    end(accounts);
    end(http);
    end(meshDoor);
    admin.close().awaitUninterruptibly(1_000);
    end(watchdog);
    end(notifier);
    end(graph);
    LOG.info("stopped");
  }

  /** How long connections take to go to the process that follows, one after the other; zero if nobody follows yet, as new ones would wait for it. */
  private Duration handOver(Duration bound) {
    if (!adminDoor.handed() || !Successor.answers(adminDoor.address(), LOOK_FOR_SUCCESSOR)) {
      return Duration.ZERO;
    }
    Duration part = bound.dividedBy(4);
    Duration over = part.compareTo(LONGEST_HAND_OVER) < 0 ? part : LONGEST_HAND_OVER;
    LOG.info("a successor is there: connections go to it one after the other, in {} ms", over.toMillis());
    return over;
  }

  /** A part that fails to close keeps no other from its turn. */
  private static void end(@Nullable AutoCloseable part) {
    try {
      if (part != null) {
        part.close();
      }
    } catch (Exception defect) {
      LOG.error("stopping: {} did not close ({})", part.getClass().getSimpleName(), defect.getClass().getName());
    }
  }

  @Override
  public void close() {
    stop();
  }

  private static @Nullable HttpIngress meshDoor(TidegateConfig config, Graph graph, Callers callers, RequestIds ids) {
    Mesh mesh = graph.mesh;
    return mesh == null || ListenTerms.mesh(config) == null ? null
        : new HttpIngress(ListenTerms.http(config), mesh.server(), mesh.doorman(), graph.loops, graph.line, callers, ids,
            Instant::now, graph.jobs == null ? null : graph.jobs.desk());
  }

  static SplittableRandom random() {
    return new SplittableRandom(Graph.seed());
  }
}
