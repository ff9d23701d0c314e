package io.tidegate.telemetry;

import io.tidegate.admission.queue.Wake;
import io.tidegate.dispatch.AttemptFailure;
import io.tidegate.dispatch.EjectionCause;
import io.tidegate.dispatch.EndpointHealth;
import io.tidegate.dispatch.PickReason;
import io.tidegate.dispatch.retry.RetryRefusal;
import io.tidegate.model.Balance;
import io.tidegate.model.Destination;
import io.tidegate.model.Dialect;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Operation;
import io.tidegate.model.Refusal;
import io.tidegate.model.RouteInfo.CacheOutcome;
import io.tidegate.model.Sensitivity;
import io.tidegate.model.Zone;
import io.tidegate.telemetry.Metric.Kind;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Every metric there is: what {@code /metrics} shows is declared here, with all its labels may say, and what is declared here can appear; a test compares
 * both with a running daemon, and {@code docs/metrics.md} is made of this list. Their help texts come from here, too ({@link HelpTexts}).
 */
public final class Catalogue {
  private static final Label OPERATION = Label.of(Names.OPERATION, operations());
  private static final Label GEN_AI_OPERATION = Label.of(GenAi.OPERATION, operations());
  private static final Label SENSITIVITY = Label.of(Names.SENSITIVITY, Sensitivity.values());
  private static final Label LATENCY_CLASS = Label.of(Names.LATENCY_CLASS, LatencyClass.values());
  private static final Label DESTINATION = Label.of(Names.DESTINATION, Destination.values()).and("none");
  private static final Label UPSTREAM = Label.named(Names.UPSTREAM, "upstreams");
  private static final Label UPSTREAM_OR_OTHER = Label.named(Names.UPSTREAM, "upstreams", "other");
  /** {@code NAME@REGION} where there are regions. */
  private static final Label PLACE = Label.named(Names.UPSTREAM, "upstreams, with @ and a region where there are regions");
  private static final Label TENANT = Label.named(Names.TENANT, "tenants", "default", "other");
  private static final Label RULE = Label.named(Names.RULE, "rules of the bundle", "none", "other").and(DecisionCounter.TROUBLES.toArray(new String[0]));
  private static final Label ERROR = Label.of(GenAi.ERROR, "");
  private static final Label CODE = Label.of(Names.CODE, codes());
  private static final Label SIGNAL = Label.of("signal", "metrics", "traces");

  private static final List<Metric> ALL = List.of(
      // Requests
      counter(Names.REQUESTS, "R7", "Requests by how they ended", OPERATION, SENSITIVITY, LATENCY_CLASS, DESTINATION,
          Label.of(Names.OUTCOME, RequestOutcome.values()), Label.of(Names.CACHE, CacheOutcome.values())),
      counter(Names.REFUSALS, "G5", "Requests that ended with an error or a refusal, by its code", CODE),
      counter(Names.DECISIONS, "G2", "Decisions, by the first place of their route and the rule that settled the class", SENSITIVITY, LATENCY_CLASS, DESTINATION, RULE),
      counter(Names.RULES_FIRED, "G6", "How often each rule of the bundle fired", RULE),
      histogram(Names.TTFT, "seconds", "R7", "Time from a request's arrival to its first content", LATENCY_CLASS),
      histogram(GenAi.SERVER_DURATION, "seconds", "R7", "Time from a request's arrival to its end", GEN_AI_OPERATION, ERROR.and(codes())),
      histogram(GenAi.FIRST_TOKEN, "seconds", "R7", "Time from a request's arrival to its first content", GEN_AI_OPERATION),
      histogram(GenAi.PER_TOKEN, "seconds", "R7", "Time for each token of a streamed answer after its first", GEN_AI_OPERATION),
      counter(Names.DEFECTS, "G2", "Faults of the daemon's own that ended a request"),
      counter(Names.BATCHES, "R2.3", "Batches that were begun"),
      counter(Names.BATCH_ITEMS, "R2.3", "Requests that came in batches"),
      counter(Names.MERGED, "R2", "Embedding requests that went upstream in one call with others"),
      counter(Names.COALESCED, "R2", "Requests that took the answer of an equal one under way"),
      gauge(Names.COALESCING_BYTES, "bytes", "G8", "Bytes of answers under way, kept for the requests that share them"),
      histogram(Names.CLASSIFY_DURATION, "seconds", "G2", "Time to classify a request"),
      counter(Names.CLASSIFY_OFF_LOOP, "G8", "Classifications that went on in the pool"),
      gauge(Names.SESSION_FILL, "", "G2", "Share of the session labels' room that is used; past 0.5 every session is RESTRICTED"),
      gauge(Names.SESSION_ALARM, "", "G2", "1 when every session is RESTRICTED because labels cannot be told"),
      // Attempts
      counter(Names.ATTEMPTS, "R1", "Attempts by upstream and how they ended", UPSTREAM_OR_OTHER, Label.of(Names.ZONE, Zone.values()),
          Label.of(Names.OUTCOME, AttemptFailure.Kind.values()).and("answered")),
      histogram(GenAi.CLIENT_DURATION, "seconds", "R1", "Time of one attempt at an endpoint", GEN_AI_OPERATION, Label.of(GenAi.PROVIDER, Dialect.values()).and("other"),
          UPSTREAM_OR_OTHER, Label.of(GenAi.ERROR, AttemptFailure.Kind.values()).and("")),
      histogram(GenAi.CLIENT_FIRST_CHUNK, "seconds", "R1", "Time from an attempt's begin to the first content of its stream", GEN_AI_OPERATION,
          Label.of(GenAi.PROVIDER, Dialect.values()).and("other"), UPSTREAM_OR_OTHER),
      histogram(GenAi.TOKENS, "", "R2.8", "Tokens of an answered request as the upstream counted them", GEN_AI_OPERATION, Label.of(GenAi.TOKEN_TYPE, "input", "output")),
      counter(Names.RETRY_REFUSED, "R1", "Further attempts that were not made", Label.of(Names.REASON, RetryRefusal.values())),
      counter(Names.HEDGES, "R1", "Second attempts made beside the first, and how many of them answered first", Label.of(Names.OUTCOME, "begun", "won")),
      counter(Names.HEDGE_TOKENS, "R1", "Prompt tokens that second attempts are likely to have cost, by the prompts' length"),
      counter(Names.PICKS, "R4", "Endpoints picked where there was a choice, by what decided it", UPSTREAM, methods(), dashed(Names.REASON, PickReason.values())),
      counter(Names.EJECTIONS, "R4", "Endpoints left out for a while; withheld: not left out, since too many are", UPSTREAM, dashed("cause", EjectionCause.values())),
      gauge(Names.ENDPOINTS, "", "R4", "Endpoints of an upstream, by how they stand", UPSTREAM, Label.of("state", EndpointHealth.State.values())),
      // Spending
      counter(Names.TOKENS_SPENT, "R2.8", "Tokens that upstreams charged; cached is a part of input, reasoning a part of output", TENANT, UPSTREAM_OR_OTHER,
          LATENCY_CLASS, Label.of(Names.KIND, Spending.Kind.values())),
      counter(Names.COST, "R2.8", "What upstreams charge for their answers by the prices of the configuration", TENANT, UPSTREAM, LATENCY_CLASS).with("prices"),
      // Admission
      gauge(Names.CAPACITY, "", "R7.2", "Requests a second that fit: limits / mean service time of the last ten minutes", UPSTREAM),
      gauge(Names.LIMIT, "", "R7.2", "Requests that may be in flight", UPSTREAM),
      gauge(Names.IN_FLIGHT, "", "R7.2", "Requests in flight against limits", UPSTREAM),
      gauge(Names.SATURATION, "", "R7.2", "In flight / limit", UPSTREAM),
      gauge(Names.ACCOUNT_CLOSED, "", "R1.2", "1 while an upstream is closed since it refused our account: 401, 402 or 403", UPSTREAM),
      gauge(Names.QUEUE_DEPTH, "", "R7.4", "Requests that wait for a place", LATENCY_CLASS),
      counter(Names.SHED, "R7.4", "Waiting requests that were turned away", LATENCY_CLASS, Label.of(Names.REASON, Wake.FULL, Wake.OVERDUE, Wake.EXPIRED)),
      counter(Names.OVERFLOW, "R6", "Attempts at a public upstream because a private one before it was full"),
      counter(Names.TENANT_LIMITED, "R7", "Requests over a tenant's rate or token budget", Label.named(Names.TENANT, "tenants")).with("limits.tenants"),
      counter(Names.PERMIT_CLOSED_AGAIN, "R7", "Permits given back twice: defects, which changed nothing; must stay 0"),
      gauge(Names.FORECAST, "", "R9.4", "Requests a second that are expected in half an hour; NaN until there is a forecast", Label.of("estimate", "0.5", "0.9")).with("forecast.mode"),
      gauge(Names.FORECAST_ERROR, "", "R9.4", "Error of the forecast over the last day as a part of persistence's; below 1 it is better; NaN while nothing is known")
          .with("forecast.mode"),
      gauge(Names.FORECAST_ACTING, "", "R9.4", "1 while the forecast may ask for more replicas").with("forecast.mode"),
      // The promise
      counter(Names.EGRESS_REFUSED, "G1", "Writes that the last gate stopped"),
      counter(Names.EGRESS_VIOLATION, "G1", "Content found on a connection it was not cleared for; must stay 0"),
      // Policy
      counter(Names.POLICY_RELOADS, "K3", "Attempts to put a policy in force, by how they ended", Label.of(Names.OUTCOME, "accepted", "unchanged", "refused", "expired")),
      counter(Names.POLICY_RELOAD_FAILED, "K3", "Attempts that were refused; what was in force stayed"),
      gauge(Names.POLICY_LAST_FAILED, "", "K3", "1 if the newest policy was refused"),
      gauge(Names.POLICY_AGE, "seconds", "K3", "Time since the policy in force was put there"),
      gauge(Names.POLICY_EXPIRY, "seconds", "K6", "Time until the first part of the policy in force expires; NaN if none does"),
      gauge(Names.POLICY_INFO, "", "G6", "The policy in force", Label.named("digest", "the bundle in force"), Label.named("version", "the bundle in force")),
      counter(Names.CONFIG_RELOADS, "F5", "Attempts to read the configuration and certificates again, by how they ended", Label.of(Names.OUTCOME, "accepted", "unchanged", "refused")),
      gauge(Names.CONFIG_LAST_FAILED, "", "F5", "1 if the newest configuration or certificate was refused: what was in force before it stays"),
      gauge(Names.CONFIG_RESTART_NEEDED, "", "G5", "Keys of the configuration that differ from what this process runs with, and need an upgrade"),
      counter(Names.POLICY_SHADOW, "K3", "What shadow rules and the shadow bundle would have made of requests",
          Label.named(Names.RULE, "shadow rules", "(bundle)", "other"), Label.of("enforced", Sensitivity.values()), Label.of("shadow", Sensitivity.values())).with("policy.shadow"),
      counter(Names.POLICY_SHADOW_DROPPED, "K3", "Requests that the shadow policy did not look at, for want of room"),
      counter(Names.POLICY_SHADOW_FAILED, "K3", "Requests that the shadow policy failed on"),
      counter(Names.PLUGIN_ASKED, "G2", "Requests that a plugin was asked about", Label.named("plugin", "plugins")).with("plugins"),
      counter(Names.PLUGIN_FAILED, "G2", "Requests to which a plugin gave no usable answer: RESTRICTED", Label.named("plugin", "plugins")).with("plugins"),
      // Records
      counter(Names.AUDIT_RECORDS, "G7", "Records that were written"),
      counter(Names.AUDIT_LOST, "G7", "Records that could not be written"),
      counter(Names.AUDIT_FAILURES, "G7", "Syncs, signatures and removals of records that failed"),
      new Metric(Names.AUDIT_SYNC, Kind.SUMMARY, "seconds", "G7", "Groups of records brought to the disk, and the time that took", "", List.of()),
      gauge(Names.AUDIT_LAG, "seconds", "G7", "Age of the oldest record that is not on the disk"),
      gauge(Names.AUDIT_UNSIGNED, "seconds", "G7", "How far the signed heads are behind"),
      gauge(Names.AUDIT_FAILING, "", "G7", "1 while the disk of the records fails or hangs: PUBLIC sends are refused"),
      gauge(Names.AUDIT_DISK_FREE, "bytes", "G8", "Bytes that are free on the disk of the records; NaN where it can't be told"),
      // Caches
      gauge(Names.CACHE_BYTES, "bytes", "G8", "Bytes the edge cache holds"),
      gauge(Names.CACHE_ENTRIES, "", "G8", "Answers the edge cache holds"),
      counter(Names.CACHE_REFRESHES, "R3", "Answers past their time that were asked for again behind a reader"),
      counter(Names.CACHE_NOT_WORTH, "R3", "Answers that were not stored: too few tokens saved for their bytes"),
      gauge(Names.CACHE_SHARED_USABLE, "", "R3", "1 while the shared layer of the cache is asked").with("cache.shared"),
      counter(Names.CACHE_SHARED_ASKED, "R3", "Look-ups in the shared layer of the cache, by what came of them",
          Label.of(Names.OUTCOME, "hit", "miss", "late", "failed", "full", "foreign")).with("cache.shared"),
      counter(Names.CACHE_SHARED_STORED, "R3", "Answers put into the shared layer").with("cache.shared"),
      counter(Names.SEMANTIC, "C3", "Questions that were looked for in other words, by what came of it", Label.of(Names.OUTCOME, "served", "shadowed", "gone",
          "not_a_question", "too_long", "busy", "late", "unreadable", "far", "language", "kind", "tense", "exact", "words", "order", "failed")).with("semantic.encoder"),
      gauge(Names.SEMANTIC_ENTRIES, "", "C3", "Answered questions that are kept").with("semantic.encoder"),
      gauge(Names.SEMANTIC_BYTES, "bytes", "C3", "What they weigh").with("semantic.encoder"),
      // Jobs
      gauge(Names.JOBS_BYTES, "bytes", "R2", "Bytes of files and journals of jobs").with("jobs.directory"),
      gauge(Names.JOBS_LINES, "", "R2", "Lines of jobs under way").with("jobs.directory"),
      counter(Names.JOBS_DISK_FAILURES, "R2", "Writes of jobs that the disk refused; tried again").with("jobs.directory"),
      // Discovery, regions, mesh
      gauge(Names.CONSUL_AGE, "seconds", "K1", "Time since Consul last confirmed an upstream's endpoints", PLACE).with("upstreams[].consulService"),
      gauge(Names.CONSUL_ACL, "", "K1", "1 when the Consul token may not see an upstream's service: its last endpoints stay", PLACE).with("upstreams[].consulService"),
      gauge(Names.CONSUL_MAINTENANCE, "", "K1", "1 when an operator put this daemon or its node into maintenance").with("consul.register"),
      gauge(Names.CONSUL_OVERRIDE_PROBLEMS, "", "K1", "Overrides in Consul that cannot be read").with("consul.overrides"),
      gauge(Names.MESH_CERTIFICATE, "seconds", "R10", "Time until our certificate in the mesh ends; 0 without one").with("consul.connect"),
      counter(Names.MESH_ROTATIONS, "R10", "Certificates and roots of the mesh that were taken into use").with("consul.connect"),
      counter(Names.MESH_CONNECTIONS, "R10", "Connections of workloads of the mesh, by what the intentions say", Label.of("verdict", "allowed", "denied")).with("consul.connect"),
      counter(Names.MESH_UNANSWERED, "R10", "Connections that the agent did not judge in time, and that were refused").with("consul.connect"),
      gauge(Names.DNS_AGE, "seconds", "K1", "Time since DNS last confirmed an upstream's endpoints", PLACE).with("upstreams[].dnsName"),
      gauge(Names.REGION_SHARE, "", "R3", "Part of its requests that a region gets: 1, or less after nobody was well there", UPSTREAM, Label.named("region", "regions")).with("regions"),
      gauge(Names.REGION_PREFIXES, "", "R3", "Prefixes of the table of callers' regions in force").with("regions"),
      counter(Names.REGION_TABLE_FAILED, "R3", "Tables of callers' regions that could not be read").with("regions"),
      // The daemon itself
      gauge(Names.BUILD, "", "R7", "This build: always 1", Label.named("version", "this build"), Label.named("java", "the virtual machine")),
      new Metric(Names.PROCESS_CPU, Kind.COUNTER, "seconds", "G8", "Processor time that the process used", "", List.of()),
      gauge(Names.PROCESS_RESIDENT, "bytes", "G8", "Memory of the process that is in the machine's"),
      gauge(Names.PROCESS_HEAP, "bytes", "G8", "Java's heap in use, what the next collection frees included"),
      gauge(Names.PROCESS_OPEN_FILES, "", "G8", "Open files and sockets"),
      gauge(Names.PROCESS_MAX_FILES, "", "G8", "How many it may open"),
      gauge(Names.PROCESS_START, "seconds", "H1", "When the process began, in seconds of Unix time"),
      gauge(Names.CERTIFICATE_EXPIRY, "seconds", "F5", "Time until the certificate that a listener shows ends; below 0 after that", Label.of("listener", "http", "grpc", "scaler")).with("http.tls, grpc.tls, scaler.tls"),
      counter(Names.TRACES, "B1", "Traces of requests that were over, by whether they were kept to be sent", Label.of("verdict", "kept", "left")).with("telemetry.traces"),
      counter(Names.OTLP_SENT, "B1", "Traces, and messages of metrics, that the collector took", SIGNAL).with("telemetry.otlp, telemetry.traces"),
      counter(Names.OTLP_DROPPED, "B1", "Traces, and messages of metrics, that were dropped since the collector was slow or gone", SIGNAL).with("telemetry.otlp, telemetry.traces"));

  private static final Map<String, Metric> BY_NAME = new HashMap<>();

  static {
    for (Metric metric : ALL) {
      BY_NAME.put(metric.name(), metric);
    }
  }

  private Catalogue() {}

  /** In the order of the page. */
  public static List<Metric> all() {
    return ALL;
  }

  /** Null if there is none of that name. */
  static @Nullable Metric find(String name) {
    return BY_NAME.get(name);
  }

  private static Metric counter(String name, String row, String meaning, Label... labels) {
    return new Metric(name, Kind.COUNTER, "", row, meaning, "", List.of(labels));
  }

  private static Metric gauge(String name, String unit, String row, String meaning, Label... labels) {
    return new Metric(name, Kind.GAUGE, unit, row, meaning, "", List.of(labels));
  }

  private static Metric histogram(String name, String unit, String row, String meaning, Label... labels) {
    return new Metric(name, Kind.HISTOGRAM, unit, row, meaning, "", List.of(labels));
  }

  private static String[] operations() {
    Operation[] all = Operation.values();
    String[] names = new String[all.length];
    for (int i = 0; i < names.length; i++) {
      names[i] = all[i].telemetryName();
    }
    return names;
  }

  /** Some refusals share one. */
  private static String[] codes() {
    Set<String> codes = new LinkedHashSet<>();
    for (Refusal refusal : Refusal.values()) {
      codes.add(refusal.code());
    }
    return codes.toArray(new String[0]);
  }

  private static Label methods() {
    return dashed("method", Balance.Method.values());
  }

  /** As the configuration spells them. */
  private static Label dashed(String key, Enum<?>... values) {
    String[] words = new String[values.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = Label.word(values[i]).replace('_', '-');
    }
    return Label.of(key, words);
  }
}
