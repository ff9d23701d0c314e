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
@Command(name = "tidegate policy",
    description = "check: compiles policies and prints every problem. Others: see tidegate help.")
final class PolicyCommand implements Callable<Integer> {
  enum Verb { CHECK }

  @Parameters(index = "0", paramLabel = "check", description = "What to do.")
  Verb verb = Verb.CHECK;

  @Parameters(index = "1..*", arity = "0..*", paramLabel = "PATH", description = "Policy files or directories. Default: policy.directory of the configuration.")
  List<Path> paths = new ArrayList<>();

  @Option(names = "--strict", description = "check: rules that can change nothing, rules that no test fires, and lowering without a reason are problems too.")
  boolean strict;

  @Mixin ConfigOptions options = new ConfigOptions();

  private final Environment environment;
  private final Terminal terminal;

  PolicyCommand(Environment environment, Terminal terminal) {
    this.environment = environment;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    Optional<List<Path>> where = paths.isEmpty() ? options.load(environment, terminal).map(config -> List.of(config.policy().directory())) : Optional.of(paths);
    return where.map(named -> run(verb, named, strict, new PrintWriter(terminal.out(), true))).orElse(Exit.BAD_CONFIGURATION);
  }

  /** The exit code; prints to {@code out} what came of it. */
  static int run(Verb verb, List<Path> paths, boolean strict, PrintWriter out) {
    PolicyCommands policies = new PolicyCommands(Classifier::allDetectors, LocalDate.now());
    int exit = switch (verb) {
      case CHECK -> policies.check(paths, strict, out);
    };
    out.flush();
    return exit;
  }
}
