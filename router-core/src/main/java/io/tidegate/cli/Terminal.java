package io.tidegate.cli;

import io.tidegate.model.Problem;
import java.io.PrintStream;
import java.util.List;

/**
 * Where a command prints.
 *
 * @param out results
 * @param err problems
 */
record Terminal(PrintStream out, PrintStream err) {
  /** All problems, one a line, and how many. */
  void problems(List<Problem> problems) {
    for (Problem problem : problems) {
      err.println(problem);
    }
    if (problems.size() > 1) {
      err.println(problems.size() + " problems");
    }
  }
}
