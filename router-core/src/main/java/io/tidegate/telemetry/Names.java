package io.tidegate.telemetry;

/**
 * Every metric name and label key, in one place. OpenTelemetry's GenAI conventions are in development and have moved before: these are
 * the names of 2026-08 (upstreams.md section 7).
 */
public final class Names {
  private Names() {}

  public static final String REQUESTS = "tidegate.requests";
  public static final String DECISIONS = "tidegate.decisions";
  public static final String ATTEMPTS = "tidegate.attempts";
  public static final String COALESCED = "tidegate.coalesced";
  public static final String COALESCING_BYTES = "tidegate.coalescing.bytes";
  public static final String BATCHES = "tidegate.batches";
  public static final String BATCH_ITEMS = "tidegate.batch.items";
  public static final String JOBS_BYTES = "tidegate.jobs.bytes";
  public static final String JOBS_LINES = "tidegate.jobs.lines";
  public static final String JOBS_DISK_FAILURES = "tidegate.jobs.disk.failures";
  public static final String MERGED = "tidegate.merged";
  public static final String RETRY_REFUSED = "tidegate.retry.refused";
  public static final String HEDGES = "tidegate.hedges";
  public static final String HEDGE_TOKENS = "tidegate.hedge.tokens";
  public static final String CACHE_BYTES = "tidegate.cache.bytes";
  public static final String CACHE_ENTRIES = "tidegate.cache.entries";
  public static final String CACHE_REFRESHES = "tidegate.cache.refreshes";
  public static final String CACHE_NOT_WORTH = "tidegate.cache.not.worth.storing";
  public static final String CACHE_SHARED_USABLE = "tidegate.cache.shared.usable";
  public static final String CACHE_SHARED_ASKED = "tidegate.cache.shared.asked";
  public static final String CACHE_SHARED_STORED = "tidegate.cache.shared.stored";
  public static final String SEMANTIC = "tidegate.semantic";
  public static final String SEMANTIC_ENTRIES = "tidegate.semantic.entries";
  public static final String SEMANTIC_BYTES = "tidegate.semantic.bytes";
  public static final String EGRESS_REFUSED = "tidegate.egress.refused";
  public static final String EGRESS_VIOLATION = "tidegate.egress.violation";
  public static final String DEFECTS = "tidegate.defects";
  public static final String CLASSIFY_DURATION = "tidegate.classify.duration";
  public static final String CLASSIFY_OFF_LOOP = "tidegate.classify.off.loop";
  public static final String AUDIT_LOST = "tidegate.audit.lost";
  public static final String AUDIT_RECORDS = "tidegate.audit.records";
  public static final String AUDIT_FAILURES = "tidegate.audit.failures";
  public static final String AUDIT_SYNC = "tidegate.audit.sync";
  public static final String AUDIT_LAG = "tidegate.audit.lag";
  public static final String AUDIT_UNSIGNED = "tidegate.audit.unsigned";
  public static final String AUDIT_FAILING = "tidegate.audit.failing";
  public static final String SESSION_FILL = "tidegate.session.fill";
  public static final String SESSION_ALARM = "tidegate.session.alarm";
  public static final String PLUGIN_ASKED = "tidegate.plugin.asked";
  public static final String PLUGIN_FAILED = "tidegate.plugin.failed";
  public static final String PICKS = "tidegate.picks";
  public static final String EJECTIONS = "tidegate.ejections";
  public static final String CONSUL_AGE = "tidegate.consul.age";
  public static final String CONSUL_ACL = "tidegate.consul.acl";
  public static final String CONSUL_MAINTENANCE = "tidegate.consul.maintenance";
  public static final String CONSUL_OVERRIDE_PROBLEMS = "tidegate.consul.override.problems";
  public static final String MESH_CERTIFICATE = "tidegate.mesh.certificate.left";
  public static final String MESH_ROTATIONS = "tidegate.mesh.rotations";
  public static final String MESH_CONNECTIONS = "tidegate.mesh.connections";
  public static final String MESH_UNANSWERED = "tidegate.mesh.unanswered";
  public static final String DNS_AGE = "tidegate.dns.age";
  public static final String REGION_SHARE = "tidegate.region.share";
  public static final String REGION_PREFIXES = "tidegate.region.prefixes";
  public static final String REGION_TABLE_FAILED = "tidegate.region.table.failed";
  public static final String POLICY_RELOADS = "tidegate.policy.reloads";
  public static final String POLICY_RELOAD_FAILED = "tidegate.policy.reload.failed";
  public static final String POLICY_AGE = "tidegate.policy.age";
  public static final String POLICY_LAST_FAILED = "tidegate.policy.last.attempt.failed";
  public static final String POLICY_INFO = "tidegate.policy.info";
  public static final String POLICY_SHADOW = "tidegate.policy.shadow";
  public static final String POLICY_SHADOW_DROPPED = "tidegate.policy.shadow.dropped";
  public static final String POLICY_SHADOW_FAILED = "tidegate.policy.shadow.failed";
  public static final String CONFIG_RELOADS = "tidegate.config.reloads";
  public static final String CONFIG_LAST_FAILED = "tidegate.config.last.attempt.failed";
  public static final String CONFIG_RESTART_NEEDED = "tidegate.config.restart.needed";
  public static final String CERTIFICATE_EXPIRY = "tidegate.certificate.expiry";
  public static final String ENDPOINTS = "tidegate.endpoints";
  public static final String CAPACITY = "tidegate.capacity.rps";
  public static final String LIMIT = "tidegate.limit";
  public static final String IN_FLIGHT = "tidegate.in.flight";
  public static final String SATURATION = "tidegate.saturation";
  public static final String PERMIT_CLOSED_AGAIN = "tidegate.permit.closed.again";
  public static final String QUEUE_DEPTH = "tidegate.queue.depth";
  public static final String SHED = "tidegate.shed";
  public static final String OVERFLOW = "tidegate.overflow";
  public static final String TENANT_LIMITED = "tidegate.tenant.limited";
  public static final String SERVER_DURATION = "gen_ai.server.request.duration";
  public static final String FIRST_TOKEN = "gen_ai.server.time_to_first_token";
  public static final String CLIENT_DURATION = "gen_ai.client.operation.duration";
  public static final String TOKENS = "gen_ai.client.token.usage";

  static final String OPERATION = "gen_ai.operation.name";
  static final String TOKEN_TYPE = "gen_ai.token.type";
  static final String SENSITIVITY = "sensitivity";
  static final String LATENCY_CLASS = "latency_class";
  static final String DESTINATION = "destination";
  static final String UPSTREAM = "upstream";
  static final String ZONE = "zone";
  static final String OUTCOME = "outcome";
  static final String CACHE = "cache";
  static final String STATE = "state";
  static final String REASON = "reason";

  /** Buckets of the duration histograms, seconds: 0.01·2ⁿ. */
  static final double[] DURATION_BUCKETS = {0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92};
  static final double[] FIRST_TOKEN_BUCKETS = {.001, .005, .01, .02, .04, .06, .08, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10};
  /** Of {@link #CLASSIFY_DURATION}, seconds. */
  static final double[] CLASSIFY_BUCKETS = {.00001, .0001, .001, .01, .1, 1};
  /** Tokens: 4ⁿ. */
  static final double[] TOKEN_BUCKETS = {1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864};
}
