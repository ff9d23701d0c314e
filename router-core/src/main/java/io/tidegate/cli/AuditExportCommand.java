package io.tidegate.cli;

import io.tidegate.audit.AuditReader;
import io.tidegate.audit.AuditReader.Span;
import io.tidegate.config.Environment;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Decision records as JSON lines, for machines. */
@Command(name = "tidegate audit export",
    description = "Prints decision records as JSON lines, chain by chain, each chain in its order. Records hold no content.")
final class AuditExportCommand implements Callable<Integer> {
  @Option(names = "--from", paramLabel = "TIME", description = "Not before: 2026-11-25 or 2026-11-25T08:00:00Z.")
  @Nullable String from;

  @Option(names = "--to", paramLabel = "TIME", description = "Before.")
  @Nullable String to;

  @Option(names = "--since", paramLabel = "DURATION", description = "Not older than: 90s, 30m, 24h, 7d.")
  @Nullable String since;

  @Option(names = "--request", paramLabel = "ID", description = "Only the records of this x-tidegate-request-id.")
  @Nullable String request;

  @Option(names = "--json", description = "Prints JSON, one record a line; it does so without this, too.")
  boolean json;

  @Mixin AuditDirectory where = new AuditDirectory();

  private final Environment environment;
  private final Terminal terminal;

  AuditExportCommand(Environment environment, Terminal terminal) {
    this.environment = environment;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Span span;
    try {
      Instant begin = from != null ? time(from) : since != null ? Instant.now().minus(duration(since)) : Instant.MIN;
      span = new Span(begin, to == null ? Instant.MAX : time(to));
    } catch (DateTimeException | IllegalArgumentException malformed) {
      terminal.err().println("--from, --to: a day or an instant such as 2026-11-25 or 2026-11-25T08:00:00Z; --since: a number with s, m, h or d");
      return Exit.USAGE;
    }
    return where.with(environment, terminal, null, directory -> export(directory, span));
  }

  private int export(Path directory, Span span) {
    try {
      AuditReader.read(directory, span, record -> {
        if (request == null || request.equals(record.requestId())) {
          terminal.out().println(AuditText.json(record));
        }
      });
      return Exit.GOOD;
    } catch (IOException broken) {
      // What was readable before the fault was printed all the same.
      terminal.err().println(AuditText.fault(broken));
      return Exit.FOUND;
    }
  }

  private static Instant time(String text) {
    return text.length() == "2026-11-25".length() ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant() : Instant.parse(text);
  }

  static Duration duration(String text) {
    String upper = text.toUpperCase(Locale.ROOT);
    return Duration.parse(upper.endsWith("D") ? "P" + upper : "PT" + upper);
  }
}
