package io.tidegate.cli;

import io.tidegate.config.Environment;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Asks a running daemon to read its policies again. */
@Command(name = "tidegate policy reload",
    description = "Asks a running daemon to read its policies again. Exits with 1 if they were refused: then the ones in force stay.")
final class PolicyReloadCommand implements Callable<Integer> {
  @Option(names = "--json", description = "Prints one JSON object; it does so without this, too. What was wrong is said on standard error as well.")
  boolean json;

  @Mixin OperatorCall daemon = new OperatorCall();

  private final Environment environment;
  private final Terminal terminal;

  PolicyReloadCommand(Environment environment, Terminal terminal) {
    this.environment = environment;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    return daemon.reload(environment, terminal, "/admin/policy/reload");
  }
}
