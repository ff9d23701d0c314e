package io.tidegate.cli;

import io.tidegate.assay.PolicyCommands;
import io.tidegate.assay.proof.Proof;
import io.tidegate.classify.Classifier;
import io.tidegate.config.Environment;
import io.tidegate.daemon.RehearsalPlugs;
import io.tidegate.terminal.Progress;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Proves policies without a daemon. */
@Command(name = "tidegate policy prove",
    description = "Walks every kind of request through every state of the world, by the daemon's own code, and prints how many leak: 0, or counter-examples.")
final class ProveCommand implements Callable<Integer> {
  @Parameters(index = "0..*", arity = "0..*", paramLabel = "PATH",
      description = "Policy files or directories. Default: policy.directory of the configuration.")
  List<Path> paths = new ArrayList<>();

  @Option(names = "--json", description = "Print one JSON object.")
  boolean json;

  @Option(names = "--accept", paramLabel = "WORD", description = "Let the policy's owner stand by one thing, which then is no leak: unscannable, "
      + "floor-public, or exclusion:ID. May be given several times.")
  List<String> accepted = new ArrayList<>();

  @Mixin ConfigOptions options = new ConfigOptions();

  private final Environment environment;
  private final Terminal terminal;

  ProveCommand(Environment environment, Terminal terminal) {
    this.environment = environment;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    for (String word : accepted) {
      if (!Proof.ACCEPTABLE.contains(word) && !word.startsWith("exclusion:")) {
        terminal.err().println("--accept takes unscannable, floor-public or exclusion:ID");
        return Exit.USAGE;
      }
    }
    Optional<List<Path>> where = paths.isEmpty() ? options.load(environment, terminal).map(config -> List.of(config.policy().directory())) : Optional.of(paths);
    return where.map(this::prove).orElse(Exit.BAD_CONFIGURATION);
  }

  private int prove(List<Path> named) {
    // How many steps there are depends on the policy and is known at the end only.
    try (Progress progress = terminal.progress("steps", environment)) {
      long[] steps = {0};
      return new PolicyCommands(Classifier::allDetectors, LocalDate.now()).prove(named, new HashSet<>(accepted), json, new RehearsalPlugs(), System::nanoTime,
          () -> progress.at(++steps[0], 0), new PrintWriter(terminal.out(), true));
    }
  }
}
