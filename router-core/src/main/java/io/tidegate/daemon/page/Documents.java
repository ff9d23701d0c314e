package io.tidegate.daemon.page;

import io.tidegate.admin.AdminView;
import io.tidegate.audit.AuditFigures;
import io.tidegate.audit.RecentDecisions;
import io.tidegate.telemetry.Names;
import io.tidegate.wire.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The documents of the admin page. Made at its first request; any thread, one at a time. */
public final class Documents {
  private final Sources from;
  private final Flows flows;
  private final UpstreamsView upstreams;
  private final LimitsView limits;
  private final DecisionsView decisions;
  private final Playground playground;
  private long snapshots;

  public Documents(Sources from) {
    this.from = from;
    this.flows = new Flows(from.registry());
    this.upstreams = new UpstreamsView(from.config().upstreams(), from.health(), from.registry());
    this.limits = new LimitsView(from, flows);
    this.decisions = new DecisionsView(new RecentDecisions(from.config().audit().directory(), from.boot(), from.loops(), DecisionsView.MOST));
    this.playground = new Playground(from.rules(), from.catalog(), from.clock(), from.config().plugins().size());
  }

  /** One view. */
  public synchronized byte[] view(AdminView view) {
    JsonWriter out = new JsonWriter(16 << 10, JsonWriter.DEFAULT_MAX_BYTES);
    head(out.beginObject());
    out.key(view.word());
    write(view, out);
    return out.endObject().toBytes();
  }

  /** All views that live. */
  public synchronized byte[] snapshot() {
    JsonWriter out = new JsonWriter(32 << 10, JsonWriter.DEFAULT_MAX_BYTES);
    head(out.beginObject().key("sequence").number(++snapshots));
    out.key("ready").bool(from.ready().get()).key("warnings").beginArray();
    from.warnings().get().forEach(out::string);
    out.endArray();
    for (AdminView view : AdminView.values()) {
      if (view.live()) {
        out.key(view.word());
        write(view, out);
      }
    }
    return out.endObject().toBytes();
  }

  /**
   * How a typed text would be decided.
   *
   * @throws IllegalArgumentException if the question is none; the message says why and quotes nothing
   */
  public byte[] judge(byte[] question) {
    JsonWriter out = new JsonWriter();
    try {
      playground.judge(question, out);
    } catch (Playground.Wrong wrong) {
      throw new IllegalArgumentException(wrong.getMessage());
    }
    return out.toBytes();
  }

  private void head(JsonWriter out) {
    out.key("at").string(from.clock().now().toString()).key("monotonic_ms").number(from.ticker().nanos() / 1_000_000).key("version").string(from.version())
        .key("boot").string(from.boot());
  }

  private void write(AdminView view, JsonWriter out) {
    switch (view) {
      case FLOWS -> flows.write(out);
      case UPSTREAMS -> upstreams.write(out);
      case LIMITS -> limits.write(out);
      case CACHE -> from.cache().accept(out);
      case POLICY -> policy(out);
      case AUDIT -> audit(out);
      case DECISIONS -> decisions.write(out);
      case CONFIG -> MaskedConfig.write(out, from.config());
      case LOG -> out.beginObject().key("level").string(from.level().get()).key("configured").string(from.config().telemetry().logLevel()).endObject();
    }
  }

  private void policy(JsonWriter out) {
    out.beginObject().key("bundle");
    from.policy().accept(out);
    flows.rules(out.key("decided_by"));
    flows.counts(out.key("shadow_counts"), Names.POLICY_SHADOW, List.of("rule", "enforced", "shadow"));
    out.key("shadow").raw(from.shadow().get().strip().getBytes(StandardCharsets.UTF_8)).endObject();
  }

  private void audit(JsonWriter out) {
    AuditFigures audit = from.audit().figures();
    out.beginObject().key("failing").bool(audit.failing()).key("records").number(audit.records()).key("lost").number(audit.lost()).key("failures")
        .number(audit.failures()).key("lag_ms").number(audit.lagNanos() / 1_000_000).key("unsigned_ms").number(audit.unsignedNanos() / 1_000_000).endObject();
  }
}
