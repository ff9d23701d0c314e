package io.tidegate.cli;

import io.tidegate.daemon.Version;
import java.util.concurrent.Callable;

/** Says which build this is. */
final class VersionCommand implements Callable<Integer> {
  private final Terminal terminal;

  VersionCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    terminal.out().println("tidegate " + Version.text() + " (Java " + Runtime.version() + ")");
    return Exit.GOOD;
  }
}
