package io.tidegate.cli;

import io.tidegate.assay.PolicyCommands;
import io.tidegate.assay.TestOptions;
import io.tidegate.classify.Classifier;
import io.tidegate.config.Environment;
import io.tidegate.daemon.RehearsalPlugs;
import java.io.PrintWriter;
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
import picocli.CommandLine.Parameters;

/** Runs the tests that stand in policies, without a daemon. */
@Command(name = "tidegate policy test", description = "Runs the tests that stand in policies, failures of upstreams included, by the daemon's own code.")
final class PolicyTestCommand implements Callable<Integer> {
  @Parameters(index = "0..*", arity = "0..*", paramLabel = "PATH",
      description = "Policy files or directories. Default: policy.directory of the configuration.")
  List<Path> paths = new ArrayList<>();

  @Option(names = "--junit", paramLabel = "FILE", description = "Also write the results as JUnit's XML.")
  @Nullable Path junit;

  @Option(names = "--min-rule-coverage", paramLabel = "PERCENT", description = "Fail if tests fire fewer of the rules.")
  int minRuleCoverage;

  @Option(names = "--min-state-coverage", paramLabel = "PERCENT",
      description = "Fail if tests say how a request ends in fewer of the failure states.")
  int minStateCoverage;

  @Option(names = "--json", description = "Print one JSON object.")
  boolean json;

  @Mixin ConfigOptions options = new ConfigOptions();

  private final Environment environment;
  private final Terminal terminal;

  PolicyTestCommand(Environment environment, Terminal terminal) {
    this.environment = environment;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    if (minRuleCoverage < 0 || minRuleCoverage > 100 || minStateCoverage < 0 || minStateCoverage > 100) {
      terminal.err().println("a coverage is a number from 0 to 100");
      return Exit.USAGE;
    }
    Optional<List<Path>> where = paths.isEmpty() ? options.load(environment, terminal).map(config -> List.of(config.policy().directory())) : Optional.of(paths);
    return where.map(named -> new PolicyCommands(Classifier::allDetectors, LocalDate.now()).test(named,
        new TestOptions(junit, minRuleCoverage, minStateCoverage, json), new RehearsalPlugs(), new PrintWriter(terminal.out(), true)))
        .orElse(Exit.BAD_CONFIGURATION);
  }
}
