package io.tidegate.config;

import io.tidegate.yaml.YamlMap;
import io.tidegate.yaml.YamlPosition;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where each value of one load came from: a flag, a variable, a line of the file, or the default. Only {@code tidegate check} collects it. A secret's value
 * is never in it: what stands in a configuration is a reference, and a load in which it is not has problems and is not shown.
 */
public final class Origins {
  private final String file;
  private final Map<String, Origin> all = new TreeMap<>();

  /** @param file as problems name it */
  Origins(String file) {
    this.file = file;
  }

  /**
   * One setting.
   *
   * @param value as written; of a default that the binder works out from elsewhere {@code ""}
   * @param from {@code --set http.listen}, {@code TIDEGATE_HTTP_LISTEN}, {@code tidegate.yaml:3}, or {@code default}
   */
  public record Origin(String key, String value, String from) {}

  /** By key. */
  public Collection<Origin> all() {
    return List.copyOf(all.values());
  }

  void note(String key, YamlMap map, String name, @Nullable Object ifAbsent) {
    String written = map.written(name).orElse(null);
    if (written == null) {
      all.merge(key, new Origin(key, ifAbsent == null ? "" : YamlMap.written(ifAbsent), "default"), (one, other) -> one.value().isEmpty() ? other : one);
      return;
    }
    YamlPosition at = map.position(name);
    all.put(key, new Origin(key, written, at.file().equals(file) ? file + ":" + at.line() : at.file()));
  }
}
