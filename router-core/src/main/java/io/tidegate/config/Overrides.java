package io.tidegate.config;

import io.tidegate.model.Problem;
import io.tidegate.yaml.Suggestion;
import io.tidegate.yaml.YamlDocument;
import io.tidegate.yaml.YamlLimits;
import io.tidegate.yaml.YamlMap;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What stands above the file: {@code --set http.listen=…}, and below those {@code TIDEGATE_HTTP_LISTEN=…}. Each value is read as YAML, as if it
 * stood behind its full key; one that is no YAML is a text, so that {@code [::1]:7400} needs no quotes. Of two flags for one key the last counts.
 */
final class Overrides {
  private static final String PREFIX = "TIDEGATE_";
  private final Map<String, Entry> flags = new TreeMap<>();
  private final Map<String, String> variables = new TreeMap<>();
  private final Set<String> used = new HashSet<>();
  private final Map<String, Entry> read = new HashMap<>();
  private final List<Problem> problems;
  /** Null where nobody wants to know where values came from. */
  private final @Nullable Origins origins;

  /** One value: {@code map} has the single key {@code key}. */
  record Entry(YamlMap map, String key) {}

  /** @param flags each {@code key=value} */
  Overrides(List<String> flags, Map<String, String> environment, List<Problem> problems, @Nullable Origins origins) {
    this.problems = problems;
    this.origins = origins;
    environment.forEach((name, value) -> {
      if (name.startsWith(PREFIX)) {
        variables.put(name, value);
      }
    });
    for (String flag : flags) {
      int equals = flag.indexOf('=');
      if (equals < 1) {
        problems.add(new Problem("--set", 1, 1, "this is not KEY=VALUE", "write --set http.listen=127.0.0.1:7400"));
        continue;
      }
      String key = flag.substring(0, equals);
      parse("--set " + key, key, flag.substring(equals + 1)).ifPresent(map -> this.flags.put(key, new Entry(map, key)));
    }
  }

  @Nullable Origins origins() {
    return origins;
  }

  /** The value that stands above the file for {@code path}, such as {@code http.listen}. */
  Optional<Entry> at(String path) {
    Entry flag = flags.get(path);
    if (flag != null) {
      used.add(path);
      used.add(variable(path));
      return Optional.of(flag);
    }
    String name = variable(path);
    String value = variables.get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (used.add(name)) {
      parse(name, path, value).ifPresent(map -> read.put(name, new Entry(map, path)));
    }
    return Optional.ofNullable(read.get(name));
  }

  /** Whether a key inside the section {@code path} is overridden: the section then exists even if the file has none. */
  boolean inside(String path) {
    return flags.keySet().stream().anyMatch(key -> key.startsWith(path + "."))
        || variables.keySet().stream().anyMatch(name -> name.startsWith(variable(path) + "_"));
  }

  /**
   * Reports what no key asked for. A variable counts only if it begins with the name of a section: others belong to the launcher, or to
   * Kubernetes, which makes some for every service.
   */
  void end(Collection<String> known) {
    for (Map.Entry<String, Entry> flag : flags.entrySet()) {
      if (!used.contains(flag.getKey())) {
        String fix = Suggestion.near(flag.getKey(), known).map(near -> "did you mean '" + near + "'?")
            .orElse("name a key of docs/configuration.md; what stands in a list is set in the file only");
        problems.add(new Problem("--set " + flag.getKey(), 1, 1, "unknown key '" + Malformed.shown(flag.getKey()) + "'", fix));
      }
    }
    Set<String> sections = new HashSet<>();
    Set<String> names = new HashSet<>();
    for (String path : known) {
      int dot = path.indexOf('.');
      if (dot > 0 && path.indexOf('[') < 0) {
        sections.add(variable(path.substring(0, dot)) + "_");
      }
      if (path.indexOf('[') < 0) {
        names.add(variable(path));
      }
    }
    for (String name : variables.keySet()) {
      if (!used.contains(name) && sections.stream().anyMatch(name::startsWith)) {
        String fix = Suggestion.near(name, names).map(near -> "did you mean " + near + "?").orElse("unset it, or name a key of docs/configuration.md");
        problems.add(new Problem(name, 1, 1, "no key has this variable", fix));
      }
    }
  }

  /** {@code http.bodyLimit} → {@code TIDEGATE_HTTP_BODY_LIMIT}. */
  static String variable(String path) {
    StringBuilder name = new StringBuilder(PREFIX);
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        name.append('_');
      }
      name.append(c == '.' ? '_' : c);
    }
    return name.toString().toUpperCase(Locale.ROOT);
  }

  private Optional<YamlMap> parse(String label, String key, String value) {
    boolean plainKey = key.chars().allMatch(c -> c == '.' || c < 128 && Character.isLetterOrDigit(c) || c == '[' || c == ']');
    if (!plainKey || value.chars().anyMatch(Character::isISOControl)) {
      problems.add(new Problem(plainKey ? label : "--set", 1, 1, "the key or the value holds a character that cannot stand there",
          "write one line: KEY=VALUE"));
      return Optional.empty();
    }
    // A map keeps the list it reports to: the first reading only tells whether the value is YAML.
    List<Problem> syntax = new ArrayList<>();
    document(label, key + ": " + value, syntax);
    return document(label, syntax.isEmpty() ? key + ": " + value : key + ": '" + value.replace("'", "''") + "'", problems);
  }

  private static Optional<YamlMap> document(String label, String text, List<Problem> problems) {
    return YamlDocument.parse(label, text.getBytes(java.nio.charset.StandardCharsets.UTF_8), YamlLimits.DEFAULT, problems);
  }
}
