package io.tidegate.assay;

import io.tidegate.assay.BundleDiff.Change;
import io.tidegate.assay.BundleDiff.Direction;
import io.tidegate.assay.BundleDiff.Effect;
import io.tidegate.wire.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** A diff for eyes and for machines. */
public final class DiffReport {
  private static final Comparator<Change> LOOSENINGS_FIRST = Comparator.comparing((Change change) -> switch (change.direction()) {
    case LOOSENS -> 0;
    case TIGHTENS -> 1;
    case NEUTRAL -> 2;
  });

  private DiffReport() {}

  /** A few lines, what loosens first. */
  public static List<String> lines(BundleDiff diff) {
    List<String> lines = new ArrayList<>();
    lines.add(diff.outcome() + ": " + diff.before() + " -> " + diff.after());
    diff.changes().stream().sorted(LOOSENINGS_FIRST).forEach(change -> lines.add("  " + word(change.direction()) + change.part()
        + (change.id().isEmpty() ? "" : " " + change.id()) + ": " + change.words()));
    Effect effect = diff.effect();
    lines.add("of " + effect.facts() + " made-up requests " + effect.loosened() + " loosened, " + effect.tightened() + " tightened, " + effect.unchanged()
        + " unchanged");
    effect.loosenedExamples().forEach(example -> lines.add("  loosened: " + example));
    effect.tightenedExamples().forEach(example -> lines.add("  tightened: " + example));
    return lines;
  }

  private static String word(Direction direction) {
    return switch (direction) {
      case LOOSENS -> "loosens   ";
      case TIGHTENS -> "tightens  ";
      case NEUTRAL -> "same      ";
    };
  }

  /** One JSON object. */
  public static String json(BundleDiff diff) {
    Effect effect = diff.effect();
    JsonWriter out = new JsonWriter().beginObject().key("outcome").string(diff.outcome()).key("loosens").bool(diff.loosens()).key("before").string(diff.before())
        .key("after").string(diff.after());
    out.key("changes").beginArray();
    diff.changes().stream().sorted(LOOSENINGS_FIRST).forEach(change -> out.beginObject().key("part").string(change.part()).key("id").string(change.id())
        .key("direction").string(change.direction().name().toLowerCase(Locale.ROOT)).key("words").string(change.words()).endObject());
    out.endArray().key("effect").beginObject().key("requests").number(effect.facts()).key("loosened").number(effect.loosened()).key("tightened")
        .number(effect.tightened()).key("unchanged").number(effect.unchanged());
    examples(out.key("loosened_examples"), effect.loosenedExamples());
    examples(out.key("tightened_examples"), effect.tightenedExamples());
    return new String(out.endObject().endObject().toBytes(), StandardCharsets.UTF_8);
  }

  private static void examples(JsonWriter out, List<String> examples) {
    out.beginArray();
    examples.forEach(out::string);
    out.endArray();
  }
}
