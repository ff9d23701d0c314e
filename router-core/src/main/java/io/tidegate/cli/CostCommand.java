package io.tidegate.cli;

import io.tidegate.audit.AuditReader.Span;
import io.tidegate.config.Environment;
import io.tidegate.config.TidegateConfig;
import io.tidegate.cost.Answered;
import io.tidegate.cost.CostReport;
import io.tidegate.cost.CostReport.Cause;
import io.tidegate.wire.JsonException;
import io.tidegate.wire.JsonLimits;
import io.tidegate.wire.JsonText;
import io.tidegate.wire.JsonWriter;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What answers cost, against what they would have cost. */
@Command(name = "tidegate cost",
    description = "What answers cost, of a job's files or of all traffic, and how much less that is than a call for each to one upstream, by cause.")
final class CostCommand implements Callable<Integer> {
  @Mixin ConfigOptions options = new ConfigOptions();

  @Option(names = "--reference", paramLabel = "UPSTREAM", description = "What is compared with: every request a call to this one. Default: the first of prices.")
  @Nullable String reference;

  @Option(names = "--json", description = "For a machine to read.")
  boolean json;

  @Option(names = "--records", description = "All traffic, by the decision records in audit.directory, in place of files.")
  boolean records;

  @Option(names = "--directory", paramLabel = "DIRECTORY", description = "With --records: where they are. Default: audit.directory of the configuration.")
  @Nullable Path directory;

  @Option(names = "--since", paramLabel = "DURATION", description = "With --records: those not older than 90s, 30m, 24h, 7d.")
  @Nullable String since;

  @Parameters(paramLabel = "ANSWERS", arity = "0..*", description = "Files of answers of jobs, as /v1/files/ID/content gives them.")
  List<Path> files = List.of();

  private final Environment environment;
  private final Terminal terminal;

  CostCommand(Environment environment, Terminal terminal) {
    this.environment = environment;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (records != files.isEmpty() || !records && (directory != null || since != null)) {
      terminal.err().println("tidegate cost: either files of answers of jobs, or --records for all traffic (--directory and --since go with it)");
      return Exit.USAGE;
    }
    Span span = Span.ALL;
    try {
      span = since == null ? span : new Span(Instant.now().minus(AuditExportCommand.duration(since)), Instant.MAX);
    } catch (DateTimeException malformed) {
      terminal.err().println("--since: a number with s, m, h or d");
      return Exit.USAGE;
    }
    TidegateConfig config = options.load(environment, terminal).orElse(null);
    if (config == null) {
      return Exit.BAD_CONFIGURATION;
    }
    String against = reference != null ? reference : config.prices().isEmpty() ? "" : config.prices().get(0).upstream();
    if (config.prices().stream().noneMatch(price -> price.upstream().equals(against))) {
      terminal.err().println(against.isEmpty() ? "prices: there are none. Fix: list what your upstreams charge (docs/configuration.md)"
          : "prices: there is none of " + against + ". Fix: add it, or name another with --reference");
      return Exit.USAGE;
    }
    CostReport report = new CostReport(config.prices(), against);
    long unread = 0;
    if (records) {
      Path where = directory != null ? directory : config.audit().directory();
      if (!Files.isDirectory(where)) {
        terminal.err().println("there are no records in " + where + ". Fix: name their directory with --directory or --config");
        return Exit.USAGE;
      }
      try {
        unread = RecordedAnswers.read(where, span, report::add);
      } catch (IOException broken) {
        terminal.err().println(broken.getMessage());
        return Exit.FOUND;
      }
    }
    for (Path file : files) {
      try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          unread += add(report, line) ? 0 : 1;
        }
      } catch (IOException unreadable) {
        terminal.err().println(file + ": cannot be read (" + unreadable.getClass().getSimpleName() + ")");
        return Exit.USAGE;
      }
    }
    if (json) {
      json(report, against, unread);
    } else {
      text(report, against, unread);
    }
    return report.unpriced().isEmpty() ? Exit.GOOD : Exit.FOUND;
  }

  private static boolean add(CostReport report, String line) {
    try {
      return Answered.line(JsonText.parse(line.getBytes(StandardCharsets.UTF_8), JsonLimits.DEFAULT)).map(answer -> {
        report.add(answer);
        return true;
      }).orElse(false);
    } catch (JsonException noLine) {
      return false;
    }
  }

  private void text(CostReport report, String against, long unread) {
    terminal.out().println(String.format(Locale.ROOT, "%d answers: %.6f; each a call to %s: %.6f; %.1f %% less", report.count(), report.with(), against,
        report.without(), report.share() * 100));
    for (Cause cause : Cause.values()) {
      terminal.out().println(String.format(Locale.ROOT, "  %-7s %6.1f %%  (%d answers)", cause.name().toLowerCase(Locale.ROOT), report.share(cause) * 100,
          report.answers(cause)));
    }
    if (unread > 0) {
      terminal.out().println(unread + (records ? " answers without a count of tokens were left out" : " lines without an answer or its tokens were left out"));
    }
    report.unpriced().forEach(upstream -> terminal.err().println("prices: there is none of " + upstream + ", so its answers were left out. Fix: add it"));
  }

  private void json(CostReport report, String against, long unread) {
    JsonWriter out = new JsonWriter().beginObject().key("answers").number(report.count()).key("reference").string(against).key("without")
        .number(report.without()).key("with").number(report.with()).key("saved").number(report.share()).key("causes").beginObject();
    for (Cause cause : Cause.values()) {
      out.key(cause.name().toLowerCase(Locale.ROOT)).number(report.share(cause));
    }
    out.endObject().key("left_out").number(unread).key("unpriced").beginArray();
    report.unpriced().forEach(out::string);
    terminal.out().println(new String(out.endArray().endObject().toBytes(), StandardCharsets.UTF_8));
  }
}
