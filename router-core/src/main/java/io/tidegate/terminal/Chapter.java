package io.tidegate.terminal;

import picocli.CommandLine;

/** Commands of a program beside the daemon's, such as {@code tidegate model}, for completion and manual pages: found by {@code ServiceLoader}. */
public interface Chapter {
  /** The word after {@code tidegate}. */
  String name();

  /** Its commands, of which none is run. */
  CommandLine commands();
}
