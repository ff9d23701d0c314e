package io.tidegate.cli;

import io.tidegate.assay.BundleDiff;
import io.tidegate.assay.DiffReport;
import io.tidegate.assay.PolicyPaths;
import io.tidegate.policy.PolicyBundle;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says what a change of policy loosens and tightens. */
@Command(name = "tidegate policy diff", description = "Compares two policies. Exits with 0 if nothing loosened, 1 if something did or may have.")
final class DiffCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "OLD", description = "Policy file or directory as it was.")
  Path before = Path.of("");

  @Parameters(index = "1", paramLabel = "NEW", description = "Policy file or directory as it is to be.")
  Path after = Path.of("");

  @Option(names = "--json", description = "Prints one JSON object.")
  boolean json;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help.")
  boolean help;

  private final Terminal terminal;

  DiffCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    PrintWriter err = new PrintWriter(terminal.err(), true);
    int[] exit = {Exit.GOOD};
    LocalDate today = LocalDate.now();
    Optional<PolicyBundle> was = PolicyPaths.bundle(List.of(before), today, err, exit);
    Optional<PolicyBundle> is = was.isEmpty() ? Optional.empty() : PolicyPaths.bundle(List.of(after), today, err, exit);
    if (was.isEmpty() || is.isEmpty()) {
      return exit[0];
    }
    BundleDiff diff = BundleDiff.of(was.get(), is.get());
    if (json) {
      terminal.out().println(DiffReport.json(diff));
    } else {
      DiffReport.lines(diff).forEach(terminal.out()::println);
    }
    return diff.loosens() ? Exit.FOUND : Exit.GOOD;
  }
}
