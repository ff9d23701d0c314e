package io.tidegate.cli;

import io.tidegate.audit.AuditReader;
import io.tidegate.audit.AuditRecord;
import io.tidegate.config.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reads decision records back: {@code show} for eyes, {@code export} as JSON lines. They hold no content. */
@Command(name = "tidegate audit",
    description = "Reads decision records, which hold no content. show: the last ones, one a line. export: all of them as JSON lines.")
final class AuditCommand implements Callable<Integer> {
  private static final Comparator<AuditRecord> BY_TIME = Comparator.comparing(AuditRecord::time).thenComparingLong(AuditRecord::sequence);

  enum Verb { SHOW, EXPORT }

  @Parameters(index = "0", paramLabel = "show|export", description = "What to do.")
  Verb verb = Verb.SHOW;

  @Option(names = "--directory", paramLabel = "DIRECTORY", description = "Where the records are. Default: audit.directory of the configuration.")
  @Nullable Path directory;

  @Option(names = "--request", paramLabel = "ID", description = "Only the records of this x-tidegate-request-id.")
  @Nullable String request;

  @Option(names = "--last", paramLabel = "N", description = "show: how many records, newest last. Default: ${DEFAULT-VALUE}.")
  int last = 20;

  @Mixin ConfigOptions options = new ConfigOptions();

  private final Environment environment;
  private final Terminal terminal;

  AuditCommand(Environment environment, Terminal terminal) {
    this.environment = environment;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Path named = directory;
    Optional<Path> where = named != null ? Optional.of(named) : options.load(environment, terminal).map(config -> config.audit().directory());
    return where.map(this::read).orElse(Exit.BAD_CONFIGURATION);
  }

  private int read(Path records) {
    if (!Files.isDirectory(records)) {
      terminal.err().println("there are no records in " + records + ". Fix: name their directory with --directory or --config");
      return Exit.FOUND;
    }
    // Each event loop has a chain of its own; for eyes they become one by time.
    PriorityQueue<AuditRecord> newest = new PriorityQueue<>(BY_TIME);
    Consumer<AuditRecord> show = record -> {
      newest.add(record);
      if (newest.size() > Math.max(1, last)) {
        newest.remove();
      }
    };
    Consumer<AuditRecord> export = record -> terminal.out().println(AuditText.json(record));
    int exit = Exit.GOOD;
    try {
      AuditReader.read(records, record -> {
        if (request == null || request.equals(record.requestId())) {
          (verb == Verb.SHOW ? show : export).accept(record);
        }
      });
    } catch (IOException broken) {
      // What was readable before the fault is shown all the same.
      terminal.err().println(broken.getMessage());
      exit = Exit.FOUND;
    }
    newest.stream().sorted(BY_TIME).map(AuditText::line).forEach(terminal.out()::println);
    return exit;
  }
}
