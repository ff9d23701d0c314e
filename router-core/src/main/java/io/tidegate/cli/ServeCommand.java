package io.tidegate.cli;

import io.tidegate.config.ConfigLoader;
import io.tidegate.config.Environment;
import io.tidegate.daemon.reload.ConfigSource;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs the daemon. */
@Command(name = "tidegate serve", description = "Runs the daemon.")
final class ServeCommand implements Callable<Integer> {
  @Mixin ConfigOptions options = new ConfigOptions();

  @Option(names = "--warm-up", description = "Starts, answers a few requests of its own from a stand-in on loopback, and stops: for making a class cache.")
  boolean warmUp;

  private final Environment environment;
  private final Terminal terminal;
  private final Server server;

  ServeCommand(Environment environment, Terminal terminal, Server server) {
    this.environment = environment;
    this.terminal = terminal;
    this.server = server;
  }

  /**
   * Takes plain options without picocli, whose first use costs about 85 ms of a start that should take a second (JDK 17, two cores; a class cache
   * does not help, since picocli's classes are too old for it). False if there is anything else, such as {@code --help} or a mistake: that is
   * picocli's to explain.
   */
  boolean takes(String[] arguments) {
    for (int i = 0; i < arguments.length; i++) {
      String argument = arguments[i];
      if (argument.equals("--warm-up")) {
        warmUp = true;
        continue;
      }
      String name = argument.startsWith("--config=") ? "--config" : argument.startsWith("--set=") ? "--set" : argument;
      boolean attached = !name.equals(argument);
      if (!name.equals("--config") && !name.equals("-c") && !name.equals("--set") || !attached && i + 1 == arguments.length) {
        return false;
      }
      String value = attached ? argument.substring(name.length() + 1) : arguments[++i];
      if (value.isEmpty() || value.startsWith("-") || !name.equals("--set") && options.file != null) {
        return false;
      }
      try {
        if (name.equals("--set")) {
          options.sets.add(value);
        } else {
          options.file = Path.of(value);
        }
      } catch (InvalidPathException notAPath) {
        return false;
      }
    }
    return true;
  }

  @Override
  public Integer call() {
    if (warmUp) {
      // Beside a daemon that already holds the usual ports.
      options.sets.addAll(List.of("http.listen=127.0.0.1:0", "grpc.listen=127.0.0.1:0", "admin.listen=127.0.0.1:0"));
    }
    ConfigLoader.Loaded loaded = options.read(environment);
    terminal.problems(loaded.problems());
    return loaded.config().map(config -> warmUp ? new WarmUp(environment.variables()).run(config, terminal)
        : server.run(config, new ConfigSource(loaded, () -> options.read(environment)), terminal)).orElse(Exit.BAD_CONFIGURATION);
  }
}
