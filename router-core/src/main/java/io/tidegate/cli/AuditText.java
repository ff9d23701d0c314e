package io.tidegate.cli;

import io.tidegate.audit.AuditRecord;
import io.tidegate.model.Destination;
import io.tidegate.wire.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.TreeMap;

/** Decision records as text. */
final class AuditText {
  private AuditText() {}

  /** One line for eyes. */
  static String line(AuditRecord record) {
    String head = record.sequence() + " " + record.time() + " " + record.requestId() + " ";
    if (record instanceof AuditRecord.Decided decided) {
      return head + "decided " + decided.sensitivity() + " " + decided.latencyClass() + " route=" + decided.route() + " rules=" + decided.rules()
          + " tenant=" + decided.tenant() + " findings=" + new TreeMap<>(decided.findings())
          + (decided.troubles().isEmpty() ? "" : " troubles=" + decided.troubles()) + " policy=" + decided.policyDigest();
    }
    AuditRecord.Ended ended = (AuditRecord.Ended) record;
    Destination destination = ended.destination();
    String how = !ended.refusal().isEmpty() ? "refused=" + ended.refusal() : destination == null ? "the caller left" : "from " + destination;
    return head + "ended " + how + (ended.upstream().isEmpty() ? "" : " upstream=" + ended.upstream()) + " cache=" + ended.cache() + " attempts="
        + ended.attempts() + " ms=" + ended.durationNanos() / 1_000_000;
  }

  /** One JSON object on one line. */
  static String json(AuditRecord record) {
    JsonWriter out = new JsonWriter();
    out.beginObject().key("sequence").number(record.sequence()).key("time").string(record.time().toString()).key("request").string(record.requestId());
    if (record instanceof AuditRecord.Decided decided) {
      decided(out.key("kind").string("decided"), decided);
    } else {
      ended(out.key("kind").string("ended"), (AuditRecord.Ended) record);
    }
    return new String(out.endObject().toBytes(), StandardCharsets.UTF_8);
  }

  private static void decided(JsonWriter out, AuditRecord.Decided decided) {
    out.key("tenant").string(decided.tenant()).key("caller").string(decided.caller()).key("policy").string(decided.policyDigest())
        .key("body_digest").string(decided.bodyDigest()).key("body_bytes").number(decided.bodyBytes()).key("operation").string(decided.operation().name())
        .key("stream").bool(decided.stream()).key("sampled").bool(decided.sampled()).key("declared").string(decided.declared().name())
        .key("time_left_ns").number(decided.timeLeftNanos());
    if (decided.latencyWish() != null) {
      out.key("latency_wish").string(decided.latencyWish().name());
    }
    out.key("sensitivity").string(decided.sensitivity().name()).key("latency_class").string(decided.latencyClass().name());
    strings(out.key("route"), decided.route().stream().map(Enum::name).toList());
    strings(out.key("rules"), decided.rules());
    strings(out.key("troubles"), decided.troubles().stream().map(Enum::name).sorted().toList());
    out.key("findings").beginObject();
    new TreeMap<>(decided.findings()).forEach((what, count) -> out.key(what).number(count.longValue()));
    out.endObject();
    strings(out.key("candidates"), decided.candidates());
  }

  private static void ended(JsonWriter out, AuditRecord.Ended ended) {
    Destination destination = ended.destination();
    if (destination != null) {
      out.key("destination").string(destination.name());
    }
    out.key("upstream").string(ended.upstream()).key("cache").string(ended.cache().name()).key("attempts").number(ended.attempts())
        .key("refusal").string(ended.refusal()).key("duration_ns").number(ended.durationNanos());
  }

  private static void strings(JsonWriter out, Collection<String> values) {
    out.beginArray();
    values.forEach(out::string);
    out.endArray();
  }
}
