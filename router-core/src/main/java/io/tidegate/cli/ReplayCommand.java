package io.tidegate.cli;

import io.tidegate.assay.AllowedChanges;
import io.tidegate.assay.PolicyPaths;
import io.tidegate.assay.Replay;
import io.tidegate.assay.ReplayReport;
import io.tidegate.audit.AuditReader;
import io.tidegate.audit.AuditRecord.Decided;
import io.tidegate.config.Environment;
import io.tidegate.daemon.RecordedDecisions;
import io.tidegate.model.Problem;
import io.tidegate.policy.PolicyBundle;
import io.tidegate.terminal.Progress;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Judges recorded decisions again under another policy. */
@Command(name = "tidegate policy replay", description = "Judges recorded decisions again under another policy: recorded x new, and the rules that made the difference. "
    + "Exits with 1 if one loosened that --allow does not name, or could not be judged.")
final class ReplayCommand implements Callable<Integer> {
  @Option(names = "--from", paramLabel = "DIRECTORY", description = "Where the records are. Default: audit.directory of the configuration.")
  @Nullable Path from;

  @Option(names = "--policy", required = true, paramLabel = "PATH", description = "Policy file or directory to judge under.")
  Path policy = Path.of("");

  @Option(names = "--old", paramLabel = "PATH", description = "The policy that decided, to know which detectors ran then.")
  @Nullable Path old;

  @Option(names = "--allow", paramLabel = "FILE", description = "Loosenings that were approved, one a line: restricted -> internal: rule-id, rule-id")
  @Nullable Path allow;

  @Option(names = "--json", description = "Prints one JSON object.")
  boolean json;

  @Mixin ConfigOptions options = new ConfigOptions();

  private final Environment environment;
  private final Terminal terminal;

  ReplayCommand(Environment environment, Terminal terminal) {
    this.environment = environment;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Path where = from != null ? from : options.load(environment, terminal).map(config -> config.audit().directory()).orElse(null);
    if (where == null) {
      return Exit.BAD_CONFIGURATION;
    }
    if (!Files.isDirectory(where)) {
      terminal.err().println("there are no records in " + where + ". Fix: name their directory with --from");
      return Exit.USAGE;
    }
    Optional<AllowedChanges> allowed = allowed();
    if (allowed.isEmpty()) {
      return Exit.USAGE;
    }
    PrintWriter err = new PrintWriter(terminal.err(), true);
    int[] exit = {Exit.GOOD};
    Path decided = old;
    LocalDate today = LocalDate.now();
    Optional<PolicyBundle> now = PolicyPaths.bundle(List.of(policy), today, err, exit);
    Optional<PolicyBundle> then = now.isEmpty() || decided == null ? Optional.empty() : PolicyPaths.bundle(List.of(decided), today, err, exit);
    if (now.isEmpty() || decided != null && then.isEmpty()) {
      return exit[0];
    }
    return replay(where, new Replay(now.get(), then.orElse(null)), allowed.get());
  }

  private int replay(Path where, Replay replay, AllowedChanges allowed) {
    boolean whole = true;
    try (Progress progress = terminal.progress("decisions", environment)) {
      AuditReader.read(where, record -> {
        if (record instanceof Decided decided) {
          replay.add(RecordedDecisions.of(decided));
          progress.at(replay.records(), 0);
        }
      });
    } catch (IOException broken) {
      // What was readable before the fault was judged; the rest was not, so nothing is proven.
      terminal.err().println(AuditText.fault(broken));
      whole = false;
    }
    if (json) {
      terminal.out().println(ReplayReport.json(replay, allowed));
    } else {
      ReplayReport.lines(replay, allowed).forEach(terminal.out()::println);
    }
    return whole && ReplayReport.good(replay, allowed) ? Exit.GOOD : Exit.FOUND;
  }

  /** Empty after problems. */
  private Optional<AllowedChanges> allowed() {
    if (allow == null) {
      return Optional.of(AllowedChanges.NONE);
    }
    List<Problem> problems = new ArrayList<>();
    try {
      AllowedChanges read = AllowedChanges.read(allow.toString(), Files.readAllLines(allow), problems);
      terminal.problems(problems);
      return problems.isEmpty() ? Optional.of(read) : Optional.empty();
    } catch (IOException e) {
      terminal.err().println(allow + ": cannot be read (" + e.getClass().getSimpleName() + ")");
      return Optional.empty();
    }
  }
}
