package io.tidegate.cli;

import io.tidegate.audit.AuditReader;
import io.tidegate.audit.AuditRecord;
import io.tidegate.audit.AuditRecord.Count;
import io.tidegate.audit.AuditRecord.Decided;
import io.tidegate.audit.AuditRecord.Ended;
import io.tidegate.audit.AuditRecord.UpstreamState;
import io.tidegate.model.Destination;
import io.tidegate.model.LeftAttempt;
import io.tidegate.model.Likeness;
import io.tidegate.model.Sensitivity;
import io.tidegate.wire.JsonWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** Decision records as text. Names in them come from callers: what could move a terminal's cursor or hide from a reader is escaped (hazard B3). */
final class AuditText {
  private AuditText() {}

  /** One line for eyes. */
  static String line(AuditRecord record) {
    String head = record.chain() + ":" + record.sequence() + " " + record.time() + " " + record.requestId() + " ";
    if (record instanceof Decided decided) {
      return escaped(head + "decided " + decided.sensitivity() + " " + decided.latencyClass() + " route=" + decided.route() + " rules=" + decided.rules()
          + " tenant=" + decided.tenant() + " findings=" + findings(decided)
          + (decided.troubles().isEmpty() ? "" : " troubles=" + decided.troubles()) + " policy=" + decided.policyDigest());
    }
    Ended ended = (Ended) record;
    Likeness like = ended.likeness();
    return escaped(head + "ended " + how(ended) + (ended.upstream().isEmpty() ? "" : " upstream=" + ended.upstream()) + " cache=" + ended.cache()
        + " attempts=" + ended.attempts() + (ended.left().isEmpty() ? "" : " left=" + left(ended))
        + (like == null ? "" : (like.served() ? " like=" : " would-be-like=") + like.body() + " likeness=" + like.rounded())
        + " ms=" + ended.durationNanos() / 1_000_000);
  }

  private static String left(Ended ended) {
    return ended.left().stream().map(each -> each.upstream() + "/" + each.endpoint() + " " + each.why() + " after " + each.millis() + " ms" + each.spent())
        .collect(Collectors.joining(", ", "[", "]"));
  }

  private static String how(Ended ended) {
    Destination destination = ended.destination();
    return !ended.refusal().isEmpty() ? "refused=" + ended.refusal() : destination == null ? "the caller left" : "from " + destination;
  }

  private static String findings(Decided decided) {
    return decided.findings().stream().map(count -> count.kind() + "=" + count.count()).sorted().collect(Collectors.joining(", ", "{", "}"));
  }

  /** All about one request, a line for each thing. */
  static List<String> whole(AuditReader.Found found) {
    Decided decided = found.decided();
    List<String> lines = new ArrayList<>();
    lines.add("request      " + decided.requestId());
    lines.add("recorded     " + decided.time() + " as record " + decided.sequence() + " of chain " + decided.chain());
    lines.add("caller       " + decided.tenant() + " / " + decided.caller() + (decided.groups().isEmpty() ? "" : " in " + decided.groups()));
    lines.add("asked        " + decided.operation() + (decided.model().isEmpty() ? "" : " of " + decided.model()) + ", " + decided.bodyBytes() + " bytes"
        + (decided.stream() ? ", as a stream" : "") + ", digest " + decided.bodyDigest());
    lines.add("decided      " + decided.sensitivity() + " " + decided.latencyClass() + " by policy " + decided.policyDigest());
    lines.add("rules        " + (decided.rules().isEmpty() ? "none fired" : String.join(", ", decided.rules())));
    lines.add("findings     " + (decided.findings().isEmpty() ? "none" : findings(decided))
        + (decided.troubles().isEmpty() ? "" : ", troubles " + decided.troubles()));
    lines.add("route        " + (decided.route().isEmpty() ? "none is open" : decided.route()) + ", candidates "
        + (decided.candidates().isEmpty() ? "none" : String.join(", ", decided.candidates())) + (decided.durable() ? ", record durable before a PUBLIC send" : ""));
    if (!decided.residency().anywhere()) {
      lines.add("residency    only " + decided.residency());
    }
    if (decided.transformed()) {
      lines.add("text         cleaned, and decided again");
    }
    if (decided.label() != Sensitivity.PUBLIC) {
      lines.add("session      remembered as " + decided.label());
    }
    for (UpstreamState state : decided.upstreams()) {
      lines.add("upstream     " + state.name() + ": " + state.up() + " of " + state.endpoints() + " up" + (state.accountClosed() ? ", account refused" : "")
          + switch (state.place()) {
            case CANDIDATE -> "";
            case ZONE_CLOSED -> "; rejected: its zone is not open for this request";
            case MODEL_NOT_SERVED -> "; rejected: it does not serve the model";
            case NO_EMBEDDINGS -> "; rejected: it makes no embeddings";
            case REGION_CLOSED -> "; rejected: it stands in no region that is permitted";
          });
    }
    Ended ended = found.ended();
    lines.add("ended        " + (ended == null ? "not recorded: under way, or the outcome was lost" : how(ended)
        + (ended.upstream().isEmpty() ? "" : " (" + ended.upstream() + ")") + " after " + ended.attempts() + " attempts and " + ended.durationNanos() / 1_000_000
        + " ms, cache " + ended.cache()));
    if (ended != null && !ended.left().isEmpty()) {
      lines.add("left         " + left(ended));
    }
    if (ended != null && ended.likeness() != null) {
      lines.add("likeness     " + ended.likeness().words());
    }
    return lines.stream().map(AuditText::escaped).toList();
  }

  /** One JSON object on one line. */
  static String json(AuditRecord record) {
    JsonWriter out = new JsonWriter();
    out.beginObject().key("chain").string(record.chain()).key("sequence").number(record.sequence()).key("time").string(record.time().toString())
        .key("request").string(record.requestId());
    if (record instanceof Decided decided) {
      decided(out.key("kind").string("decided"), decided);
    } else {
      ended(out.key("kind").string("ended"), (Ended) record);
    }
    return escaped(new String(out.endObject().toBytes(), StandardCharsets.UTF_8));
  }

  private static void decided(JsonWriter out, Decided decided) {
    out.key("tenant").string(decided.tenant()).key("caller").string(decided.caller());
    strings(out.key("groups"), decided.groups());
    out.key("policy").string(decided.policyDigest()).key("body_digest").string(decided.bodyDigest()).key("body_bytes").number(decided.bodyBytes())
        .key("messages").number(decided.messages()).key("operation").string(decided.operation().name()).key("model").string(decided.model())
        .key("stream").bool(decided.stream()).key("sampled").bool(decided.sampled()).key("transformed").bool(decided.transformed())
        .key("session_label").string(decided.label().name()).key("durable").bool(decided.durable()).key("declared").string(decided.declared().name())
        .key("time_left_ns").number(decided.timeLeftNanos()).key("region").string(decided.region()).key("now").string(decided.now().toString());
    if (decided.latencyWish() != null) {
      out.key("latency_wish").string(decided.latencyWish().name());
    }
    out.key("sensitivity").string(decided.sensitivity().name()).key("latency_class").string(decided.latencyClass().name());
    strings(out.key("route"), decided.route().stream().map(Enum::name).toList());
    strings(out.key("rules"), decided.rules());
    strings(out.key("troubles"), decided.troubles().stream().map(Enum::name).sorted().toList());
    out.key("findings").beginObject();
    for (Count count : decided.findings().stream().sorted(java.util.Comparator.comparing(Count::kind)).toList()) {
      out.key(count.kind()).number(count.count());
    }
    out.endObject();
    strings(out.key("candidates"), decided.candidates());
    if (!decided.residency().anywhere()) {
      strings(out.key("residency"), decided.residency().regions());
    }
    out.key("upstreams").beginArray();
    for (UpstreamState state : decided.upstreams()) {
      out.beginObject().key("name").string(state.name()).key("up").number(state.up()).key("endpoints").number(state.endpoints())
          .key("account_closed").bool(state.accountClosed()).key("place").string(state.place().name()).endObject();
    }
    out.endArray();
  }

  private static void ended(JsonWriter out, Ended ended) {
    Destination destination = ended.destination();
    if (destination != null) {
      out.key("destination").string(destination.name());
    }
    out.key("upstream").string(ended.upstream()).key("cache").string(ended.cache().name()).key("attempts").number(ended.attempts())
        .key("refusal").string(ended.refusal()).key("duration_ns").number(ended.durationNanos());
    number(out, "input_tokens", ended.usage().inputTokens());
    number(out, "output_tokens", ended.usage().outputTokens());
    number(out, "cached_tokens", ended.usage().cachedTokens());
    out.key("left").beginArray();
    for (LeftAttempt each : ended.left()) {
      out.beginObject().key("upstream").string(each.upstream()).key("endpoint").string(each.endpoint()).key("why").string(each.why())
          .key("ms").number(each.millis());
      number(out, "input_tokens", each.inputTokens());
      number(out, "output_tokens", each.outputTokens());
      out.endObject();
    }
    out.endArray();
    Likeness likeness = ended.likeness();
    if (likeness != null) {
      out.key("likeness").beginObject().key("body_digest").string(likeness.body()).key("score").number(Double.parseDouble(likeness.rounded()))
          .key("served").bool(likeness.served()).endObject();
    }
  }

  /** A count that may not be known: it is left out then. */
  private static void number(JsonWriter out, String key, long count) {
    if (count >= 0) {
      out.key(key).number(count);
    }
  }

  private static void strings(JsonWriter out, Collection<String> values) {
    out.beginArray();
    values.forEach(out::string);
    out.endArray();
  }

  /** What a fault of reading is called: one of a file system says no more than the path by itself. */
  static String fault(IOException broken) {
    return broken instanceof FileSystemException file && file.getReason() == null
        ? file.getFile() + ": cannot be read (" + file.getClass().getSimpleName() + "). Fix: read it as a user who may" : String.valueOf(broken.getMessage());
  }

  /**
   * Control, format (bidirectional marks among them), separator, private and unassigned characters as four-digit escapes. JSON stays JSON: outside of
   * strings it has none of them.
   */
  static String escaped(String text) {
    StringBuilder out = null;
    for (int i = 0; i < text.length();) {
      int point = text.codePointAt(i);
      int width = Character.charCount(point);
      if (isUnseen(point)) {
        if (out == null) {
          out = new StringBuilder(text.length() + 16).append(text, 0, i);
        }
        for (int k = i; k < i + width; k++) {
          out.append(String.format("\\u%04x", (int) text.charAt(k)));
        }
      } else if (out != null) {
        out.append(text, i, i + width);
      }
      i += width;
    }
    return out == null ? text : out.toString();
  }

  private static boolean isUnseen(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE, Character.PRIVATE_USE,
          Character.UNASSIGNED -> true;
      default -> false;
    };
  }
}
