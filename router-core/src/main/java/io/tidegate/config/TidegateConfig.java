package io.tidegate.config;

import io.tidegate.admission.CallerRules;
import io.tidegate.admission.Callers;
import io.tidegate.admission.KeyEntry;
import io.tidegate.admission.limit.LimitRules;
import io.tidegate.admission.queue.QueueRules;
import io.tidegate.admission.rate.TenantRule;
import io.tidegate.cost.Price;
import io.tidegate.dispatch.retry.RetryPolicy;
import io.tidegate.dispatch.retry.RetryPolicy.Backoff;
import io.tidegate.dispatch.retry.RetryTerms;
import io.tidegate.dispatch.retry.RetryTerms.Hedging;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Secret;
import io.tidegate.model.Upstream;
import io.tidegate.model.Zone;
import io.tidegate.plugin.PluginConfig;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything an operator can set, checked and complete. Defaults and ranges stand in {@link ConfigBinder}, words in {@code docs/configuration.md}.
 * The rooms own their own records; the daemon maps this tree to them. Prints no secret.
 *
 * @param loops number of event loops; 0 for one per core
 * @param region where this daemon stands; empty for nowhere in particular
 * @param regions null where nobody speaks of regions
 * @param consul null for no Consul
 * @param dns null if no endpoints are found by DNS
 * @param prices what upstreams charge, for reports
 * @param plugins detectors in processes of their own
 * @param upstreams in the order of the file; empty if none is configured
 */
public record TidegateConfig(Http http, Grpc grpc, Admin admin, Identities callers, Sessions sessions, Policy policy, Cache cache, Semantic semantic, Batch batch, Jobs jobs,
    Audit audit, Timeouts timeouts, Attempts attempts, Health health, int loops, String region, @Nullable RegionsConfig regions, @Nullable Consul consul,
    @Nullable DnsConfig dns, Telemetry telemetry, Limits limits, ScalingConfig scaling,
    List<Price> prices, List<PluginConfig> plugins, List<Upstream> upstreams) {
  public TidegateConfig {
    prices = List.copyOf(prices);
    plugins = List.copyOf(plugins);
    upstreams = List.copyOf(upstreams);
  }

  /** What a missing file, or an empty one, means. */
  public static TidegateConfig defaults() {
    return ConfigLoader.load(null, Environment.empty()).config().orElseThrow();
  }

  /** The same with other upstreams: for what a start-up script or the sandbox found on this host. */
  public TidegateConfig withUpstreams(List<Upstream> upstreams) {
    return new TidegateConfig(http, grpc, admin, callers, sessions, policy, cache, semantic, batch, jobs, audit, timeouts, attempts, health, loops, region, regions,
        consul, dns, telemetry, limits, scaling, prices, plugins, upstreams);
  }

  /**
   * @param allowedHosts names a Host header may carry beside those of loopback, lower case, without port (D8)
   * @param maxConnectionsPerPeer 0 for no such bound
   * @param bodyLimitBytes of one request
   * @param bodyBudgetBytes of all requests in flight; at least {@code bodyLimitBytes}
   * @param headerLimitBytes all header fields of a request together
   * @param headerTimeout for a request's head, and for a TLS handshake
   * @param bodyTimeout longest time without progress of a request body
   * @param idleTimeout of a connection between requests
   * @param writeTimeout longest time a caller takes nothing of what waits for it
   * @param pingInterval silence in an event stream after which a comment is sent
   */
  public record Http(Listen listen, @Nullable Tls tls, List<String> allowedHosts, int maxConnections, int maxConnectionsPerPeer,
      int bodyLimitBytes, long bodyBudgetBytes, int headerLimitBytes, int headerCount, int requestLineLimitBytes, Duration headerTimeout,
      Duration bodyTimeout, Duration idleTimeout, Duration writeTimeout, Duration pingInterval, H2 h2) {
    public Http {
      allowedHosts = List.copyOf(allowedHosts);
    }
  }

  /** @param maxStreams concurrent HTTP/2 streams of one connection */
  public record H2(int maxStreams) {}

  /**
   * A listener's TLS; PEM files.
   *
   * @param clientCa callers must show a certificate of this authority; null for none
   */
  public record Tls(Path certificate, Path key, @Nullable Path clientCa) {}

  /** @param reflection whether the data port answers gRPC reflection (E10) */
  public record Grpc(Listen listen, @Nullable Tls tls, boolean reflection) {}

  /**
   * @param allowedHosts names a Host header may carry beside those of loopback and the listener's address, lower case, without port (D8)
   * @param operators of the keys file: who may act
   * @param operatorUids who may act over the Unix socket without a key
   */
  public record Admin(Listen listen, List<String> allowedHosts, List<KeyEntry> operators, Set<Long> operatorUids) {
    public Admin {
      allowedHosts = List.copyOf(allowedHosts);
      operators = List.copyOf(operators);
      operatorUids = Set.copyOf(operatorUids);
    }
  }

  /**
   * @param keysFile null for none
   * @param rules what it says, and the rules for users and workloads
   */
  public record Identities(@Nullable Path keysFile, CallerRules rules) {
    /** The room that tells callers apart. */
    public Callers admission() {
      return new Callers(rules);
    }
  }

  /** @param sizeBytes of the filter that remembers raised conversations */
  public record Sessions(long sizeBytes) {}

  /**
   * @param directory holds the policy texts
   * @param state where the last good bundle and the newest signed revision are kept
   * @param keyring of those who sign; null for none
   * @param signed whether signatures are required
   * @param shadow directory of a bundle that only watches; null for none
   * @param consulPrefix keys of Consul that hold the texts in place of the directory; null for none. Only with signatures
   */
  public record Policy(Path directory, Path state, @Nullable Path keyring, boolean signed, @Nullable Path shadow, @Nullable String consulPrefix) {}

  /**
   * @param coalesce whether equal requests in flight share one call
   * @param snapshot where answers are kept, sealed, from one run to the next; null for nowhere
   * @param warmUp requests that are asked at the start; null for none
   * @param shared a layer that several daemons share; null for none
   */
  public record Cache(boolean enabled, long sizeBytes, boolean coalesce, @Nullable Path snapshot, @Nullable Path warmUp, @Nullable Shared shared) {}

  /**
   * A Redis or Valkey.
   *
   * @param ca PEM file to trust instead of the platform's; null for the platform's
   * @param user null for the default user
   * @param password null for none
   * @param key what entries are sealed with; null for this installation's own, so that only its daemons share
   * @param longestWait of a request for it
   */
  public record Shared(String host, int port, int database, boolean tls, @Nullable Path ca, @Nullable String user, @Nullable Secret password,
      @Nullable Secret key, String prefix, Duration longestWait) {}

  /**
   * Where vectors of questions come from, for answers to questions in other words.
   *
   * @param library directory of the jars that run local models; null for none
   * @param models a question is read by the first that knows all its words
   * @param embeddings model of a private upstream; null for none
   * @param maxTokens that {@code embeddings} reads
   * @param maxChars of a question
   * @param entries of one partition
   * @param sizeBytes of all entries
   */
  public record Semantic(Encoder encoder, @Nullable Path library, List<EncoderModel> models, @Nullable String embeddings, int maxTokens, int maxChars,
      Duration deadline, int threads, int entries, long sizeBytes) {
    public Semantic {
      models = List.copyOf(models);
    }
  }

  public enum Encoder { NONE, LOCAL, UPSTREAM }

  public enum Pooling { MEAN, FIRST }

  /** @param tokenizer {@code tokenizer.json} or {@code vocab.txt} */
  public record EncoderModel(Path model, Path tokenizer, int maxTokens, Pooling pooling) {}

  /**
   * {@code /v1/batch} and gRPC {@code Batch}.
   *
   * @param items most requests of one batch
   * @param sizeBytes longest batch
   * @param parallel most requests of one batch under way at a time
   * @param embeddingWindow how long an embedding request waits for others to go upstream with; zero for not at all
   */
  public record Batch(int items, int sizeBytes, int parallel, Duration embeddingWindow) {}

  /**
   * {@code /v1/files} and {@code /v1/batches}.
   *
   * @param directory null for no jobs
   * @param maxBytes of all files and journals
   * @param fileBytes of one file
   * @param parallel lines under way at a time
   * @param retention of files, and of jobs that are over
   */
  public record Jobs(@Nullable Path directory, long maxBytes, long fileBytes, int parallel, Duration retention) {}

  /** @param maxBytes of all decision records; the oldest go first, as they do past {@code retention} */
  public record Audit(Path directory, long maxBytes, Duration retention) {}

  /**
   * @param firstToken by latency class
   * @param idle longest gap between two pieces of an answer
   * @param total of a request, INTERACTIVE and STANDARD
   * @param batchTotal of a request, BATCH
   * @param drain how long requests in flight may take after SIGTERM
   */
  public record Timeouts(FirstToken firstToken, Duration idle, Duration total, Duration batchTotal, Duration drain) {
    /** The bound of a whole request. */
    public Duration total(LatencyClass latencyClass) {
      return latencyClass == LatencyClass.BATCH ? batchTotal : total;
    }
  }

  public record FirstToken(Duration interactive, Duration standard, Duration batch) {
    public Duration of(LatencyClass latencyClass) {
      return switch (latencyClass) {
        case INTERACTIVE -> interactive;
        case STANDARD -> standard;
        case BATCH -> batch;
      };
    }
  }

  /**
   * @param max tries of one request, the first included
   * @param retryAfter the longest that an upstream may ask to wait
   * @param budgetPercent of an upstream's requests that may be asked of it again
   * @param budgetPerSecond what may be asked again however few there are, by all instances together
   * @param instances that share it
   * @param bodySize a longer body is sent once
   * @param bodiesSize of all bodies that are kept for another attempt
   * @param hedge requests of these classes may be asked of two endpoints at once
   * @param hedgePercent of an upstream's requests that are
   */
  public record Attempts(int max, Backoff backoff, Duration firstWait, Duration longestWait, Duration retryAfter, int budgetPercent, int budgetPerSecond,
      int instances, long bodySize, long bodiesSize, Set<LatencyClass> hedge, int hedgePercent) {
    public Attempts {
      hedge = Set.copyOf(hedge);
    }

    /** {@code parts} loops share what one instance may do. */
    public RetryTerms terms(int parts) {
      return new RetryTerms(new RetryPolicy(backoff, firstWait.toNanos(), longestWait.toNanos(), retryAfter.toNanos()), budgetPercent / 100.0, budgetPerSecond,
          parts * instances, RetryTerms.WINDOW_NANOS, bodySize, bodiesSize / parts,
          hedge.isEmpty() ? Hedging.OFF : new Hedging(hedge, hedgePercent / 100.0));
    }
  }

  /**
   * @param interval between two probes of an endpoint
   * @param ejectAfter consecutive failures
   * @param eject first ejection; doubles up to {@code maxEject}
   * @param outlierEject ejection of one among several endpoints for its answers, times how often
   * @param accountPause how long an upstream stays closed after 401, 402 or 403 of our own account
   */
  public record Health(Duration interval, int ejectAfter, Duration eject, Duration maxEject, Duration accountPause, Duration outlierEject) {}

  /**
   * @param address {@code http(s)://host:port}
   * @param token as it was when the configuration was read
   * @param tokenFile where the token stands, read again when it changes; null for one that never changes
   * @param namespace null for the token's own
   * @param partition null for the agent's own
   * @param longestWait of one blocking query
   * @param overrides prefix of the keys that set weights and drain endpoints; null for none
   * @param register null if the daemon does not register itself
   * @param connect null outside a mesh
   * @param passing whether instances with a warning are left out
   * @param near whether instances come in the order of their round trip from the agent
   */
  public record Consul(URI address, AgentTls tls, @Nullable Secret token, @Nullable Path tokenFile, @Nullable String datacenter,
      @Nullable String namespace, @Nullable String partition, Duration longestWait, @Nullable String overrides, @Nullable Register register,
      @Nullable Connect connect, boolean passing, boolean near) {}

  /**
   * Towards Consul's agent; the files are read again when they change.
   *
   * @param ca PEM file to trust instead of the platform's; null for the platform's
   * @param certificate to show, PEM; null for none
   * @param key goes with it
   * @param serverName that the agent's certificate must carry; null for the address's host
   */
  public record AgentTls(@Nullable Path ca, @Nullable Path certificate, @Nullable Path key, @Nullable String serverName) {}

  /**
   * Our place in Consul's mesh.
   *
   * @param service whose certificate we show, and whose intentions count
   * @param listen for workloads of the mesh; null for none
   */
  public record Connect(String service, @Nullable Listen listen) {}

  /**
   * @param id null to derive one from service, host name and port
   * @param address null for the agent's own
   * @param port null for the mesh listener's, or without one the HTTP listener's
   * @param httpCheck what the agent asks; null for a TTL check that the daemon feeds
   */
  public record Register(String service, @Nullable String id, @Nullable String address, @Nullable Integer port, List<String> tags,
      @Nullable URI httpCheck, Duration interval, Duration deregisterAfter) {
    public Register {
      tags = List.copyOf(tags);
    }
  }

  /**
   * What is let in.
   *
   * @param adaptive private endpoints find their own limit of requests in flight
   * @param instances routers that share the accounts of upstreams
   * @param overflowAfter how long a request that is not interactive waits for a full private upstream before a public step of its route is used
   * @param assumedOutput tokens reserved for an answer whose request names no bound
   * @param maxInFlight by upstream, what its account allows for all routers together
   * @param lease this router's name among those that share accounts by leases; null for the static parts
   */
  public record Limits(boolean adaptive, int instances, QueueRules queue, Duration overflowAfter, int assumedOutput, List<TenantRule> tenants,
      Map<String, Integer> maxInFlight, @Nullable String lease) {
    public Limits {
      tenants = List.copyOf(tenants);
      maxInFlight = Map.copyOf(maxInFlight);
    }

    /** As the rooms need it. */
    public LimitRules rules(List<Upstream> upstreams) {
      Set<String> found = new HashSet<>();
      for (Upstream upstream : upstreams) {
        if (adaptive && upstream.zone() == Zone.PRIVATE) {
          found.add(upstream.name());
        }
      }
      return new LimitRules(found, maxInFlight, instances);
    }
  }

  /**
   * @param logLevel {@code error}, {@code warn}, {@code info} or {@code debug}, of the daemon's own loggers
   * @param otlp null for metrics that are only asked for
   * @param traces null for none
   */
  public record Telemetry(String logLevel, @Nullable Otlp otlp, @Nullable Traces traces) {}

  /**
   * Metrics on their way to a collector.
   *
   * @param endpoint {@code http(s)://host:port}
   */
  public record Otlp(URI endpoint, Map<String, Secret> headers, Duration interval) {
    public Otlp {
      headers = Map.copyOf(headers);
    }
  }

  /**
   * @param endpoint {@code http(s)://host:port} of the collector; null for none: traces are passed on only
   * @param ratio of the traces that begin here, or whose caller says nothing, 0 to 1: kept whatever becomes of the request
   * @param slow a request that takes as long is kept
   * @param propagate who is told
   */
  public record Traces(@Nullable URI endpoint, Map<String, Secret> headers, double ratio, Duration slow, Propagate propagate) {
    public Traces {
      headers = Map.copyOf(headers);
    }
  }

  /** Zones whose upstreams are told of a request's trace. */
  public enum Propagate { NONE, PRIVATE, ALL }
}
