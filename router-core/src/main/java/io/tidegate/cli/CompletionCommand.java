package io.tidegate.cli;

import io.tidegate.config.Environment;
import io.tidegate.terminal.Completion;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints what a shell needs to complete command lines. */
@Command(name = "tidegate completion", description = "Prints a completion script for a shell: source <(tidegate completion bash), "
    + "or put it where the shell looks: share/bash-completion/completions/tidegate, share/zsh/site-functions/_tidegate.")
final class CompletionCommand implements Callable<Integer> {
  enum Shell { BASH, ZSH }

  @Parameters(index = "0", paramLabel = "bash|zsh", description = "Which shell.")
  Shell shell = Shell.BASH;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help.")
  boolean help;

  private final Environment environment;
  private final Terminal terminal;
  private final Server server;

  CompletionCommand(Environment environment, Terminal terminal, Server server) {
    this.environment = environment;
    this.terminal = terminal;
    this.server = server;
  }

  @Override
  public Integer call() {
    CommandLine all = CommandTree.withChapters(environment, terminal, server);
    terminal.out().print(switch (shell) {
      case BASH -> Completion.bash(all);
      case ZSH -> Completion.zsh(all);
    });
    terminal.out().flush();
    return Exit.GOOD;
  }
}
