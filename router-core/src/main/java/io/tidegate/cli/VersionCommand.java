package io.tidegate.cli;

import io.tidegate.daemon.Version;
import io.tidegate.wire.JsonWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Says which build this is. */
@Command(name = "tidegate version", description = "Says which build this is, and which Java runs it.")
final class VersionCommand implements Callable<Integer> {
  @Option(names = "--json", description = "Prints one JSON object.")
  boolean json;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help.")
  boolean help;

  private final Terminal terminal;

  VersionCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (json) {
      terminal.json(new JsonWriter().beginObject().key("version").string(Version.text()).key("java").string(Runtime.version().toString()).endObject());
    } else {
      terminal.out().println("tidegate " + Version.text() + " (Java " + Runtime.version() + ")");
    }
    return Exit.GOOD;
  }
}
