package io.tidegate.cli;

import io.tidegate.config.Environment;
import io.tidegate.daemon.Version;
import io.tidegate.terminal.CommandReference;
import io.tidegate.terminal.ManualPages;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes the manual pages; a package installs them below {@code share/man}. */
@Command(name = "tidegate man", description = "Writes a manual page for each command: DIR/man1/tidegate.1, DIR/man1/tidegate-policy-prove.1 and so on. "
    + "Packages do so with --output share/man.")
final class ManCommand implements Callable<Integer> {
  @Option(names = "--output", paramLabel = "DIR", description = "Where to; the pages are below DIR/man1.")
  @Nullable Path output;

  @Option(names = "--markdown", description = "Prints the reference of docs/commands.md instead.")
  boolean markdown;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help.")
  boolean help;

  private final Environment environment;
  private final Terminal terminal;
  private final Server server;

  ManCommand(Environment environment, Terminal terminal, Server server) {
    this.environment = environment;
    this.terminal = terminal;
    this.server = server;
  }

  @Override
  public Integer call() {
    if (markdown == (output != null)) {
      terminal.err().println("say where to: --output DIR, or --markdown");
      return Exit.USAGE;
    }
    CommandLine all = CommandTree.withChapters(environment, terminal, server);
    if (markdown) {
      terminal.out().print(CommandReference.of(all));
      terminal.out().flush();
      return Exit.GOOD;
    }
    Path directory = output.resolve("man1");
    try {
      terminal.out().println(ManualPages.write(all, Version.text(), directory) + " pages in " + directory);
      return Exit.GOOD;
    } catch (IOException unwritable) {
      terminal.err().println(directory + ": cannot be written (" + unwritable.getClass().getSimpleName() + "). Fix: name a folder that you may write");
      return Exit.FOUND;
    }
  }
}
