package io.tidegate.daemon;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tidegate.admission.queue.WaitingRoom;
import io.tidegate.admission.rate.TenantLimits;
import io.tidegate.audit.AuditConfig;
import io.tidegate.audit.FileAuditLog;
import io.tidegate.audit.SigningKey;
import io.tidegate.audit.World;
import io.tidegate.config.RegionsConfig;
import io.tidegate.config.TidegateConfig;
import io.tidegate.daemon.jobs.Interactive;
import io.tidegate.daemon.jobs.Jobs;
import io.tidegate.daemon.jobs.JobsLife;
import io.tidegate.daemon.policy.PolicyLife;
import io.tidegate.daemon.regions.Regional;
import io.tidegate.dispatch.Balancer;
import io.tidegate.dispatch.Catalog;
import io.tidegate.dispatch.HealthBoard;
import io.tidegate.dispatch.HealthBoard.HealthRules;
import io.tidegate.dispatch.HealthBoard.RegionTimes;
import io.tidegate.dispatch.region.RegionOrders;
import io.tidegate.line.Admission;
import io.tidegate.dispatch.retry.Retries;
import io.tidegate.dispatch.retry.RetryTerms;
import io.tidegate.dispatch.balance.KeyedHash;
import io.tidegate.ingress.RequestIds;
import io.tidegate.jobs.JobLimits;
import io.tidegate.line.LineConfig;
import io.tidegate.line.RequestDigest;
import io.tidegate.line.RequestLine;
import io.tidegate.line.Merging;
import io.tidegate.line.Meters;
import io.tidegate.line.Rooms;
import io.tidegate.line.SemanticCache;
import io.tidegate.line.SingleFlight;
import io.tidegate.model.Upstream;
import io.tidegate.net.EventLoops;
import io.tidegate.net.Names;
import io.tidegate.net.Transport;
import io.tidegate.plugin.GrpcDetectors;
import io.tidegate.session.KeyedLabels;
import io.tidegate.telemetry.RegistryMeters;
import io.tidegate.telemetry.Spending;
import io.tidegate.upstream.dialect.RequestDialect;
import io.tidegate.upstream.gate.GateConfig;
import io.tidegate.upstream.gate.Probes;
import io.tidegate.upstream.gate.UpstreamGate;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything between the listeners and the upstreams, built once from a configuration. */
final class Graph implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Graph.class);
  private static final int SCANS_WAITING = 256;
  private static final int FILE_TASKS_WAITING = 1024;
  private static final int ADMIN_PAGES_WAITING = 64;
  private static final int RECORD_PAGES_WAITING = 8;
  /** Of all answers under way that are kept for those who share them. */
  private static final long SHARED_ANSWER_BYTES = 16 << 20;

  final TidegateConfig config;
  final String bootId;
  final EventLoops loops;
  private final Telemetry telemetry;
  final PrometheusMeterRegistry registry;
  final ShownCertificates certificates;
  final HealthBoard health;
  final Catalog catalog;
  final EdgeCache cache;
  final FileAuditLog audit;
  final PolicyLife policy;
  final RequestLine line;
  final WaitingRoom waiting;
  final TenantLimits tenantLimits;
  final Admission admission;
  final ThreadPoolExecutor adminPool = Pools.bounded("admin", 1, ADMIN_PAGES_WAITING);
  final ThreadPoolExecutor recordsPool = Pools.bounded("records", 1, RECORD_PAGES_WAITING);
  final ThreadPoolExecutor pagePool = Pools.bounded("page", 1, ADMIN_PAGES_WAITING);
  private final ThreadPoolExecutor scanPool = Pools.bounded("scan", Math.max(1, Runtime.getRuntime().availableProcessors()), SCANS_WAITING);
  private final ThreadPoolExecutor filePool = Pools.bounded("files", 1, FILE_TASKS_WAITING);
  private final ThreadPoolExecutor auditPool = Pools.bounded("audit-files", 1, FILE_TASKS_WAITING);
  private final Names names = new Names(System::nanoTime);
  private final UpstreamGate gate;
  /** Null outside a mesh. */
  final @Nullable Mesh mesh;
  private final Probes probes;
  final GrpcDetectors plugins;
  final KeyedLabels sessions;
  private final SingleFlight flights;
  /** Null where nobody speaks of regions. */
  final @Nullable Regional regional;
  /** Null where it is off. */
  private final @Nullable Semantics semantics;
  /** Null where jobs are off. */
  final @Nullable JobsLife jobs;

  /** @param takesOver whether another process may still be at work with what this one is to have: it serves the same listening sockets */
  Graph(TidegateConfig config, Optional<byte[]> rootKeyCredential, Optional<byte[]> signingCredential, boolean takesOver) throws StartFailure {
    this.config = config;
    this.bootId = HexFormat.of().formatHex(bytes(6));
    this.telemetry = Telemetry.of(config.telemetry());
    this.registry = telemetry.registry();
    this.certificates = new ShownCertificates(Instant::now, registry);
    this.policy = PolicyLife.start(config, registry, Instant::now);
    this.loops = new EventLoops(Transport.best(), config.loops() > 0 ? config.loops() : Runtime.getRuntime().availableProcessors());
    List<Upstream> upstreams = config.upstreams();
    RegistryMeters registryMeters = new RegistryMeters(registry, upstreams, policy.decisions(),
        new Spending(registry, Tenants.of(config), upstreams, config.prices(), Instant::now), telemetry.exemplars());
    Path jobDirectory = config.jobs().directory();
    Interactive interactive = jobDirectory == null ? null : new Interactive(registryMeters, System::nanoTime);
    Meters meters = interactive == null ? registryMeters : interactive;
    this.regional = regional(config);
    this.catalog = new Catalog(upstreams, regional == null ? RegionOrders.NONE : regional.plan());
    this.health = new HealthBoard(System::nanoTime, new HealthRules(config.health().ejectAfter(), config.health().eject().toNanos(),
        config.health().maxEject().toNanos(), config.health().accountPause().toNanos(), config.health().outlierEject().toNanos()), config.limits().rules(upstreams), regionTimes(config));
    for (Upstream upstream : upstreams) {
      health.balance(upstream.name(), upstream.balance());
      health.prepared(upstream.name(), upstream.endpoints());
    }
    RootKey root;
    try {
      Path directory = config.audit().directory();
      root = RootKey.load(rootKeyCredential, directory.resolve("root.key"));
      AuditConfig defaults = AuditConfig.in(directory);
      SigningKey signing = SigningKey.of(KeyFile.load(signingCredential, "audit-signing-key", directory.resolve("signing.key")));
      this.audit = new FileAuditLog(new AuditConfig(directory, defaults.segmentBytes(), config.audit().maxBytes(), config.audit().retention()),
          signing, bootId, loops.count(), World.of(catalog, health), Instant::now, System::nanoTime, auditPool);
    } catch (IOException e) {
      String why = String.valueOf(e.getMessage());
      throw new StartFailure(why.contains(". Fix: ") ? why : "audit.directory: no decision record can be written: " + why
          + ". Fix: name a directory this user may write", e);
    }
    RequestDigest digest = new RequestDigest(root.derive("request-digest"));
    this.cache = new EdgeCache(config, root, digest, loops, Instant::now);
    try {
      this.mesh = Mesh.of(config);
    } catch (IllegalArgumentException e) {
      throw new StartFailure("consul: " + e.getMessage(), e);
    }
    Mesh ours = mesh;
    try {
      this.gate = ours == null ? new UpstreamGate(loops, upstreams, names, meters, Instant::now, GateConfig.DEFAULT)
          : new UpstreamGate(loops, upstreams, names, meters, Instant::now, GateConfig.DEFAULT, ours::client);
    } catch (IOException e) {
      throw new StartFailure("upstreams: a tls.ca file cannot be used: " + e.getMessage(), e);
    }
    this.probes = new Probes(gate, upstreams, health, schedule(config.health().interval()), new SplittableRandom(seed()));
    this.plugins = new GrpcDetectors(config.plugins(), loops);
    this.sessions = sessions(config, root);
    this.flights = config.cache().coalesce() ? new SingleFlight(LineConfig.DEFAULT.replayBytes(), SHARED_ANSWER_BYTES) : SingleFlight.OFF;
    TenantHashes tenants = new TenantHashes(root.derive("tenant"));
    this.semantics = config.semantic().encoder() == TidegateConfig.Encoder.NONE ? null
        : Semantics.open(config.semantic(), digest, cache.port(), bytes(16), registry);
    Rooms rooms = new Rooms(policy::rules, catalog, health, balancers(root),
        (request, upstream, model) -> RequestDialect.encode(request, upstream, model, tenants.of(request.caller().tenant())), gate, cache.port(), audit,
        digest, meters, Instant::now, scanPool, lineConfig(config), plugins, sessions,
        retries(config, loops.count()), flights, new Merging(config.batch().embeddingWindow().toNanos(), loops.count()),
        semantics == null ? SemanticCache.OFF : semantics.words, telemetry.tracing(config, bootId, loops.count()));
    this.waiting = new WaitingRoom(loops.of(loops.group().next()), health.places(), config.limits().queue());
    health.places().whenFreed(waiting::freed);
    if (interactive != null) {
      health.places().reserve(interactive);
      interactive.waitIn(waiting);
    }
    this.tenantLimits = new TenantLimits(config.limits().tenants(), System.nanoTime());
    this.admission = new Admission(waiting, config.limits().overflowAfter().toNanos(), tenantLimits, config.limits().assumedOutput());
    this.line = new RequestLine(rooms, admission);
    if (semantics != null) {
      semantics.words.connect(line::aside);
    }
    this.jobs = jobDirectory == null || interactive == null ? null : jobs(config, jobDirectory, interactive, takesOver);
    gauges();
  }

  private static @Nullable Regional regional(TidegateConfig config) throws StartFailure {
    RegionsConfig regions = config.regions();
    try {
      return regions == null ? null : Regional.open(config, regions);
    } catch (IOException e) {
      throw new StartFailure("regions.table: " + e.getMessage(), e);
    }
  }

  private static RegionTimes regionTimes(TidegateConfig config) {
    RegionsConfig regions = config.regions();
    return regions == null ? RegionTimes.DEFAULT : new RegionTimes(regions.hold().toNanos(), regions.ramp().toNanos());
  }

  private JobsLife jobs(TidegateConfig config, Path directory, Interactive interactive, boolean takesOver) throws StartFailure {
    TidegateConfig.Jobs set = config.jobs();
    JobLimits defaults = JobLimits.DEFAULT;
    try {
      JobLimits limits = new JobLimits(set.maxBytes(), set.fileBytes(), defaults.lines(), defaults.lineBytes(), set.parallel(), defaults.window(),
          set.retention(), defaults.openJobs(), defaults.tenantFiles());
      return JobsLife.open(() -> Jobs.open(directory, limits, line, policy::rules, loops, interactive, Graph::seed, registry), limits.uploadBytes(), takesOver);
    } catch (IOException e) {
      throw new StartFailure("jobs.directory: " + e.getMessage() + ". Fix: name a directory that only this user may enter, or remove the key", e);
    }
  }

  /** One per loop; the key is the same for all, so that a session has one place whichever loop it comes by. */
  private List<Balancer> balancers(RootKey root) {
    ByteBuffer key = ByteBuffer.wrap(root.derive("balance"));
    return IntStream.range(0, loops.count())
        .mapToObj(i -> new Balancer(health, new SplittableRandom(seed()), new KeyedHash(key.getLong(0), key.getLong(8)))).toList();
  }

  /** Takes the disk's time once a second at most, and never in the way of the records' own. */
  private void afterASecond(Runnable task) {
    loops.group().schedule(() -> {
      try {
        filePool.execute(task);
      } catch (RejectedExecutionException full) {
        afterASecond(task);
      }
    }, 1, TimeUnit.SECONDS);
  }

  private void lookAfterCache() {
    try {
      cache.look();
    } finally {
      if (!loops.group().isShuttingDown()) {
        afterASecond(this::lookAfterCache);
      }
    }
  }

  private KeyedLabels sessions(TidegateConfig config, RootKey root) throws StartFailure {
    Path file = config.audit().directory().resolve("sessions.labels");
    try {
      KeyedLabels labels = KeyedLabels.open(file, config.sessions().sizeBytes(), root.derive("session-labels"), this::afterASecond);
      labels.alarm().ifPresent(why -> LOG.error("{}: {}. Every session counts as RESTRICTED until the file is moved away (docs/operations.md)", file, why));
      return labels;
    } catch (IOException e) {
      throw new StartFailure("sessions: " + file + " cannot be used: " + e.getMessage()
          + ". Fix: give the daemon its own directory and the size it was made with, or move the file away (raised sessions are then forgotten)", e);
    }
  }

  private static List<Retries> retries(TidegateConfig config, int loops) {
    RetryTerms terms = config.attempts().terms(loops);
    return IntStream.range(0, loops).mapToObj(i -> new Retries(terms, new SplittableRandom(seed()))).toList();
  }

  private static LineConfig lineConfig(TidegateConfig config) {
    LineConfig defaults = LineConfig.DEFAULT;
    TidegateConfig.Timeouts times = config.timeouts();
    return new LineConfig(times.firstToken().interactive(), times.firstToken().standard(), times.firstToken().batch(), times.idle(), times.total(),
        times.batchTotal(), defaults.loopSteps(), config.attempts().max(), defaults.replayBytes(), defaults.heldBytes());
  }

  /** A probe may take two fifths of the interval, and at most two seconds. */
  private static Probes.Schedule schedule(Duration interval) {
    Duration part = interval.multipliedBy(2).dividedBy(5);
    Duration most = Duration.ofSeconds(2);
    return new Probes.Schedule(interval, part.compareTo(most) < 0 ? part : most);
  }

  private void gauges() {
    Gauge.builder(io.tidegate.telemetry.Names.SESSION_FILL, sessions, KeyedLabels::fill).register(registry);
    Gauge.builder(io.tidegate.telemetry.Names.SESSION_ALARM, sessions, labels -> labels.alarm().isPresent() ? 1 : 0).register(registry);
    cache.register(registry);
    Gauge.builder(io.tidegate.telemetry.Names.COALESCING_BYTES, flights, SingleFlight::heldBytes).register(registry);
    AuditGauges.register(audit, config.audit().directory(), registry);
    BalanceCounters.register(health, config.upstreams(), registry);
    AdmissionGauges.register(this, registry);
    DaemonGauges.register(config, health, registry);
    if (regional != null) {
      RegionGauges.register(config, regional, health, registry);
    }
    for (GrpcDetectors.Counts counts : plugins.counts()) {
      FunctionCounter.builder(io.tidegate.telemetry.Names.PLUGIN_ASKED, plugins, all -> all.of(counts.plugin()).asked())
          .tag("plugin", counts.plugin()).register(registry);
      FunctionCounter.builder(io.tidegate.telemetry.Names.PLUGIN_FAILED, plugins, all -> all.of(counts.plugin()).failed())
          .tag("plugin", counts.plugin()).register(registry);
    }
  }

  void start() {
    policy.begin();
    audit.start();
    if (mesh != null) {
      mesh.start(registry);
    }
    if (regional != null) {
      regional.start();
    }
    telemetry.push(config, bootId);
    probes.start();
    if (config.cache().enabled()) {
      afterASecond(this::lookAfterCache);
    }
    Path warmUp = config.cache().warmUp();
    if (config.cache().snapshot() != null || warmUp != null) {
      filePool.execute(() -> {
        cache.restore(policy.rules().decider().bundle().digest());
        if (warmUp != null) {
          new WarmingUp(line, loops, new RequestIds(seed(), seed())).begin(warmUp);
        }
      });
    }
    if (jobs != null) {
      jobs.start();
    }
  }

  private static byte[] bytes(int count) {
    byte[] random = new byte[count];
    new SecureRandom().nextBytes(random);
    return random;
  }

  /** For jitter and ids: unpredictable from one start to the next, pure from there on. */
  static long seed() {
    return new SecureRandom().nextLong();
  }

  @Override
  public void close() {
    if (jobs != null) {
      jobs.close();
    }
    if (regional != null) {
      regional.close();
    }
    policy.close();
    if (semantics != null) {
      semantics.close();
    }
    probes.close();
    if (mesh != null) {
      mesh.close();
    }
    plugins.close();
    gate.close();
    names.close();
    cache.close();
    loops.close();
    scanPool.shutdownNow();
    adminPool.shutdownNow();
    telemetry.close();
    audit.close();
    auditPool.shutdown();
    recordsPool.shutdownNow();
    pagePool.shutdownNow();
    filePool.shutdown();
    try {
      sessions.close();
    } catch (IOException e) {
      LOG.warn("the file of session labels could not be closed: {}", e.getClass().getSimpleName());
    }
  }
}
