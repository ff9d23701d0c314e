package io.tidegate.cli;

import io.tidegate.config.Environment;
import io.tidegate.config.Listen;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Asks a running daemon to read its policies again. */
@Command(name = "tidegate policy reload",
    description = "Asks a running daemon to read its policies again. Exits with 1 if they were refused: then the ones in force stay.")
final class PolicyReloadCommand implements Callable<Integer> {
  private static final int SECONDS = 35;

  @Option(names = "--json", description = "Prints one JSON object; it does so without this, too. What was wrong is said on standard error as well.")
  boolean json;

  @Mixin ConfigOptions options = new ConfigOptions();

  @Mixin OperatorKey operator = new OperatorKey();

  private final Environment environment;
  private final Terminal terminal;

  PolicyReloadCommand(Environment environment, Terminal terminal) {
    this.environment = environment;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    return options.load(environment, terminal).map(config -> ask(config.admin().listen())).orElse(Exit.BAD_CONFIGURATION);
  }

  private int ask(Listen admin) {
    String key;
    try {
      key = operator.read();
    } catch (IOException unusable) {
      terminal.err().println(unusable.getMessage());
      return Exit.USAGE;
    }
    try {
      AdminClient.Answer answer = new AdminClient(admin).post("/admin/policy/reload", SECONDS, key);
      terminal.out().println(answer.body().strip());
      ReloadProblems.print(answer.body(), terminal);
      return answer.status() == 200 ? Exit.GOOD : Exit.FOUND;
    } catch (IOException unreachable) {
      return AdminClient.nobody(terminal, admin, unreachable);
    }
  }
}
