package io.tidegate.cli;

import io.tidegate.config.Environment;
import io.tidegate.config.Listen;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Asks a running daemon to read everything again that can change while it runs. */
@Command(name = "tidegate reload", description = "Asks a running daemon to read its configuration, certificates and policies again. Exits with 1 if any "
    + "was refused: then what was in force stays. Keys that need a restart are named.")
final class ReloadCommand implements Callable<Integer> {
  private static final int SECONDS = 35;

  @Mixin ConfigOptions options = new ConfigOptions();

  private final Environment environment;
  private final Terminal terminal;

  ReloadCommand(Environment environment, Terminal terminal) {
    this.environment = environment;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    return options.load(environment, terminal).map(config -> ask(config.admin().listen())).orElse(Exit.BAD_CONFIGURATION);
  }

  private int ask(Listen admin) {
    try {
      AdminClient.Answer answer = new AdminClient(admin).post("/admin/reload", SECONDS);
      terminal.out().println(answer.body().strip());
      return answer.status() == 200 ? Exit.GOOD : Exit.FOUND;
    } catch (IOException unreachable) {
      terminal.err().println("no daemon answers at " + admin + " (" + unreachable.getClass().getSimpleName()
          + "). Fix: start it, or name its admin.listen with --config or --set");
      return Exit.FOUND;
    }
  }
}
