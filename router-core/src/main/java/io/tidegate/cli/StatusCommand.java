package io.tidegate.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidegate.config.Environment;
import io.tidegate.config.Listen;
import io.tidegate.terminal.Screen;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows how a running daemon fares, as its admin listener tells. */
@Command(name = "tidegate status", description = "Shows on one screen how a running daemon fares: readiness, policy, upstreams with endpoints and why one is "
    + "out, queues and limits, cache, Consul, records. Exits with 1 if there is none or it is not ready.")
final class StatusCommand implements Callable<Integer> {
  @Option(names = "--json", description = "Prints one JSON object: all of /admin/status.")
  boolean json;

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
      AdminClient.Answer page = client.get("/admin/status");
      if (page.status() != 200) {
        terminal.err().println("what answers at " + admin + " is no admin listener of a daemon (" + page.status() + "). Fix: name its admin.listen with --config or --set");
        return Exit.FOUND;
      }
      String status = page.body().strip();
      AdminClient.Answer ready = client.get("/readyz");
      if (json) {
        terminal.out().println(status);
      } else {
        Screen screen = Screen.of(Screen.OUT, environment.variables());
        ObjectMapper mapper = new ObjectMapper();
        AdminClient.Answer why = client.get("/admin/upstreams");
        new StatusText(screen, admin.toString(), System.currentTimeMillis()).lines(mapper.readTree(status), ready.body(),
            why.status() == 200 ? mapper.readTree(why.body()) : mapper.createObjectNode()).forEach(terminal.out()::println);
      }
      return ready.status() == 200 ? Exit.GOOD : Exit.FOUND;
    } catch (IOException unreachable) {
      return AdminClient.nobody(terminal, admin, unreachable);
    }
  }
}
