package io.tidegate.cli;

import io.tidegate.assay.PolicyCommands;
import io.tidegate.classify.Classifier;
import io.tidegate.config.Environment;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Looks at policies without a daemon. */
@Command(name = "tidegate policy check", description = "Compiles policies and prints every problem.")
final class PolicyCheckCommand implements Callable<Integer> {
  @Parameters(index = "0..*", arity = "0..*", paramLabel = "PATH", description = "Policy files or directories. Default: policy.directory of the configuration.")
  List<Path> paths = new ArrayList<>();

  @Option(names = "--strict", description = "Rules that can change nothing, rules that no test fires, and lowering without a reason are problems too.")
  boolean strict;

  @Option(names = "--json", description = "Prints one JSON object.")
  boolean json;

  @Mixin ConfigOptions options = new ConfigOptions();

  private final Environment environment;
  private final Terminal terminal;

  PolicyCheckCommand(Environment environment, Terminal terminal) {
    this.environment = environment;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Optional<List<Path>> where = paths.isEmpty() ? options.load(environment, terminal).map(config -> List.of(config.policy().directory())) : Optional.of(paths);
    return where.map(named -> run(named, strict, json, new PrintWriter(terminal.out(), true))).orElse(Exit.BAD_CONFIGURATION);
  }

  /** The exit code; prints to {@code out} what came of it. */
  static int run(List<Path> paths, boolean strict, boolean json, PrintWriter out) {
    int exit = new PolicyCommands(Classifier::allDetectors, LocalDate.now()).check(paths, strict, json, out);
    out.flush();
    return exit;
  }
}
