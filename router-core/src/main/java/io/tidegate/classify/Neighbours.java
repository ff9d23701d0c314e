package io.tidegate.classify;

import io.tidegate.model.Finding;
import io.tidegate.model.Findings;
import io.tidegate.model.Findings.Trouble;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonText.Kind;
import io.tidegate.wire.JsonWriter;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What can be seen only in several requests of a batch together: an identifier cut over items (decisions 12, hazard A10). Reads the ends of
 * neighbouring items as one conversation: two at a time, then four, then all. What spans two raises these two; what only four or all of them show
 * raises all that were read. An identifier that stands whole in one item raises that item by itself, and its neighbours' parts tell nothing without it.
 * Pure; any thread.
 */
public final class Neighbours {
  /** Characters of an item's beginning, and of its end, that are read with its neighbours: an identifier with its context. */
  private static final int REACH = 256;
  private static final int QUAD = 4;
  private static final String[] PAYLOADS = {"messages", "prompt", "input"};

  private final Classifier classifier;
  private final List<Set<Finding>> found = new ArrayList<>();
  private final List<Set<Trouble>> troubles = new ArrayList<>();

  private Neighbours(Classifier classifier, int items) {
    this.classifier = classifier;
    for (int i = 0; i < items; i++) {
      found.add(new HashSet<>(0));
      troubles.add(EnumSet.noneOf(Trouble.class));
    }
  }

  /** What must be added to each item's own findings, in order. */
  public static List<Findings> of(Classifier classifier, List<JsonText> items) {
    Neighbours all = new Neighbours(classifier, items.size());
    if (items.size() > 1) {
      List<String> whole = new ArrayList<>();
      List<String> last = new ArrayList<>();
      for (JsonText item : items) {
        List<String> strings = strings(item);
        whole.add(cut(String.join("\n", strings)));
        last.add(strings.isEmpty() ? "" : cut(strings.get(strings.size() - 1)));
      }
      all.read(whole);
      // Items of one template: what differs stands at the end of each, behind the same beginning.
      if (!last.equals(whole)) {
        all.read(last);
      }
    }
    List<Findings> out = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      out.add(all.found.get(i).isEmpty() && all.troubles.get(i).isEmpty() ? Findings.NONE
          : new Findings(List.copyOf(all.found.get(i)), all.troubles.get(i)));
    }
    return out;
  }

  private void read(List<String> texts) {
    int count = texts.size();
    List<Set<String>> pairs = new ArrayList<>();
    Set<String> known = new HashSet<>();
    for (int i = 0; i + 2 <= count; i++) {
      Set<String> types = window(texts, i, i + 2, Set.of());
      pairs.add(types);
      known.addAll(types);
    }
    for (int i = 0; i + QUAD <= count; i++) {
      Set<String> inside = new HashSet<>(pairs.get(i));
      inside.addAll(pairs.get(i + 1));
      inside.addAll(pairs.get(i + 2));
      known.addAll(window(texts, i, i + QUAD, inside));
    }
    if (count > 2 && count != QUAD) {
      window(texts, 0, count, known);
    }
  }

  /** Reads items [from, to) as one text, and raises them by what spans them and is not of the types {@code known}; gives all types that span. */
  private Set<String> window(List<String> texts, int from, int to, Set<String> known) {
    Findings seen = scan(texts.subList(from, to));
    Set<String> types = new HashSet<>(0);
    for (Finding finding : seen.list()) {
      if (finding.place() < 0) {
        types.add(finding.type());
        if (!known.contains(finding.type())) {
          for (int i = from; i < to; i++) {
            found.get(i).add(finding);
          }
        }
      }
    }
    for (Trouble trouble : seen.troubles()) {
      // What cannot be read at all, each item's own scan says of it.
      if (trouble != Trouble.UNSCANNABLE && trouble != Trouble.OPAQUE) {
        for (int i = from; i < to; i++) {
          troubles.get(i).add(trouble);
        }
      }
    }
    return types;
  }

  private Findings scan(List<String> texts) {
    JsonWriter out = new JsonWriter();
    out.beginArray();
    texts.forEach(out::string);
    try {
      Classifier.Scan scan = classifier.begin(JsonText.parse(out.endArray().toBytes(), JsonLimits.DEFAULT));
      while (!scan.run(Long.MAX_VALUE >> 1)) {
        // It ends by its own total budget.
      }
      return scan.findings();
    } catch (JsonException defect) {
      throw new IllegalStateException("our own text is valid JSON", defect);
    }
  }

  /** What an item says, string by string. */
  private static List<String> strings(JsonText json) {
    List<String> out = new ArrayList<>();
    for (String payload : PAYLOADS) {
      int value = json.member(0, payload);
      if (value < 0) {
        continue;
      }
      int key = -1;
      for (int node = value; node < json.next(value); node++) {
        if (json.kind(node) != Kind.STRING) {
          continue;
        }
        if (json.isKey(node)) {
          key = node;
        } else if (Structure.joins(json, key)) {
          out.add(json.string(node));
        }
      }
    }
    return out;
  }

  private static String cut(String text) {
    return text.length() <= 2 * REACH ? text : text.substring(0, REACH) + "\n" + text.substring(text.length() - REACH);
  }
}
