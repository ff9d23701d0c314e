package io.tidegate.assay;

import io.tidegate.assay.Replay.Change;
import io.tidegate.assay.Replay.Direction;
import io.tidegate.assay.Replay.Tally;
import io.tidegate.model.Sensitivity;
import io.tidegate.wire.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A replay for eyes and for machines. */
public final class ReplayReport {
  private ReplayReport() {}

  /** Whether every decision could be judged, and none loosened that nobody allowed. */
  public static boolean good(Replay replay, AllowedChanges allowed) {
    return replay.records() > 0 && replay.open().isEmpty() && replay.disagreeing().count() == 0
        && replay.changes().keySet().stream().noneMatch(change -> change.direction() == Direction.LOOSENED && !allowed.allows(change));
  }

  /** The matrix, and a line for each kind of change. */
  public static List<String> lines(Replay replay, AllowedChanges allowed) {
    List<String> lines = new ArrayList<>();
    lines.add(replay.records() == 0 ? "there are no decisions to replay" : replay.records() + (replay.records() == 1 ? " decision from " : " decisions from ") + replay.first() + " to " + replay.last()
        + " under " + replay.policy());
    StringBuilder head = new StringBuilder(String.format(Locale.ROOT, "%-14s", "recorded"));
    for (Sensitivity now : Sensitivity.values()) {
      head.append(String.format(Locale.ROOT, "%14s", now));
    }
    lines.add(head.toString());
    for (Sensitivity recorded : Sensitivity.values()) {
      StringBuilder row = new StringBuilder(String.format(Locale.ROOT, "%-14s", recorded));
      for (Sensitivity now : Sensitivity.values()) {
        row.append(String.format(Locale.ROOT, "%14d", replay.count(recorded, now)));
      }
      lines.add(row.toString());
    }
    replay.changes().forEach((change, tally) -> lines.add(word(change, allowed) + " " + tally.count() + ": " + change.from() + " -> " + change.to() + ", "
        + cause(change) + ids(tally)));
    replay.open().forEach((why, tally) -> lines.add("undecidable " + tally.count() + ": " + why + ids(tally)));
    if (replay.disagreeing().count() > 0) {
      lines.add("different " + replay.disagreeing().count() + ": the old policy, asked today, decides otherwise than was recorded" + ids(replay.disagreeing()));
    }
    lines.add(good(replay, allowed) ? "good: nothing loosened" + (loosened(replay) ? " that was not allowed" : "") : "not good");
    return lines;
  }

  private static boolean loosened(Replay replay) {
    return replay.changes().keySet().stream().anyMatch(change -> change.direction() == Direction.LOOSENED);
  }

  private static String word(Change change, AllowedChanges allowed) {
    return change.direction() == Direction.LOOSENED && allowed.allows(change) ? "allowed" : change.direction().name().toLowerCase(Locale.ROOT);
  }

  private static String cause(Change change) {
    int level = change.to().compareTo(change.from());
    return level == 0 ? "another route" : change.because().equals("floor") ? "by a floor, a declaration or a grant"
        : (level > 0 ? "by " : "no longer by ") + change.because();
  }

  private static String ids(Tally tally) {
    return " (" + String.join(", ", tally.examples()) + (tally.count() > tally.examples().size() ? ", …" : "") + ")";
  }

  /** One JSON object. */
  public static String json(Replay replay, AllowedChanges allowed) {
    JsonWriter out = new JsonWriter().beginObject().key("good").bool(good(replay, allowed)).key("policy").string(replay.policy()).key("records")
        .number(replay.records()).key("decided").number(replay.decided()).key("matrix").beginObject();
    for (Sensitivity recorded : Sensitivity.values()) {
      out.key(recorded.name()).beginObject();
      for (Sensitivity now : Sensitivity.values()) {
        out.key(now.name()).number(replay.count(recorded, now));
      }
      out.endObject();
    }
    out.endObject().key("changes").beginArray();
    for (Map.Entry<Change, Tally> entry : replay.changes().entrySet()) {
      Change change = entry.getKey();
      out.beginObject().key("direction").string(change.direction().name().toLowerCase(Locale.ROOT)).key("from").string(change.from().name()).key("to")
          .string(change.to().name()).key("because").string(change.because()).key("allowed").bool(allowed.allows(change));
      tally(out, entry.getValue()).endObject();
    }
    out.endArray().key("undecidable").beginArray();
    replay.open().forEach((why, tally) -> tally(out.beginObject().key("why").string(why), tally).endObject());
    tally(out.endArray().key("different").beginObject(), replay.disagreeing()).endObject();
    return new String(out.endObject().toBytes(), StandardCharsets.UTF_8);
  }

  private static JsonWriter tally(JsonWriter out, Tally tally) {
    out.key("count").number(tally.count()).key("examples").beginArray();
    tally.examples().forEach(out::string);
    return out.endArray();
  }
}
