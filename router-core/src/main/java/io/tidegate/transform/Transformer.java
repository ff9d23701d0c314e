package io.tidegate.transform;

import io.tidegate.model.Finding;
import io.tidegate.model.Findings;
import io.tidegate.model.Pseudonyms;
import io.tidegate.model.Transformation;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonText.Kind;
import io.tidegate.wire.JsonWriter;
import io.tidegate.wire.Splices;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes what was found out of a text, everywhere it stands, or leaves the text alone. One use, one thread.
 *
 * <p>Findings that overlap become one value. Equal values get equal placeholders through the whole text, history included, in order of appearance:
 * so a conversation that grows keeps the placeholders it had, and the upstream's prefix cache its hits.
 */
public final class Transformer {
  /** Longer texts stay as they are. */
  public static final int MAX_BYTES = 4 << 20;

  private static final long MAX_STEPS = 40_000_000;
  private static final String FALLBACK_WORD = "VALUE";
  private static final int LONGEST_WORD = 32;
  /** What detectors take along from between a label and its value; it tells nothing, and JSON inside a text needs it. */
  private static final String EDGE = " \t\r\n\"':=,;";
  /** Types whose values may begin or end with any character. */
  private static final Set<String> WHOLE = Set.of("SECRET", "PASSWORD", "PRIVATE_KEY", "CONNECTION_STRING");

  private final JsonText source;
  private final Transformation kind;
  private final long seed;
  /** Values by the nodes they stand in, in document order. */
  private final Map<Integer, List<Value>> places = new LinkedHashMap<>();
  private final Map<String, String> typeOf = new HashMap<>();
  private @Nullable Obstacle obstacle;

  private Transformer(JsonText source, Transformation kind, long seed) {
    this.source = source;
    this.kind = kind;
    this.seed = seed;
  }

  /** A stretch of one string that goes. Of two that overlap the one of lower rank says what both are. */
  private record Value(int start, int end, String type, int rank) {}

  /**
   * @param findings of a scan of exactly {@code source}
   * @param seed decides the placeholders' codes; from a secret, so that nobody can foretell them
   */
  public static Cleaned clean(JsonText source, Findings findings, Transformation kind, long seed) {
    if (!findings.troubles().isEmpty()) {
      return Cleaned.not(Obstacle.SCAN_NOT_WHOLE);
    }
    if (findings.list().isEmpty()) {
      return Cleaned.not(Obstacle.NOTHING_FOUND);
    }
    if (source.length() > MAX_BYTES) {
      return Cleaned.not(Obstacle.TOO_MUCH);
    }
    return new Transformer(source, kind, seed).run(findings);
  }

  private Cleaned run(Findings findings) {
    Map<Integer, List<Finding>> byNode = new HashMap<>();
    for (Finding finding : findings.list()) {
      if (finding.place() < 0) {
        return Cleaned.not(Obstacle.JOINED);
      }
      byNode.computeIfAbsent(finding.place(), node -> new ArrayList<>()).add(finding);
    }
    TextNodes nodes = new TextNodes(source);
    StringBuilder said = new StringBuilder(source.length());
    Map<Integer, String> strings = new LinkedHashMap<>();
    for (int node = 0; node < source.size(); node++) {
      List<Finding> here = byNode.getOrDefault(node, List.of());
      boolean string = source.kind(node) == Kind.STRING;
      if (!here.isEmpty() && (!string || !nodes.replaceable(node, kind))) {
        return Cleaned.not(Obstacle.NOT_A_TEXT);
      }
      if (string) {
        String text = source.string(node);
        strings.put(node, text);
        said.append(text).append('\n');
        if (!here.isEmpty() && !take(node, text, here)) {
          return Cleaned.not(Obstacle.NO_CLEAN_SPAN);
        }
      }
    }
    if (!takeAgain(strings, nodes)) {
      return Cleaned.not(obstacle == null ? Obstacle.TOO_MUCH : obstacle);
    }
    return rewritten(strings, said);
  }

  /** Findings of one string, as values that do not overlap. */
  private boolean take(int node, String text, List<Finding> findings) {
    List<Value> values = new ArrayList<>(findings.size());
    List<Finding> strongestFirst = new ArrayList<>(findings);
    strongestFirst.sort(Comparator.comparing(Finding::likelihood).reversed().thenComparing(f -> f.start() - f.end()).thenComparing(Finding::type));
    for (Finding finding : strongestFirst) {
      CleanSpan span = CleanSpan.of(text, finding.start(), finding.end());
      if (span == null) {
        return false;
      }
      int start = span.start;
      int end = span.end;
      if (!WHOLE.contains(finding.type())) {
        while (start < end - 1 && EDGE.indexOf(text.charAt(start)) >= 0) {
          start++;
        }
        while (start < end - 1 && EDGE.indexOf(text.charAt(end - 1)) >= 0) {
          end--;
        }
      }
      values.add(new Value(start, end, finding.type(), values.size()));
    }
    List<Value> merged = merged(values);
    places.put(node, merged);
    for (Value value : merged) {
      typeOf.putIfAbsent(text.substring(value.start, value.end), value.type);
    }
    return true;
  }

  /** Values in order of place; those that overlap become one. */
  private static List<Value> merged(List<Value> values) {
    List<Value> sorted = new ArrayList<>(values);
    sorted.sort(Comparator.comparingInt(Value::start));
    List<Value> out = new ArrayList<>(sorted.size());
    for (Value next : sorted) {
      Value last = out.isEmpty() ? null : out.get(out.size() - 1);
      if (last == null || next.start >= last.end) {
        out.add(next);
      } else {
        Value first = next.rank < last.rank ? next : last;
        out.set(out.size() - 1, new Value(last.start, Math.max(last.end, next.end), first.type, first.rank));
      }
    }
    return out;
  }

  /** Takes the values wherever else they stand; false on an obstacle or when the steps are spent. */
  private boolean takeAgain(Map<Integer, String> strings, TextNodes nodes) {
    Occurrences again = new Occurrences(typeOf.keySet(), MAX_STEPS);
    for (Map.Entry<Integer, String> entry : strings.entrySet()) {
      int node = entry.getKey();
      String text = entry.getValue();
      List<Value> values = new ArrayList<>(places.getOrDefault(node, List.of()));
      int before = values.size();
      boolean whole = again.find(text, (start, end) ->
          values.add(new Value(start, end, typeOf.getOrDefault(text.substring(start, end), FALLBACK_WORD), Integer.MAX_VALUE)));
      if (!whole) {
        return false;
      }
      if (values.size() > before) {
        if (!nodes.replaceable(node, kind)) {
          obstacle = Obstacle.NOT_A_TEXT;
          return false;
        }
        places.put(node, merged(values));
      }
    }
    return true;
  }

  private Cleaned rewritten(Map<Integer, String> strings, StringBuilder said) {
    Map<String, String> stands = new LinkedHashMap<>();
    List<Pseudonyms.Pseudonym> pseudonyms = new ArrayList<>();
    List<String> wanted = new ArrayList<>();
    Map<String, String> words = new HashMap<>();
    for (Map.Entry<Integer, String> entry : strings.entrySet()) {
      for (Value value : places.getOrDefault(entry.getKey(), List.of())) {
        String original = entry.getValue().substring(value.start, value.end);
        if (words.putIfAbsent(original, value.type) == null) {
          wanted.add(original);
        }
      }
    }
    if (wanted.size() > Codes.MAX) {
      return Cleaned.not(Obstacle.TOO_MUCH);
    }
    Codes codes = kind == Transformation.PSEUDONYMISE ? Codes.of(Codes.upper(said.toString()), seed, wanted.size()) : null;
    if (kind == Transformation.PSEUDONYMISE && codes == null) {
      return Cleaned.not(Obstacle.TOO_MUCH);
    }
    for (String original : wanted) {
      String type = words.getOrDefault(original, FALLBACK_WORD);
      if (codes != null) {
        Pseudonyms.Pseudonym made = new Pseudonyms.Pseudonym(word(type), codes.code(pseudonyms.size()), original);
        pseudonyms.add(made);
        stands.put(original, made.placeholder());
      } else {
        stands.put(original, kind == Transformation.MASK ? Masks.masked(type, original) : Masks.redacted(type));
      }
    }
    return spliced(strings, stands, new Pseudonyms(pseudonyms));
  }

  /** The type as a word for the model; types are upper snake case, but a policy's own may be anything. */
  private static String word(String type) {
    return type.length() <= LONGEST_WORD && type.matches("[A-Z][A-Z0-9_]*[A-Z0-9]") ? type : FALLBACK_WORD;
  }

  private Cleaned spliced(Map<Integer, String> strings, Map<String, String> stands, Pseudonyms pseudonyms) {
    Splices edits = new Splices(source);
    for (Map.Entry<Integer, String> entry : strings.entrySet()) {
      int node = entry.getKey();
      List<Value> values = places.getOrDefault(node, List.of());
      if (values.isEmpty()) {
        continue;
      }
      String text = entry.getValue();
      String cleaned = rewritten(text, values, stands, false);
      if (TextNodes.isJson(text) && !TextNodes.isJson(cleaned)) {
        // A number without quotes, most likely: {"card": 4111111111111111}.
        cleaned = rewritten(text, values, stands, true);
        if (!TextNodes.isJson(cleaned)) {
          return Cleaned.not(Obstacle.EMBEDDED_JSON);
        }
      }
      edits.replace(node, JsonWriter.quote(cleaned));
    }
    try {
      JsonText cleaned = JsonText.parse(edits.toBytes(), JsonLimits.DEFAULT);
      if (!sameShape(cleaned)) {
        throw new IllegalStateException("more than strings changed");
      }
      return Cleaned.of(cleaned, pseudonyms);
    } catch (JsonException e) {
      throw new IllegalStateException("a cleaned text is valid JSON", e);
    }
  }

  private static String rewritten(String text, List<Value> values, Map<String, String> stands, boolean quoteNumbers) {
    StringBuilder out = new StringBuilder(text.length() + 16 * values.size());
    int from = 0;
    for (Value value : values) {
      String original = text.substring(value.start, value.end);
      String quote = quoteNumbers && original.chars().allMatch(c -> c >= '0' && c <= '9') && !inQuotes(text, value) ? "\"" : "";
      out.append(text, from, value.start).append(quote).append(stands.get(original)).append(quote);
      from = value.end;
    }
    return out.append(text, from, text.length()).toString();
  }

  /** Whether no bare JSON number can stand here: letters or quotes touch the value. */
  private static boolean inQuotes(String text, Value value) {
    char before = value.start == 0 ? ' ' : text.charAt(value.start - 1);
    char behind = value.end == text.length() ? ' ' : text.charAt(value.end);
    return " \t\n:,[".indexOf(before) < 0 || " \t\n,]}".indexOf(behind) < 0;
  }

  private boolean sameShape(JsonText cleaned) {
    if (cleaned.size() != source.size()) {
      return false;
    }
    for (int node = 0; node < source.size(); node++) {
      if (cleaned.kind(node) != source.kind(node) || cleaned.next(node) != source.next(node)) {
        return false;
      }
    }
    return true;
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
