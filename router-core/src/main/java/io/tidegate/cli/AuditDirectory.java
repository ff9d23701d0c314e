package io.tidegate.cli;

import io.tidegate.config.Environment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where the records of an audit command are. */
final class AuditDirectory {
  @Option(names = "--directory", paramLabel = "DIRECTORY", description = "Where the records are. Default: audit.directory of the configuration.")
  @Nullable Path directory;

  @Mixin ConfigOptions options = new ConfigOptions();

  /** Runs {@code then} on the directory, if there is one. */
  int with(Environment environment, Terminal terminal, @Nullable Path named, ToIntFunction<Path> then) {
    Path asked = named != null ? named : directory;
    if (asked == null) {
      asked = options.load(environment, terminal).<@Nullable Path>map(config -> config.audit().directory()).orElse(null);
      if (asked == null) {
        return Exit.BAD_CONFIGURATION;
      }
    }
    if (!Files.isDirectory(asked)) {
      terminal.err().println("there are no records in " + asked + ". Fix: name their directory with --directory or --config");
      return Exit.FOUND;
    }
    return then.applyAsInt(asked);
  }
}
