package io.tidegate.cli;

import io.tidegate.audit.AuditReader;
import io.tidegate.audit.AuditRecord;
import io.tidegate.config.Environment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Decision records for eyes. They hold no content. */
@Command(name = "tidegate audit show",
    description = "Shows what was decided about one request and why, or the last records, one a line. Records hold no content.")
final class AuditShowCommand implements Callable<Integer> {
  private static final Comparator<AuditRecord> BY_TIME = Comparator.comparing(AuditRecord::time).thenComparing(AuditRecord::chain)
      .thenComparingLong(AuditRecord::sequence);

  @Parameters(index = "0", arity = "0..1", paramLabel = "ID", description = "An x-tidegate-request-id. Without: the last records.")
  @Nullable String request;

  @Option(names = "--last", paramLabel = "N", description = "How many records without an ID, newest last. Default: ${DEFAULT-VALUE}.")
  int last = 20;

  @Option(names = "--json", description = "Prints JSON, one record a line, as audit export does.")
  boolean json;

  @Mixin AuditDirectory where = new AuditDirectory();

  private final Environment environment;
  private final Terminal terminal;

  AuditShowCommand(Environment environment, Terminal terminal) {
    this.environment = environment;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    String id = request;
    if (id != null && !id.matches("[A-Za-z0-9_-]{1,64}")) {
      terminal.err().println("this is not a request id. Fix: copy it from x-tidegate-request-id; where the records are says --directory");
      return Exit.USAGE;
    }
    if (last < 1) {
      terminal.err().println("--last: a number from 1 on");
      return Exit.USAGE;
    }
    return where.with(environment, terminal, null, directory -> id == null ? newest(directory) : one(directory, id));
  }

  private int one(Path directory, String id) {
    try {
      Optional<AuditReader.Found> found = AuditReader.find(directory, id);
      if (found.isEmpty()) {
        terminal.err().println("no record of this request in " + directory + ": never decided here, or older than what is kept");
        return Exit.FOUND;
      }
      AuditReader.Found one = found.get();
      if (json) {
        terminal.out().println(AuditText.json(one.decided()));
        if (one.ended() != null) {
          terminal.out().println(AuditText.json(one.ended()));
        }
        return Exit.GOOD;
      }
      AuditText.whole(one).forEach(terminal.out()::println);
      return Exit.GOOD;
    } catch (IOException broken) {
      terminal.err().println(AuditText.fault(broken));
      return Exit.FOUND;
    }
  }

  private int newest(Path directory) {
    // Each event loop has a chain of its own; for eyes they become one by time.
    PriorityQueue<AuditRecord> newest = new PriorityQueue<>(BY_TIME);
    int exit = Exit.GOOD;
    try {
      AuditReader.read(directory, record -> {
        newest.add(record);
        if (newest.size() > last) {
          newest.remove();
        }
      });
    } catch (IOException broken) {
      // What was readable before the fault is shown all the same.
      terminal.err().println(AuditText.fault(broken));
      exit = Exit.FOUND;
    }
    newest.stream().sorted(BY_TIME).map(json ? AuditText::json : AuditText::line).forEach(terminal.out()::println);
    return exit;
  }
}
