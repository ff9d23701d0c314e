package io.tidegate.yaml;

import io.tidegate.model.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A mapping that is read key by key. Every reading method counts its key as known; {@link #end} reports the others. A value that cannot be
 * read is a problem, and the default (or an empty value) stands in for it, so that reading goes on and finds the rest. Not thread-safe.
 */
public final class YamlMap implements YamlNode {
  private final YamlPosition position;
  private final Map<String, Entry> entries;
  private final List<Problem> problems;
  private final Set<String> asked = new HashSet<>();

  record Entry(YamlPosition keyPosition, YamlNode value) {}

  YamlMap(YamlPosition position, Map<String, Entry> entries, List<Problem> problems) {
    this.position = position;
    this.entries = new LinkedHashMap<>(entries);
    this.problems = problems;
  }

  /** Whether the key is there, with whatever value. */
  public boolean has(String key) {
    asked.add(key);
    return entries.containsKey(key);
  }

  /** The keys in the file's order, for mappings whose keys are the author's own names. */
  public List<String> keys() {
    return List.copyOf(entries.keySet());
  }

  /** A text that must be there and not be empty; {@code ""} after a problem. */
  public String string(String key) {
    return text(key).map(YamlText::text).orElse("");
  }

  /** A text with its place, that must be there and not be empty. */
  public Optional<YamlText> text(String key) {
    if (!has(key)) {
      missing(key, "a text");
      return Optional.empty();
    }
    Optional<YamlText> text = optionalText(key);
    if (text.isPresent() && text.get().text().isBlank()) {
      problem(key, "'" + key + "' is empty", "give it a value");
      return Optional.empty();
    }
    return text;
  }

  /** A text that may be absent. */
  public Optional<String> optionalString(String key) {
    return optionalText(key).map(YamlText::text);
  }

  /** A text that may be absent, with its place. */
  public Optional<YamlText> optionalText(String key) {
    return scalar(key, "a text");
  }

  /** A whole number, {@code min ≤ n ≤ max}. */
  public int integer(String key, int min, int max, int ifAbsent) {
    return (int) scalar(key, "a whole number").map(t -> YamlScalars.integer(t)
        .filter(n -> n >= min && n <= max)
        .orElseGet(() -> wrong(t, key, "a whole number from " + min + " to " + max, (long) ifAbsent))).orElse((long) ifAbsent).longValue();
  }

  /** A number, {@code min ≤ n ≤ max}. */
  public double decimal(String key, double min, double max, double ifAbsent) {
    return scalar(key, "a number").map(t -> YamlScalars.decimal(t)
        .filter(n -> n >= min && n <= max)
        .orElseGet(() -> wrong(t, key, "a number from " + min + " to " + max, ifAbsent))).orElse(ifAbsent);
  }

  /** {@code true} or {@code false}; YAML 1.1's {@code yes}, {@code on} and the like are texts, and so problems here. */
  public boolean bool(String key, boolean ifAbsent) {
    return scalar(key, "true or false").map(t -> YamlScalars.bool(t)
        .orElseGet(() -> wrong(t, key, "true or false", ifAbsent))).orElse(ifAbsent);
  }

  /** A length of time such as {@code 250ms}, {@code 5s}, {@code 10m}, {@code 1h}, {@code 30d}; {@code min ≤ d ≤ max}. */
  public Duration duration(String key, Duration min, Duration max, Duration ifAbsent) {
    return scalar(key, "a duration").map(t -> YamlScalars.duration(t)
        .filter(d -> d.compareTo(min) >= 0 && d.compareTo(max) <= 0)
        .orElseGet(() -> wrong(t, key, "a duration from " + YamlScalars.show(min) + " to " + YamlScalars.show(max) + ", such as 250ms, 5s, 10m, 1h",
            ifAbsent))).orElse(ifAbsent);
  }

  /** A size such as {@code 512}, {@code 64KiB}, {@code 16MiB}, {@code 10GiB}; {@code min ≤ n ≤ max}. */
  public long bytes(String key, long min, long max, long ifAbsent) {
    return scalar(key, "a size").map(t -> YamlScalars.bytes(t)
        .filter(n -> n >= min && n <= max)
        .orElseGet(() -> wrong(t, key, "a size from " + YamlScalars.show(min) + " to " + YamlScalars.show(max) + ", such as 64KiB, 16MiB, 1GiB",
            ifAbsent))).orElse(ifAbsent);
  }

  /** One of the enum's words, in any case, with {@code -}, {@code _} and {@code .} alike. */
  public <E extends Enum<E>> E enumeration(String key, Class<E> type, E ifAbsent) {
    return optionalEnumeration(key, type).orElse(ifAbsent);
  }

  /** One of the enum's words; empty if absent or, after a problem, wrong. */
  public <E extends Enum<E>> Optional<E> optionalEnumeration(String key, Class<E> type) {
    return scalar(key, YamlScalars.words(type)).flatMap(t -> word(t, key, type));
  }

  /** A list of the enum's words; empty if absent. */
  public <E extends Enum<E>> List<E> enumerations(String key, Class<E> type) {
    List<E> read = new ArrayList<>();
    for (YamlText text : texts(key)) {
      word(text, key, type).ifPresent(read::add);
    }
    return read;
  }

  /** A mapping; one without entries if absent. */
  public YamlMap map(String key) {
    return optionalMap(key).orElseGet(() -> new YamlMap(position(key), Map.of(), problems));
  }

  /** A mapping that must be there. */
  public YamlMap requiredMap(String key) {
    if (!has(key)) {
      missing(key, "a mapping");
    }
    return map(key);
  }

  public Optional<YamlMap> optionalMap(String key) {
    return value(key).flatMap(node -> {
      if (node instanceof YamlMap map) {
        return Optional.of(map);
      }
      kindProblem(node, key, "a mapping");
      return Optional.empty();
    });
  }

  /** A list of mappings; empty if absent. */
  public List<YamlMap> maps(String key) {
    List<YamlMap> read = new ArrayList<>();
    for (YamlNode node : items(key)) {
      if (node instanceof YamlMap map) {
        read.add(map);
      } else {
        problems.add(node.position().problem("each entry of '" + shown(key) + "' must be a mapping, not " + node.kind(), "write '- key: value'"));
      }
    }
    return read;
  }

  /** A list of texts; empty if absent. */
  public List<String> strings(String key) {
    return texts(key).stream().map(YamlText::text).collect(Collectors.toList());
  }

  /** A list of texts with their places; empty if absent. */
  public List<YamlText> texts(String key) {
    List<YamlText> read = new ArrayList<>();
    for (YamlNode node : items(key)) {
      if (node instanceof YamlText text && !text.isNull()) {
        read.add(text);
      } else {
        problems.add(node.position().problem("each entry of '" + shown(key) + "' must be a text, not " + node.kind(), "write '- value'"));
      }
    }
    return read;
  }

  /** Whether the key's value is a mapping. */
  public boolean isMap(String key) {
    return has(key) && entries.get(key).value() instanceof YamlMap;
  }

  /**
   * The entries of a list that may hold texts and mappings, in order; empty if absent.
   *
   * @param ofText makes something of a text, or nothing
   * @param ofMap makes something of a mapping, or nothing
   */
  public <T> List<T> mixed(String key, Function<YamlText, Optional<T>> ofText, Function<YamlMap, Optional<T>> ofMap) {
    List<T> read = new ArrayList<>();
    for (YamlNode node : items(key)) {
      if (node instanceof YamlMap map) {
        ofMap.apply(map).ifPresent(read::add);
      } else if (node instanceof YamlText text && !text.isNull()) {
        ofText.apply(text).ifPresent(read::add);
      } else {
        problems.add(node.position().problem("each entry of '" + shown(key) + "' must be a text or a mapping, not " + node.kind(), "write '- value'"));
      }
    }
    return read;
  }

  /** One of the enum's words from a text in the list {@code key}; empty after a problem. */
  public <E extends Enum<E>> Optional<E> wordOf(YamlText text, String key, Class<E> type) {
    return word(text, key, type);
  }

  /** How many entries the list has; 0 if absent or not a list. */
  public int list(String key) {
    return has(key) && entries.get(key).value() instanceof Items items ? items.nodes().size() : 0;
  }

  @Override
  public YamlPosition position() {
    return position;
  }

  /** Place of the key's value; of the mapping itself if the key is absent. */
  public YamlPosition position(String key) {
    Entry entry = entries.get(key);
    return entry == null ? position : entry.value().position();
  }

  /** Place of the key itself; of the mapping if the key is absent. */
  public YamlPosition keyPosition(String key) {
    Entry entry = entries.get(key);
    return entry == null ? position : entry.keyPosition();
  }

  /** A value on one line, for a person: a list of mappings as their number. Empty if absent or a mapping. Does not count the key as asked for. */
  public Optional<String> written(String key) {
    Entry entry = entries.get(key);
    if (entry == null || entry.value() instanceof YamlMap) {
      return Optional.empty();
    }
    if (entry.value() instanceof Items items) {
      List<YamlNode> nodes = items.nodes();
      boolean texts = nodes.stream().allMatch(YamlText.class::isInstance);
      return Optional.of(texts ? nodes.stream().map(node -> YamlBuilder.clean(((YamlText) node).text())).collect(Collectors.joining(", ", "[", "]"))
          : "(" + nodes.size() + (nodes.size() == 1 ? " entry)" : " entries)"));
    }
    return Optional.of(YamlBuilder.clean(((YamlText) entry.value()).text()));
  }

  /** A default as it would be written: durations with their unit. */
  public static String written(Object value) {
    return value instanceof Duration duration ? YamlScalars.show(duration) : value instanceof Long bytes ? YamlScalars.show(bytes) : value.toString();
  }

  /** Reports a mistake in the key's value. */
  public void problem(String key, String message, String fix) {
    problems.add(position(key).problem(message, fix));
  }

  /** Reports a mistake at some place of this file. */
  public void problem(YamlPosition at, String message, String fix) {
    problems.add(at.problem(message, fix));
  }

  /** Reports every key that was never asked for. To be called once all known keys were read. */
  public void end() {
    for (Map.Entry<String, Entry> entry : entries.entrySet()) {
      if (!asked.contains(entry.getKey())) {
        Set<String> free = new HashSet<>(asked);
        free.removeAll(entries.keySet());
        String fix = Suggestion.near(entry.getKey(), free.stream().sorted().toList())
            .or(() -> Suggestion.near(entry.getKey(), asked.stream().sorted().toList()))
            .map(word -> "did you mean '" + word + "'?")
            .orElseGet(() -> asked.isEmpty() ? "remove it" : "remove it; known here: " + String.join(", ", asked.stream().sorted().toList()));
        problems.add(entry.getValue().keyPosition().problem("unknown key '" + shown(entry.getKey()) + "'", fix));
      }
    }
  }

  @Override
  public String kind() {
    return "a mapping";
  }

  /** The keys only. */
  @Override
  public String toString() {
    return "YamlMap" + entries.keySet();
  }

  private Optional<YamlNode> value(String key) {
    if (!has(key)) {
      return Optional.empty();
    }
    YamlNode node = entries.get(key).value();
    if (node instanceof YamlText text && text.isNull()) {
      problems.add(keyPosition(key).problem("'" + shown(key) + "' has no value", "give it a value, or remove the key"));
      return Optional.empty();
    }
    return Optional.of(node);
  }

  private Optional<YamlText> scalar(String key, String wanted) {
    return value(key).flatMap(node -> {
      if (node instanceof YamlText text) {
        return Optional.of(text);
      }
      kindProblem(node, key, wanted);
      return Optional.empty();
    });
  }

  private List<YamlNode> items(String key) {
    YamlNode node = value(key).orElse(null);
    if (node == null) {
      return List.of();
    }
    if (node instanceof Items items) {
      return items.nodes();
    }
    kindProblem(node, key, "a list");
    return List.of();
  }

  private <E extends Enum<E>> Optional<E> word(YamlText text, String key, Class<E> type) {
    Optional<E> found = YamlScalars.word(text, type);
    if (found.isEmpty()) {
      String allowed = YamlScalars.words(type);
      String fix = Suggestion.near(text.text(), YamlScalars.wordList(type)).map(word -> "did you mean '" + word + "'?")
          .orElse("write one of: " + allowed);
      problems.add(text.position().problem("'" + shown(key) + "' must be one of: " + allowed, fix));
    }
    return found;
  }

  private <T> T wrong(YamlText at, String key, String wanted, T instead) {
    problems.add(at.position().problem("'" + shown(key) + "' must be " + wanted, "write " + wanted));
    return instead;
  }

  private void kindProblem(YamlNode node, String key, String wanted) {
    String how = switch (wanted) {
      case "a list" -> "write '" + shown(key) + ": [a, b]' or one '- entry' a line";
      case "a mapping" -> "write the keys below '" + shown(key) + ":', indented";
      default -> "write " + wanted + " after '" + shown(key) + ":'";
    };
    problems.add(node.position().problem("'" + shown(key) + "' must be " + wanted + ", not " + node.kind(), how));
  }

  private void missing(String key, String wanted) {
    problems.add(position.problem("'" + shown(key) + "' is missing", "add '" + shown(key) + ":' with " + wanted));
  }

  private static String shown(String key) {
    return YamlBuilder.clean(key);
  }
}
