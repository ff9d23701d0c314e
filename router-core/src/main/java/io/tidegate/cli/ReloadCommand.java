package io.tidegate.cli;

import io.tidegate.config.Environment;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Asks a running daemon to read everything again that can change while it runs. */
@Command(name = "tidegate reload", description = "Asks a running daemon to read its configuration, certificates and policies again. Exits with 1 if any "
    + "was refused: then what was in force stays. Keys that need a restart are named.")
final class ReloadCommand implements Callable<Integer> {
  @Option(names = "--json", description = "Prints one JSON object; it does so without this, too. What was wrong is said on standard error as well.")
  boolean json;

  @Mixin OperatorCall daemon = new OperatorCall();

  private final Environment environment;
  private final Terminal terminal;

  ReloadCommand(Environment environment, Terminal terminal) {
    this.environment = environment;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    return daemon.reload(environment, terminal, "/admin/reload");
  }
}
