package io.tidegate.config;

import io.tidegate.yaml.YamlMap;
import io.tidegate.yaml.YamlPosition;
import io.tidegate.yaml.YamlText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A mapping of the file with what stands above it: each key is looked up among the overrides first. Keeps the list of keys that were asked for, which
 * is what the binder knows. One load, one thread.
 */
final class Section {
  private final YamlMap map;
  private final String path;
  private final Overrides overrides;
  private final Set<String> asked;
  /** The path with the numbers of list entries. */
  private final String place;
  private final Map<String, Object> values;

  /**
   * @param asked where full keys are noted
   * @param values where what was read is noted, defaults too, by its place: {@code upstreams[0].name}
   */
  Section(YamlMap root, Overrides overrides, Set<String> asked, Map<String, Object> values) {
    this(root, "", "", overrides, asked, values);
  }

  /** @param path keys from the root, with dots; empty for the root */
  private Section(YamlMap map, String path, String place, Overrides overrides, Set<String> asked, Map<String, Object> values) {
    this.map = map;
    this.path = path;
    this.place = place;
    this.overrides = overrides;
    this.asked = asked;
    this.values = values;
  }

  /** Reads a text or says what is wrong with it. */
  interface Reader<T> {
    T read(String text) throws Malformed;
  }

  boolean has(String key) {
    Overrides.Entry at = at(key);
    return at.map().has(at.key());
  }

  int integer(String key, int min, int max, int ifAbsent) {
    Overrides.Entry at = noted(key, ifAbsent);
    return means(key, at.map().integer(at.key(), min, max, ifAbsent));
  }

  long bytes(String key, long min, long max, long ifAbsent) {
    Overrides.Entry at = noted(key, ifAbsent);
    return means(key, at.map().bytes(at.key(), min, max, ifAbsent));
  }

  double decimal(String key, double min, double max, double ifAbsent) {
    Overrides.Entry at = noted(key, ifAbsent);
    return means(key, at.map().decimal(at.key(), min, max, ifAbsent));
  }

  Duration duration(String key, Duration min, Duration max, Duration ifAbsent) {
    Overrides.Entry at = noted(key, ifAbsent);
    return means(key, at.map().duration(at.key(), min, max, ifAbsent));
  }

  boolean flag(String key, boolean ifAbsent) {
    Overrides.Entry at = noted(key, ifAbsent);
    return means(key, at.map().bool(at.key(), ifAbsent));
  }

  <E extends Enum<E>> Optional<E> word(String key, Class<E> type) {
    Overrides.Entry at = noted(key, null);
    return means(key, at.map().optionalEnumeration(at.key(), type));
  }

  /** A list of words; empty if absent. */
  <E extends Enum<E>> Set<E> words(String key, Class<E> type) {
    Overrides.Entry at = noted(key, null);
    return means(key, Set.copyOf(at.map().enumerations(at.key(), type)));
  }

  /** A word that must be there. */
  <E extends Enum<E>> Optional<E> neededWord(String key, Class<E> type, String words) {
    if (!has(key)) {
      problem(key, "'" + key + "' is missing", "add '" + key + ":' with one of: " + words);
      return Optional.empty();
    }
    return word(key, type);
  }

  /** A text that must be there; empty after a problem. */
  <T> Optional<T> needed(String key, Reader<T> reader) {
    Overrides.Entry at = noted(key, null);
    return means(key, at.map().text(at.key()).flatMap(text -> read(text, reader)));
  }

  /** A text that may be absent; empty also after a problem. */
  <T> Optional<T> optional(String key, Reader<T> reader) {
    Overrides.Entry at = noted(key, null);
    return means(key, at.map().optionalText(at.key()).flatMap(text -> {
      if (text.text().isBlank()) {
        problem(key, "'" + key + "' is empty", "give it a value, or remove the key");
        return Optional.empty();
      }
      return read(text, reader);
    }));
  }

  /** A list of texts; those that cannot be read are problems and left out. */
  <T> List<T> list(String key, Reader<T> reader) {
    List<T> values = new ArrayList<>();
    for (YamlText text : texts(key)) {
      read(text, reader).ifPresent(values::add);
    }
    return means(key, values);
  }

  List<YamlText> texts(String key) {
    Overrides.Entry at = noted(key, null);
    List<YamlText> texts = at.map().texts(at.key());
    means(key, texts.stream().map(YamlText::text).toList());
    return texts;
  }

  /** A mapping; an empty one if absent. */
  Section section(String key) {
    Overrides.Entry at = at(key);
    return new Section(at.map().map(at.key()), full(key), placed(key), overrides, asked, values);
  }

  /** A mapping that means something by being there. */
  Optional<Section> optionalSection(String key) {
    Overrides.Entry at = at(key);
    if (!at.map().has(at.key()) && !overrides.inside(full(key))) {
      return Optional.empty();
    }
    return Optional.of(section(key));
  }

  /** A list of mappings. */
  List<Section> sections(String key) {
    Overrides.Entry at = noted(key, null);
    List<Section> sections = new ArrayList<>();
    for (YamlMap item : at.map().maps(at.key())) {
      sections.add(new Section(item, full(key) + "[]", placed(key) + "[" + sections.size() + "]", overrides, asked, values));
    }
    return sections;
  }

  /** The author's own keys, for a mapping that has no fixed ones. */
  List<String> names() {
    return map.keys();
  }

  /** The value of one of {@link #names}. */
  Optional<YamlText> named(String name) {
    Optional<YamlText> text = map.text(name);
    means(name, text.map(YamlText::text));
    return text;
  }

  YamlPosition position(String key) {
    Overrides.Entry at = at(key);
    return at.map().position(at.key());
  }

  void problem(String key, String message, String fix) {
    Overrides.Entry at = at(key);
    at.map().problem(at.key(), message, fix);
  }

  void problem(YamlPosition place, String message, String fix) {
    map.problem(place, message, fix);
  }

  /** Reports keys that nobody asked for. */
  void end() {
    map.end();
  }

  private <T> Optional<T> read(YamlText text, Reader<T> reader) {
    try {
      return Optional.of(reader.read(text.text()));
    } catch (Malformed malformed) {
      map.problem(text.position(), malformed.message(), malformed.fix());
      return Optional.empty();
    }
  }

  /** {@link #at}, for who reads the value: where it came from is noted, if anybody wants to know. */
  private Overrides.Entry noted(String key, @Nullable Object ifAbsent) {
    Overrides.Entry at = at(key);
    Origins origins = overrides.origins();
    if (origins != null && path.indexOf('[') < 0) {
      origins.note(full(key), at.map(), at.key(), ifAbsent);
    }
    return at;
  }

  private Overrides.Entry at(String key) {
    asked.add(full(key));
    // Counts as asked for in the file, too, so that an overridden key is not an unknown one.
    map.has(key);
    return path.endsWith("[]") ? new Overrides.Entry(map, key) : overrides.at(full(key)).orElseGet(() -> new Overrides.Entry(map, key));
  }

  /** The full key, for a message. */
  String name(String key) {
    return full(key);
  }

  private <T> T means(String key, T value) {
    values.put(placed(key), value);
    return value;
  }

  private String placed(String key) {
    return place.isEmpty() ? key : place + "." + key;
  }

  private String full(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }
}
