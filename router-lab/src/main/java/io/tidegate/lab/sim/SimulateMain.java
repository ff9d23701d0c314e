package io.tidegate.lab.sim;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code script/simulate}: prints the tables of docs/resilience.md that come from the simulator. */
@Command(name = "simulate", mixinStandardHelpOptions = true,
    description = "Plays real traffic to the router's own decisions in virtual time and prints what came of it, as Markdown.")
public final class SimulateMain implements Callable<Integer> {
  private static final List<OperatingPoint> POINTS = List.of(OperatingPoint.SHORT_OUTAGE, OperatingPoint.PARTIAL_FAULT, OperatingPoint.OVERLOAD,
      OperatingPoint.BURSTS_6, OperatingPoint.BURSTS_3);

  @Spec
  private @Nullable CommandSpec spec;

  @Option(names = "--seeds", description = "Runs of each; default ${DEFAULT-VALUE}", defaultValue = "10")
  private int seeds = 10;

  @Option(names = "--minutes", description = "Minutes of traffic in each run, at most 30; default ${DEFAULT-VALUE}", defaultValue = "30")
  private int minutes = 30;

  @Option(names = "--root", description = "The project's folder, beside which shared/traces is looked for; default: here", defaultValue = ".")
  private Path root = Path.of(".");

  public static void main(String[] args) {
    System.exit(new CommandLine(new SimulateMain()).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    CommandLine line = spec == null ? new CommandLine(this) : spec.commandLine();
    if (seeds < 1 || minutes < 1 || minutes > 30) {
      line.getErr().println("simulate: --seeds from 1, --minutes from 1 to 30");
      return 2;
    }
    PrintWriter out = line.getOut();
    RetryScorecard scorecard = new RetryScorecard(Traces.beside(root));
    for (OperatingPoint point : POINTS) {
      out.println("**" + point.name() + "**");
      out.println();
      out.println("| who asks | answered | gain over B1 (95 %) | sent / asked |");
      out.println("|---|---|---|---|");
      for (RetryScorecard.Row row : scorecard.rows(point, seeds, minutes)) {
        out.println(row.markdown());
      }
      out.println();
      out.flush();
    }
    return 0;
  }
}
