package io.tidegate.telemetry;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A label of a metric, and all it may ever say (hazard B4): no value is made of what a caller wrote.
 *
 * @param key as Micrometer takes it; Prometheus shows dots as underscores
 * @param words the values, where they are fixed; beside them those that {@code names} speaks of
 * @param names what else its values are the names of, by the operator's own files; empty for nothing
 */
public record Label(String key, List<String> words, String names) {
  public Label {
    words = List.copyOf(words);
  }

  static Label of(String key, String... words) {
    return new Label(key, List.of(words), "");
  }

  static Label of(String key, Enum<?>... values) {
    return new Label(key, Stream.of(values).map(Label::word).toList(), "");
  }

  /** Names that an operator gave, and some words. */
  static Label named(String key, String names, String... words) {
    return new Label(key, List.of(words), names);
  }

  Label and(String... more) {
    return new Label(key, Stream.concat(words.stream(), Stream.of(more)).toList(), names);
  }

  /** As Prometheus shows it. */
  public String prometheus() {
    return key.replace('.', '_');
  }

  /** How every label value is spelt: {@code EDGE_CACHE} is {@code edge_cache}. */
  public static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
