package io.tidegate.cli;

import io.tidegate.config.ConfigLoader;
import io.tidegate.config.Environment;
import io.tidegate.config.TidegateConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command that reads the configuration. */
final class ConfigOptions {
  /** Names the file where {@code --config} does not. */
  static final String VARIABLE = "TIDEGATE_CONFIG";

  @Option(names = {"-c", "--config"}, paramLabel = "FILE", description = "Configuration file. Default: the one that TIDEGATE_CONFIG names, else the built-in settings.")
  @Nullable Path file;

  @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Overrides one setting, such as http.listen=127.0.0.1:9000. May be repeated.")
  List<String> sets = new ArrayList<>();

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help.")
  boolean help;

  /** The configuration; empty after all its problems were printed. */
  Optional<TidegateConfig> load(Environment environment, Terminal terminal) {
    ConfigLoader.Loaded loaded = read(environment);
    terminal.problems(loaded.problems());
    return loaded.config();
  }

  /** The configuration, or its problems. */
  ConfigLoader.Loaded read(Environment environment) {
    return ConfigLoader.load(file(environment), environment, sets);
  }

  /** Null for the built-in settings. */
  @Nullable Path file(Environment environment) {
    String named = environment.variables().getOrDefault(VARIABLE, "");
    if (file == null && !named.isEmpty()) {
      file = Path.of(named);
    }
    return file;
  }
}
