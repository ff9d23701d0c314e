package io.tidegate.cli;

import io.tidegate.config.Environment;
import io.tidegate.config.Listen;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows how a running daemon fares, as its admin listener tells. */
@Command(name = "tidegate status",
    description = "Shows a running daemon's /admin/status. Exits with 1 if there is none or it is not ready.")
final class StatusCommand implements Callable<Integer> {
  @Mixin ConfigOptions options = new ConfigOptions();

  private final Environment environment;
  private final Terminal terminal;

  StatusCommand(Environment environment, Terminal terminal) {
    this.environment = environment;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    return options.load(environment, terminal).map(config -> ask(config.admin().listen())).orElse(Exit.BAD_CONFIGURATION);
  }

  private int ask(Listen admin) {
    try {
      AdminClient client = new AdminClient(admin);
      terminal.out().println(client.get("/admin/status").body().strip());
      return client.get("/readyz").status() == 200 ? Exit.GOOD : Exit.FOUND;
    } catch (IOException unreachable) {
      terminal.err().println("no daemon answers at " + admin + " (" + unreachable.getClass().getSimpleName()
          + "). Fix: start it, or name its admin.listen with --config or --set");
      return Exit.FOUND;
    }
  }
}
