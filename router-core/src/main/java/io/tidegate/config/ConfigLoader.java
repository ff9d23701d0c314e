package io.tidegate.config;

import io.tidegate.model.Problem;
import io.tidegate.yaml.YamlDocument;
import io.tidegate.yaml.YamlLimits;
import io.tidegate.yaml.YamlMap;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads a configuration, whole or not at all. Blocking: files, and nothing else of the outside. */
public final class ConfigLoader {
  private ConfigLoader() {}

  /**
   * What came of a load.
   *
   * @param config empty if and only if there are problems
   * @param problems by file, line and column
   * @param values what each key means, for {@link #changes}; secrets among them
   */
  public record Loaded(Optional<TidegateConfig> config, List<Problem> problems, Map<String, Object> values) {
    public Loaded {
      problems = List.copyOf(problems);
    }

    /** The keys that mean something else here than in {@code before}: {@code http.idleTimeout}, {@code upstreams[0].key}. In order, names only. */
    public SortedSet<String> changes(Loaded before) {
      return BoundValues.changes(before.values, values);
    }

    /** Says nothing of the values. */
    @Override
    public String toString() {
      return "Loaded[" + problems.size() + " problems]";
    }
  }

  /** Without flags. */
  public static Loaded load(@Nullable Path file, Environment environment) {
    return load(file, environment, List.of());
  }

  /**
   * Flags over {@code TIDEGATE_*} variables over the file over the defaults.
   *
   * @param file null for the defaults
   * @param flags each {@code key.path=value}, the value as YAML
   */
  public static Loaded load(@Nullable Path file, Environment environment, List<String> flags) {
    return load(file, environment, flags, new TreeSet<>());
  }

  /** What came of a load, and where each value came from; empty if there are problems. */
  public record Shown(Loaded loaded, List<Origins.Origin> origins) {}

  /** The same as {@link #load(Path, Environment, List)}, and says where each value came from. */
  public static Shown show(@Nullable Path file, Environment environment, List<String> flags) {
    Origins origins = new Origins(named(file));
    Loaded loaded = load(file, environment, flags, new TreeSet<>(), origins);
    return new Shown(loaded, loaded.config().isEmpty() ? List.of() : List.copyOf(origins.all()));
  }

  /** @param asked takes every key that the binder knows; list entries as {@code upstreams[].name} */
  static Loaded load(@Nullable Path file, Environment environment, List<String> flags, Set<String> asked) {
    return load(file, environment, flags, asked, null);
  }

  private static String named(@Nullable Path file) {
    return file == null ? "(defaults)" : file.toString();
  }

  private static Loaded load(@Nullable Path file, Environment environment, List<String> flags, Set<String> asked, @Nullable Origins origins) {
    List<Problem> problems = new ArrayList<>();
    String name = named(file);
    Optional<byte[]> bytes = file == null ? Optional.of("{}".getBytes(StandardCharsets.UTF_8)) : read(file, environment, problems);
    Optional<YamlMap> root = bytes.flatMap(content -> YamlDocument.parse(name, content, YamlLimits.DEFAULT, problems));
    if (root.isEmpty()) {
      return new Loaded(Optional.empty(), problems, Map.of());
    }
    Overrides overrides = new Overrides(flags, environment.variables(), problems, origins);
    Map<String, Object> values = new HashMap<>();
    TidegateConfig config = new ConfigBinder(new Section(root.get(), overrides, asked, values), environment).bind();
    overrides.end(asked);
    // A value that two rules read is reported by both.
    List<Problem> sorted = new ArrayList<>(new LinkedHashSet<>(problems));
    sorted.sort(Comparator.comparing((Problem problem) -> !problem.file().equals(name)).thenComparing(Problem::file)
        .thenComparingInt(Problem::line).thenComparingInt(Problem::column));
    return new Loaded(sorted.isEmpty() ? Optional.of(config) : Optional.empty(), sorted, values);
  }

  private static Optional<byte[]> read(Path file, Environment environment, List<Problem> problems) {
    try {
      if (environment.openToOthers(file, true)) {
        problems.add(new Problem(file.toString(), 0, 0, "every user can write this file, and with it say what is private",
            "run: chmod o-w " + file));
      }
      return Optional.of(environment.read(file, YamlLimits.DEFAULT.maxBytes()));
    } catch (NoSuchFileException missing) {
      problems.add(new Problem(file.toString(), 0, 0, "there is no such file", "correct --config, or leave it out for the defaults"));
    } catch (IOException unreadable) {
      problems.add(new Problem(file.toString(), 0, 0, "the file cannot be read (" + unreadable.getClass().getSimpleName() + ")",
          "name a readable file of at most 1MiB"));
    }
    return Optional.empty();
  }
}
