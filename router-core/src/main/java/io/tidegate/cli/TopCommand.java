package io.tidegate.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidegate.config.Environment;
import io.tidegate.config.Listen;
import io.tidegate.terminal.Screen;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A running daemon's rates, again and again. */
@Command(name = "tidegate top", description = "Shows again and again what a running daemon does: requests a second by sensitivity and destination, who waits, "
    + "upstreams with places in use and times. On a terminal the picture stays in place; elsewhere each follows the one before. Ends with Ctrl-C.")
final class TopCommand implements Callable<Integer> {
  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofHours(1);
  private static final String HOME = "\u001b[H";
  private static final String TO_END_OF_LINE = "\u001b[K";
  private static final String TO_END_OF_SCREEN = "\u001b[J";

  @Option(names = "--interval", paramLabel = "DURATION", description = "Between two pictures, such as 2s or 1m: 0.1s to 1h. Default: ${DEFAULT-VALUE}.")
  String interval = "2s";

  @Option(names = "--once", description = "One picture, of one interval, and no more. Exits with 1 if no daemon answers.")
  boolean once;

  @Option(names = "--json", description = "Prints one JSON object a picture, one a line.")
  boolean json;

  @Mixin ConfigOptions options = new ConfigOptions();

  private final Environment environment;
  private final Terminal terminal;

  TopCommand(Environment environment, Terminal terminal) {
    this.environment = environment;
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    Duration between;
    try {
      between = AuditExportCommand.duration(interval);
    } catch (DateTimeException malformed) {
      between = Duration.ZERO;
    }
    if (between.compareTo(SHORTEST) < 0 || between.compareTo(LONGEST) > 0) {
      terminal.err().println("--interval: a number with s, m or h, from 0.1s to 1h");
      return Exit.USAGE;
    }
    var config = options.load(environment, terminal);
    if (config.isEmpty()) {
      return Exit.BAD_CONFIGURATION;
    }
    return show(config.get().admin().listen(), between, json ? Screen.NONE : Screen.of(Screen.OUT, environment.variables()));
  }

  private int show(Listen admin, Duration between, Screen screen) throws InterruptedException {
    AdminClient client = new AdminClient(admin);
    @Nullable TopSample before = null;
    while (true) {
      try {
        TopSample now = sample(client);
        if (before != null) {
          show(new TopView(before, now), screen);
          if (once) {
            return Exit.GOOD;
          }
        }
        before = now;
      } catch (IOException unreachable) {
        // A daemon that restarts comes back: it is waited for, unless one picture was all that was asked for, or there never was a daemon.
        int exit = AdminClient.nobody(terminal, admin, unreachable);
        if (once || before == null) {
          return exit;
        }
      }
      if (terminal.out().checkError()) {
        // Nobody reads any more.
        return Exit.GOOD;
      }
      Thread.sleep(between.toMillis());
    }
  }

  private static TopSample sample(AdminClient client) throws IOException {
    String metrics = client.page("/metrics");
    String status = client.page("/admin/status");
    return new TopSample(System.nanoTime(), Series.parse(metrics), new ObjectMapper().readTree(status));
  }

  private void show(TopView view, Screen screen) {
    if (json) {
      terminal.json(view.json(Instant.now().truncatedTo(ChronoUnit.MILLIS).toString()));
      return;
    }
    List<TopView.Line> lines = view.lines();
    StringBuilder out = new StringBuilder(screen.terminal() && !once ? HOME : "");
    int most = screen.terminal() && !once ? Math.min(lines.size(), screen.rows() - 1) : lines.size();
    for (TopView.Line line : lines.subList(0, Math.max(1, most))) {
      String text = screen.terminal() && line.text().length() > screen.columns() ? line.text().substring(0, screen.columns()) : line.text();
      out.append(switch (line.tone()) {
        case HEAD -> screen.bold(text);
        case BAD -> screen.bad(text);
        case PLAIN -> text;
      }).append(screen.terminal() && !once ? TO_END_OF_LINE : "").append('\n');
    }
    out.append(screen.terminal() && !once ? TO_END_OF_SCREEN : once ? "" : "\n");
    terminal.out().print(out);
    terminal.out().flush();
  }
}
