package io.tidegate.config;

import io.tidegate.admission.KeyEntry;
import io.tidegate.cost.Price;
import io.tidegate.dispatch.retry.RetryPolicy;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Problem;
import io.tidegate.model.Secret;
import io.tidegate.model.Upstream;
import io.tidegate.plugin.PluginConfig;
import io.tidegate.policy.signature.KeyRing;
import io.tidegate.yaml.YamlPosition;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The file's keys, their defaults and their ranges: the one place where they stand. A value with a problem gives its default, so that reading goes on. */
final class ConfigBinder {
  private static final Duration MS_100 = Duration.ofMillis(100);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration DAY = Duration.ofDays(1);

  /** Of a data socket: its user and group may ask. */
  private static final String SHARED = "rw-rw----";

  private final Section root;
  private final Environment environment;
  private final References references;
  private final Listeners listeners;

  ConfigBinder(Section root, Environment environment) {
    this.root = root;
    this.environment = environment;
    this.references = new References(environment);
    this.listeners = new Listeners();
  }

  TidegateConfig bind() {
    Section callerSection = root.section("callers");
    TidegateConfig.Identities callers = new CallersBinder(references, environment).bind(callerSection);
    TidegateConfig.Http http = http(root.section("http"), callers);
    TidegateConfig.Grpc grpc = grpc(root.section("grpc"), callers);
    TidegateConfig.Admin admin = admin(root.section("admin"));
    TidegateConfig.Timeouts timeouts = timeouts(root.section("timeouts"));
    TidegateConfig.Consul consul = root.optionalSection("consul")
        .map(section -> new ConsulBinder(references, listeners, callers).bind(section, http)).orElse(null);
    TidegateConfig.Audit audit = audit(root.section("audit"));
    Map<String, Integer> accounts = new HashMap<>();
    RegionsBinder regions = RegionsBinder.of(root);
    DnsBinder dns = new DnsBinder(root);
    List<Upstream> upstreams = upstreams(new UpstreamBinder(references, consul != null, consul != null && consul.connect() != null, timeouts.firstToken(), accounts, regions, dns));
    String region = root.optional("region", RegionsBinder::name).orElse("");
    TidegateConfig config = new TidegateConfig(http, grpc, admin, callers, sessions(root.section("sessions")),
        policy(root.section("policy"), audit.directory(), consul != null), new CacheBinder(references).bind(root.section("cache")),
        SemanticBinder.bind(root.section("semantic"), upstreams), batch(root.section("batch")),
        jobs(root.section("jobs")), audit, timeouts, attempts(root.section("attempts")), health(root.section("health")), root.integer("loops", 0, 1024, 0),
        region, regions.bind(root, region, consul != null), consul, dns.bind(root), new TelemetryBinder(references).bind(root.section("telemetry")),
        LimitsBinder.bind(root.section("limits"), timeouts.firstToken(), accounts, consul != null),
        new ScalingBinder(listeners, this::tls).bind(root, audit.directory()), prices(), plugins(), upstreams);
    root.end();
    return config;
  }

  private TidegateConfig.Http http(Section s, TidegateConfig.Identities callers) {
    Listen listen = listen(s, 7400, SHARED);
    TidegateConfig.Tls tls = tls(s);
    listeners.add("http", listen, s);
    Listeners.needsCallers(listen, tls, callers, s);
    long body = s.bytes("bodyLimit", 1 << 10, 1 << 30, 16 << 20);
    long budget = s.bytes("bodyBudget", 1 << 10, 1L << 40, 64 << 20);
    if (budget < body) {
      s.problem(s.has("bodyBudget") ? "bodyBudget" : "bodyLimit", "bodyBudget is smaller than bodyLimit, so the largest body could never come in",
          "raise bodyBudget, or lower bodyLimit");
    }
    Section h2 = s.section("h2");
    TidegateConfig.H2 streams = new TidegateConfig.H2(h2.integer("maxStreams", 1, 10_000, 100));
    h2.end();
    TidegateConfig.Http http = new TidegateConfig.Http(listen, tls, s.list("allowedHosts", ConfigBinder::hostName),
        s.integer("maxConnections", 1, 1_000_000, 10_000), s.integer("maxConnectionsPerPeer", 0, 1_000_000, 0), (int) body, budget,
        (int) s.bytes("headerLimit", 1 << 10, 1 << 20, 32 << 10), s.integer("headerCount", 8, 1000, 100),
        (int) s.bytes("requestLineLimit", 256, 64 << 10, 8 << 10), s.duration("headerTimeout", MS_100, HOUR, Duration.ofSeconds(10)),
        s.duration("bodyTimeout", MS_100, HOUR, Duration.ofSeconds(10)), s.duration("idleTimeout", MS_100, DAY, Duration.ofSeconds(75)),
        s.duration("writeTimeout", MS_100, HOUR, Duration.ofSeconds(30)), s.duration("pingInterval", SECOND, HOUR, Duration.ofSeconds(15)), streams);
    s.end();
    return http;
  }

  private TidegateConfig.Grpc grpc(Section s, TidegateConfig.Identities callers) {
    Listen listen = listen(s, 7401, SHARED);
    TidegateConfig.Tls tls = tls(s);
    listeners.add("grpc", listen, s);
    Listeners.needsCallers(listen, tls, callers, s);
    TidegateConfig.Grpc grpc = new TidegateConfig.Grpc(listen, tls, s.flag("reflection", false));
    s.end();
    return grpc;
  }

  private TidegateConfig.Admin admin(Section s) {
    Listen listen = listen(s, 7402, "rw-------");
    listeners.add("admin", listen, s);
    Listeners.neverPublic(listen, s);
    List<KeyEntry> operators = new ArrayList<>();
    s.optional("operators", References::path).ifPresent(file -> CallersBinder.keys(references, file, "operators", s, operators));
    Users users = new Users(environment, CallersBinder.PASSWD);
    Set<Long> uids = Set.copyOf(s.list("operatorUsers", users::uid));
    TidegateConfig.Admin admin = new TidegateConfig.Admin(listen, s.list("allowedHosts", ConfigBinder::hostName), operators, uids);
    s.end();
    return admin;
  }

  private TidegateConfig.@Nullable Tls tls(Section listener) {
    Optional<Section> section = listener.optionalSection("tls");
    if (section.isEmpty()) {
      return null;
    }
    Section s = section.get();
    Optional<Path> certificate = s.needed("certificate", file -> references.readable(file, false));
    Optional<Path> key = s.needed("key", file -> references.readable(file, true));
    Optional<Path> clientCa = s.optional("clientCa", file -> references.readable(file, false));
    s.end();
    return certificate.isPresent() && key.isPresent() ? new TidegateConfig.Tls(certificate.get(), key.get(), clientCa.orElse(null)) : null;
  }

  private static TidegateConfig.Sessions sessions(Section s) {
    long size = s.bytes("size", 64 << 10, 1 << 30, 4 << 20);
    if (size % 4096 != 0) {
      s.problem("size", "sessions.size is not a whole number of pages", "write a multiple of 4KiB");
    }
    s.end();
    return new TidegateConfig.Sessions(size);
  }

  private static Listen listen(Section s, int port, String mode) {
    Listen listen = s.optional("listen", Listen::parse).orElse(new Listen.Tcp("127.0.0.1", port));
    return listen.withMode(s.optional("socketMode", Listen::mode).orElse(mode));
  }

  private TidegateConfig.Policy policy(Section s, Path records, boolean consul) {
    Path directory = s.optional("directory", References::path).orElseGet(environment::policies);
    Path state = s.optional("state", References::path).orElseGet(() -> records.resolveSibling("policy"));
    Path keyring = s.optional("keyring", References::path).orElse(null);
    boolean signed = s.word("signatures", Signatures.class).orElse(Signatures.OFF) == Signatures.REQUIRED;
    if (keyring != null) {
      ring(keyring, s);
    } else if (signed) {
      s.problem("signatures", "signatures are required, and there is no key ring to check them by", "add policy.keyring");
    }
    Section kv = s.section("consul");
    String prefix = kv.optional("prefix", ConfigBinder::keyPrefix).orElse(null);
    if (prefix != null && (!signed || !consul)) {
      // Consul carries policies; who may write there decides nothing (K2).
      kv.problem("prefix", !signed ? "policies from Consul must be signed, and signatures are not required" : "there is no Consul to read policies from",
          !signed ? "add policy.signatures: required, and policy.keyring" : "add a consul: section");
    }
    kv.end();
    TidegateConfig.Policy policy = new TidegateConfig.Policy(directory, state, keyring, signed, s.optional("shadow", References::path).orElse(null), prefix);
    s.end();
    return policy;
  }

  private enum Signatures { REQUIRED, OFF }

  static String keyPrefix(String text) throws Malformed {
    if (text.startsWith("/") || text.length() > 200 || text.chars().anyMatch(c -> c <= 0x20 || c >= 0x7f)) {
      throw new Malformed("this is not a prefix of Consul's keys", "write it without a leading slash, such as tidegate/policies");
    }
    return text;
  }

  private void ring(Path file, Section s) {
    try {
      List<Problem> problems = new ArrayList<>();
      KeyRing.parse(file.toString(), references.text(file).getBytes(java.nio.charset.StandardCharsets.UTF_8), problems);
      problems.forEach(p -> s.problem(new YamlPosition(p.file(), p.line(), p.column()), p.message(), p.fix()));
    } catch (Malformed malformed) {
      s.problem("keyring", malformed.message(), malformed.fix());
    }
  }

  private TidegateConfig.Audit audit(Section s) {
    TidegateConfig.Audit audit = new TidegateConfig.Audit(s.optional("directory", References::path).orElseGet(environment::auditRecords),
        s.bytes("maxBytes", 16 << 20, 1L << 50, 10L << 30), s.duration("retention", HOUR, Duration.ofDays(3650), Duration.ofDays(30)));
    s.end();
    return audit;
  }

  private TidegateConfig.Timeouts timeouts(Section s) {
    Section first = s.section("firstToken");
    TidegateConfig.FirstToken firstToken = new TidegateConfig.FirstToken(first.duration("interactive", MS_100, DAY, Duration.ofSeconds(10)),
        first.duration("standard", MS_100, DAY, Duration.ofSeconds(60)), first.duration("batch", MS_100, DAY, Duration.ofMinutes(10)));
    TidegateConfig.Timeouts timeouts = new TidegateConfig.Timeouts(firstToken, s.duration("idle", MS_100, DAY, Duration.ofSeconds(30)),
        s.duration("total", MS_100, DAY, Duration.ofMinutes(10)), s.duration("batchTotal", MS_100, DAY, HOUR),
        s.duration("drain", Duration.ZERO, HOUR, Duration.ofSeconds(30)));
    notLonger(first, "interactive", firstToken.interactive(), s, "total", timeouts.total());
    notLonger(first, "standard", firstToken.standard(), s, "total", timeouts.total());
    notLonger(first, "batch", firstToken.batch(), s, "batchTotal", timeouts.batchTotal());
    notLonger(s, "idle", timeouts.idle(), s, "total", timeouts.total());
    notLonger(s, "idle", timeouts.idle(), s, "batchTotal", timeouts.batchTotal());
    first.end();
    s.end();
    return timeouts;
  }

  /** The problem stands where the file says something; a default never contradicts another default. */
  private static void notLonger(Section part, String partKey, Duration length, Section whole, String wholeKey, Duration bound) {
    if (length.compareTo(bound) > 0) {
      String message = part.name(partKey) + " (" + Durations.text(length) + ") is longer than " + whole.name(wholeKey) + " (" + Durations.text(bound)
          + "), so it could never end";
      String fix = "lower " + part.name(partKey) + " or raise " + whole.name(wholeKey);
      if (part.has(partKey)) {
        part.problem(partKey, message, fix);
      } else {
        whole.problem(wholeKey, message, fix);
      }
    }
  }

  private TidegateConfig.Batch batch(Section s) {
    TidegateConfig.Batch batch = new TidegateConfig.Batch(s.integer("items", 1, 10_000, 256), (int) s.bytes("size", 1 << 10, 1 << 30, 8 << 20),
        s.integer("parallel", 1, 256, 8), s.duration("embeddingWindow", Duration.ZERO, Duration.ofMillis(100), Duration.ZERO));
    s.end();
    return batch;
  }

  private TidegateConfig.Jobs jobs(Section s) {
    TidegateConfig.Jobs jobs = new TidegateConfig.Jobs(s.optional("directory", References::path).orElse(null), s.bytes("maxBytes", 1 << 20, 1L << 50, 10L << 30),
        s.bytes("fileLimit", 1 << 10, 1 << 30, 200 << 20), s.integer("parallel", 1, 1024, 8), s.duration("retention", HOUR, Duration.ofDays(3650), Duration.ofDays(30)));
    s.end();
    return jobs;
  }

  private TidegateConfig.Attempts attempts(Section s) {
    TidegateConfig.Attempts attempts = new TidegateConfig.Attempts(s.integer("max", 1, 10, 3),
        s.word("backoff", RetryPolicy.Backoff.class).orElse(RetryPolicy.Backoff.FULL_JITTER), s.duration("wait", Duration.ofMillis(1), HOUR, SECOND),
        s.duration("longestWait", Duration.ofMillis(1), HOUR, Duration.ofSeconds(30)), s.duration("retryAfter", Duration.ZERO, HOUR, Duration.ofSeconds(30)),
        s.integer("budgetPercent", 0, 1000, 20), s.integer("budgetPerSecond", 0, 1_000_000, 10), s.integer("instances", 1, 100_000, 1),
        s.bytes("bodySize", 0, 1L << 30, 256 << 10), s.bytes("bodiesSize", 0, 64L << 30, 64 << 20), s.words("hedge", LatencyClass.class),
        s.integer("hedgePercent", 1, 5, 5));
    notLonger(s, "wait", attempts.firstWait(), s, "longestWait", attempts.longestWait());
    s.end();
    return attempts;
  }

  private TidegateConfig.Health health(Section s) {
    TidegateConfig.Health health = new TidegateConfig.Health(s.duration("interval", MS_100, HOUR, Duration.ofSeconds(5)),
        s.integer("ejectAfter", 1, 100, 5), s.duration("eject", MS_100, HOUR, Duration.ofSeconds(5)),
        s.duration("maxEject", MS_100, DAY, Duration.ofSeconds(60)), s.duration("accountPause", SECOND, Duration.ofDays(30), Duration.ofMinutes(5)),
        s.duration("outlierEject", MS_100, HOUR, Duration.ofSeconds(30)));
    notLonger(s, "eject", health.eject(), s, "maxEject", health.maxEject());
    s.end();
    return health;
  }

  private List<Price> prices() {
    List<Price> prices = new ArrayList<>();
    for (Section section : root.sections("prices")) {
      PriceBinder.bind(section).ifPresent(price -> {
        if (prices.stream().anyMatch(other -> other.upstream().equals(price.upstream()))) {
          section.problem("upstream", "there are two prices of " + price.upstream(), "remove one");
        }
        prices.add(price);
      });
    }
    return prices;
  }

  private List<PluginConfig> plugins() {
    PluginBinder binder = new PluginBinder();
    List<PluginConfig> plugins = new ArrayList<>();
    for (Section section : root.sections("plugins")) {
      binder.bind(section).ifPresent(plugins::add);
    }
    return plugins;
  }

  private List<Upstream> upstreams(UpstreamBinder binder) {
    UpstreamRules rules = new UpstreamRules(listeners);
    List<Upstream> upstreams = new ArrayList<>();
    for (Section section : root.sections("upstreams")) {
      binder.bind(section).ifPresent(upstream -> {
        rules.check(upstream, section);
        upstreams.add(upstream);
      });
    }
    return upstreams;
  }

  private static String hostName(String text) throws Malformed {
    return HostPort.host(text);
  }

  static URI serverUrl(String text) throws Malformed {
    BaseUrl url = BaseUrl.parse(text);
    if (!url.path().isEmpty()) {
      throw new Malformed("the address has a path", "write http(s)://host:port");
    }
    return url.uri();
  }

  static URI checkUrl(String text) throws Malformed {
    return BaseUrl.parse(text).uri();
  }
}
