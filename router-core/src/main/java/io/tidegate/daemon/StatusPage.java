package io.tidegate.daemon;

import io.tidegate.admin.AdminPages;
import io.tidegate.admin.AdminView;
import io.tidegate.audit.AuditFigures;
import io.tidegate.daemon.page.Documents;
import io.tidegate.daemon.page.Sources;
import io.tidegate.daemon.policy.ReloadOutcome;
import io.tidegate.daemon.reload.Reloaded;
import io.tidegate.daemon.reload.Reloading;
import io.tidegate.discovery.ConsulDiscovery;
import io.tidegate.discovery.DiscoveryStatus.Watched;
import io.tidegate.dispatch.EndpointStatus;
import io.tidegate.dispatch.ServerLoad;
import io.tidegate.dispatch.UpstreamPlaces.LimitStatus;
import io.tidegate.model.LatencyClass;
import io.tidegate.model.Hints;
import io.tidegate.model.Upstream;
import io.tidegate.wire.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the admin listener shows. No content, no secret. */
final class StatusPage implements AdminPages {
  /** Not one of the daemon's own: who acted is said at whatever level they were set to. */
  private static final Logger ACTS = LoggerFactory.getLogger("tidegate.acts");
  private static final Duration LIVE_WITHIN = Duration.ofSeconds(2);
  private static final long RELOAD_WITHIN_SECONDS = 30;

  private final Graph graph;
  private final @Nullable ConsulDiscovery discovery;
  /** Null without Consul. */
  private final @Nullable ConsulSight sight;
  /** Null where nothing is said about replicas. */
  private final @Nullable Replicas replicas;
  private final BooleanSupplier ready;
  private final Supplier<Reload> reload;
  private final Reloading reloading;
  /** Of the web page; null until somebody looks at it. */
  private @Nullable Documents documents;

  StatusPage(Graph graph, @Nullable ConsulDiscovery discovery, @Nullable ConsulSight sight, @Nullable Replicas replicas, BooleanSupplier ready,
      Supplier<Reload> reload, Reloading reloading) {
    this.replicas = replicas;
    this.reload = reload;
    this.reloading = reloading;
    this.sight = sight;
    this.graph = graph;
    this.discovery = discovery;
    this.ready = ready;
  }

  /** Every event loop takes a task within two seconds. */
  @Override
  public CompletionStage<Boolean> live() {
    return graph.loops.turn(LIVE_WITHIN);
  }

  @Override
  public boolean ready() {
    return ready.getAsBoolean();
  }

  @Override
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>(graph.policy.warnings());
    Reloaded last = reloading.last();
    if (last != null && last.refused()) {
      warnings.add("the newest configuration or certificate was refused, what was in force stays: " + last.problems().get(0));
    } else if (last != null && !last.restart().isEmpty()) {
      warnings.add("configuration: these keys need a restart (tidegate upgrade): " + String.join(", ", last.restart()));
    }
    if (sight != null) {
      warnings.addAll(sight.warnings());
    }
    return warnings;
  }

  @Override
  public String shadow() {
    return graph.policy.shadow();
  }

  @Override
  public Optional<String> explain(String id, boolean text) {
    return RecordedDecisions.explain(graph.config.audit().directory(), id, graph.policy.rules().decider().bundle())
        .map(found -> text ? String.join("\n", found.lines()) + "\n" : found.json() + "\n");
  }

  @Override
  public String forecast() {
    return replicas == null ? AdminPages.super.forecast() : replicas.page();
  }

  @Override
  public String cache() {
    JsonWriter out = new JsonWriter();
    graph.cache.status(out);
    return new String(out.toBytes(), StandardCharsets.UTF_8) + "\n";
  }

  @Override
  public String purgeCache(@Nullable String tenant, @Nullable String model, @Nullable String policy, @Nullable String session) {
    return graph.cache.purge(tenant, model, policy, session);
  }

  private synchronized Documents documents() {
    Documents made = documents;
    if (made == null) {
      made = new Documents(new Sources(graph.config, Version.text(), graph.bootId, graph.loops.count(), graph.registry, graph.catalog, graph.health, graph.waiting,
          graph.admission, graph.tenantLimits, graph.audit, graph.policy::rules, graph.policy::status, graph.policy::shadow, graph.cache::status, this::ready,
          this::warnings, LogLevel::now, System::nanoTime, Instant::now));
      documents = made;
    }
    return made;
  }

  @Override
  public byte[] view(AdminView view) {
    return documents().view(view);
  }

  @Override
  public byte[] snapshot() {
    return documents().snapshot();
  }

  @Override
  public byte[] judge(byte[] question) {
    return documents().judge(question);
  }

  @Override
  public void logLevel(String level) {
    LogLevel.set(level);
  }

  @Override
  public void acted(String operator, String what) {
    ACTS.warn("{} {}", operator, what);
  }

  @Override
  public Reload reload() {
    return reload.get();
  }

  @Override
  public Reload reloadPolicies() {
    try {
      ReloadOutcome outcome = graph.policy.reload().get(RELOAD_WITHIN_SECONDS, TimeUnit.SECONDS);
      return new Reload(outcome.kind() != ReloadOutcome.Kind.REFUSED, outcome.json());
    } catch (TimeoutException | ExecutionException unknown) {
      return new Reload(false, "{\"outcome\":\"unknown\",\"problems\":[\"the reload did not end in time; /admin/status will tell\"]}\n");
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
      return new Reload(false, "{\"outcome\":\"unknown\",\"problems\":[\"the daemon is stopping\"]}\n");
    }
  }

  @Override
  public String metrics() {
    return graph.registry.scrape();
  }

  @Override
  public String openMetrics() {
    return graph.registry.scrape("application/openmetrics-text; version=1.0.0; charset=utf-8");
  }

  @Override
  public String status() {
    JsonWriter out = new JsonWriter();
    out.beginObject().key("ready").bool(ready()).key("version").string(Version.text()).key("boot").string(graph.bootId);
    out.key("java").string(Runtime.version().toString()).key("transport").string(graph.loops.transport().name());
    graph.policy.status(out.key("policy"));
    Reloaded reloaded = reloading.last();
    if (reloaded != null) {
      reloaded.write(out.key("configuration"));
    }
    out.key("upstreams").beginArray();
    for (Upstream upstream : graph.config.upstreams()) {
      upstream(out, upstream);
    }
    out.endArray();
    limits(out.key("limits"));
    graph.cache.status(out.key("cache"));
    AuditFigures audit = graph.audit.figures();
    out.key("audit").beginObject().key("failing").bool(audit.failing()).key("records").number(audit.records()).key("lost").number(audit.lost())
        .key("failures").number(audit.failures()).key("lag_ms").number(audit.lagNanos() / 1_000_000)
        .key("unsigned_ms").number(audit.unsignedNanos() / 1_000_000).key("syncs").number(audit.syncs())
        .key("key").string(graph.audit.keyFingerprint()).endObject();
    out.key("sessions").beginObject().key("fill_percent").number(Math.round(graph.sessions.fill() * 100)).key("alarm").string(graph.sessions.alarm().orElse("")).endObject();
    if (discovery != null) {
      consul(out, discovery);
    }
    return new String(out.endObject().toBytes(), StandardCharsets.UTF_8) + "\n";
  }

  private void upstream(JsonWriter out, Upstream upstream) {
    out.beginObject().key("name").string(upstream.name()).key("zone").string(upstream.zone().name()).key("dialect").string(upstream.dialect().name())
        .key("emulated").bool(upstream.emulated()).key("account_closed").bool(graph.health.accountAlarm(upstream.name()));
    out.key("models").beginArray();
    upstream.models().forEach(out::string);
    out.endArray().key("endpoints").beginArray();
    for (EndpointStatus endpoint : graph.health.snapshot().getOrDefault(upstream.name(), List.of())) {
      out.beginObject().key("id").string(endpoint.endpoint().id()).key("address")
          .string(endpoint.endpoint().address()).key("weight").number(endpoint.endpoint().weight())
          .key("discovered").bool(endpoint.endpoint().discovered()).key("region").string(endpoint.endpoint().region()).key("state").string(endpoint.state().name())
          .key("failures").number(endpoint.consecutiveFailures());
      Hints hints = endpoint.endpoint().hints();
      if (hints != Hints.NONE) {
        hints(out.key("takes"), hints);
      }
      ServerLoad told = endpoint.told();
      if (told != null) {
        out.key("slots").number(told.slots()).key("slots_busy").number(told.busy()).key("prompt_tokens_left").number(told.promptTokensLeft());
      }
      if (endpoint.lastFailure() != null) {
        out.key("last_failure").string(endpoint.lastFailure().name());
      }
      out.endObject();
    }
    out.endArray();
    if (graph.regional != null) {
      out.key("regions").beginObject();
      graph.health.regions(upstream.name()).forEach((region, state) -> out.key(region).string(state.name()));
      out.endObject();
    }
    out.endObject();
  }

  private void limits(JsonWriter out) {
    out.beginObject().key("overflowed").number(graph.admission.overflowed()).key("queue").beginObject();
    for (LatencyClass each : LatencyClass.values()) {
      out.key(each.name()).number(graph.waiting.depth(each));
    }
    out.endObject().key("permits").beginArray();
    for (LimitStatus limit : graph.health.places().limits()) {
      out.beginObject().key("upstream").string(limit.upstream()).key("endpoint").string(limit.endpoint()).key("limit").number(limit.limit())
          .key("in_flight").number(limit.inFlight()).key("capacity_milli_rps").number(Math.round(limit.capacity() * 1000)).endObject();
    }
    out.endArray().endObject();
  }

  private static void hints(JsonWriter out, Hints hints) {
    out.beginObject().key("clearance").string(hints.clearance().name()).key("models").beginArray();
    hints.models().stream().sorted().forEach(out::string);
    out.endArray().key("context").number(hints.context()).key("slots").number(hints.slots()).endObject();
  }

  private static void consul(JsonWriter out, ConsulDiscovery discovery) {
    out.key("consul").beginArray();
    for (String name : discovery.upstreams()) {
      Watched watched = discovery.of(name);
      out.beginObject().key("upstream").string(name).key("service").string(watched.service()).key("heard").bool(watched.heard())
          .key("age_seconds").number(TimeUnit.NANOSECONDS.toSeconds(watched.ageNanos())).key("queries").number(watched.queries())
          .key("failures").number(watched.failures()).key("endpoints").number(watched.endpoints()).key("not_used").number(watched.droppedNow())
          .key("acl").bool(watched.rightsMissing()).endObject();
    }
    out.endArray();
  }
}
