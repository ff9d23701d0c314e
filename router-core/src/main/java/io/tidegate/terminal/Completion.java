package io.tidegate.terminal;

import picocli.AutoComplete;
import picocli.CommandLine;

/** Completion of command lines by a shell. */
public final class Completion {
  private Completion() {}

  /** To be sourced by bash, or installed as {@code share/bash-completion/completions/tidegate}. */
  public static String bash(CommandLine root) {
    return AutoComplete.bash(root.getCommandName(), root);
  }

  /** To be installed as {@code _tidegate} in a directory of {@code fpath}: zsh's own layer for bash's completion runs the same script. */
  public static String zsh(CommandLine root) {
    return "#compdef " + root.getCommandName() + "\nautoload -U +X compinit bashcompinit\n(( $+functions[compdef] )) || compinit\nbashcompinit\n" + bash(root);
  }
}
