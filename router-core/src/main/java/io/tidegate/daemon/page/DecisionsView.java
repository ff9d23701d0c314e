package io.tidegate.daemon.page;

import io.tidegate.audit.AuditReader.Found;
import io.tidegate.audit.AuditRecord.Count;
import io.tidegate.audit.AuditRecord.Decided;
import io.tidegate.audit.AuditRecord.Ended;
import io.tidegate.audit.RecentDecisions;
import io.tidegate.wire.JsonWriter;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The newest decisions, from their records, which hold no content. One thread at a time. */
final class DecisionsView {
  /** Of the page; more is for {@code tidegate audit show}. */
  static final int MOST = 50;

  private final RecentDecisions recent;

  DecisionsView(RecentDecisions recent) {
    this.recent = recent;
  }

  void write(JsonWriter out) {
    List<Found> found;
    try {
      found = recent.look();
    } catch (IOException | RuntimeException unreadable) {
      // Shown as what it is; the rest of the page goes on.
      out.beginObject().key("problem").string("the decision records cannot be read (" + unreadable.getClass().getSimpleName() + ")").key("newest").beginArray()
          .endArray().endObject();
      return;
    }
    out.beginObject().key("newest").beginArray();
    found.forEach(each -> one(out, each));
    out.endArray().endObject();
  }

  private static void one(JsonWriter out, Found found) {
    Decided decided = found.decided();
    out.beginObject().key("id").string(decided.requestId()).key("time").string(decided.time().toString()).key("tenant").string(decided.tenant())
        .key("caller").string(decided.caller()).key("operation").string(word(decided.operation())).key("model").string(decided.model())
        .key("stream").bool(decided.stream()).key("sensitivity").string(word(decided.sensitivity())).key("latency_class").string(word(decided.latencyClass()));
    out.key("route").beginArray();
    decided.route().forEach(destination -> out.string(word(destination)));
    out.endArray().key("rules").beginArray();
    decided.rules().forEach(out::string);
    out.endArray().key("findings").beginArray();
    Map<String, Integer> kinds = new TreeMap<>();
    for (Count count : decided.findings()) {
      kinds.merge(count.type() + ' ' + word(count.likelihood()), count.count(), Integer::sum);
    }
    kinds.forEach((kind, count) -> {
      String[] parts = kind.split(" ");
      out.beginObject().key("type").string(parts[0]).key("likelihood").string(parts[1]).key("count").number(count).endObject();
    });
    out.endArray().key("troubles").beginArray();
    decided.troubles().stream().sorted().forEach(trouble -> out.string(word(trouble)));
    out.endArray().key("transformed").bool(decided.transformed()).key("policy").string(decided.policyDigest());
    Ended ended = found.ended();
    if (ended != null) {
      ended(out.key("ended"), ended);
    }
    out.endObject();
  }

  private static void ended(JsonWriter out, Ended ended) {
    out.beginObject().key("destination").string(ended.destination() == null ? "none" : word(ended.destination())).key("upstream").string(ended.upstream())
        .key("cache").string(word(ended.cache())).key("attempts").number(ended.attempts()).key("refusal").string(ended.refusal())
        .key("duration_ms").number(ended.durationNanos() / 1_000_000).key("input_tokens").number(ended.usage().inputTokens())
        .key("output_tokens").number(ended.usage().outputTokens()).endObject();
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
