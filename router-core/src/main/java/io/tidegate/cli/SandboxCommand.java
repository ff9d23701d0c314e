package io.tidegate.cli;

import io.tidegate.config.ConfigLoader;
import io.tidegate.config.Environment;
import io.tidegate.config.TidegateConfig;
import io.tidegate.daemon.reload.ConfigSource;
import java.io.IOException;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs the daemon with emulators for what is missing; exists when the lab is on the class path (decisions 26). */
@Command(name = "tidegate sandbox",
    description = "Runs the daemon with the model services found on this host, and a labelled emulator for each side that is missing.")
final class SandboxCommand implements Callable<Integer> {
  @Mixin ConfigOptions options = new ConfigOptions();

  private final Environment environment;
  private final Terminal terminal;
  private final Server server;

  SandboxCommand(Environment environment, Terminal terminal, Server server) {
    this.environment = environment;
    this.terminal = terminal;
    this.server = server;
  }

  @Override
  public Integer call() throws IOException {
    Optional<Sandbox> lab = ServiceLoader.load(Sandbox.class).findFirst();
    if (lab.isEmpty()) {
      terminal.err().println("tidegate sandbox: the lab is not installed. Fix: set TIDEGATE_LAB to the folder of its jars");
      return Exit.USAGE;
    }
    return run(lab.get());
  }

  /** Stays furnished as at the start; what else the file says is read again on each reload. */
  int run(Sandbox lab) throws IOException {
    ConfigLoader.Loaded loaded = options.read(environment);
    terminal.problems(loaded.problems());
    if (loaded.config().isEmpty()) {
      return Exit.BAD_CONFIGURATION;
    }
    try (Sandbox sandbox = lab) {
      TidegateConfig furnished = sandbox.furnish(loaded.config().get(), environment.variables());
      return server.run(furnished, new ConfigSource(loaded, () -> options.read(environment)), terminal);
    }
  }
}
