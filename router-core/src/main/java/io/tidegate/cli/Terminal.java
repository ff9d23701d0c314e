package io.tidegate.cli;

import io.tidegate.config.Environment;
import io.tidegate.model.Problem;
import io.tidegate.terminal.Progress;
import io.tidegate.terminal.Screen;
import io.tidegate.wire.JsonWriter;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
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

  /** A line on standard error that says how far a long command is, where somebody looks. */
  Progress progress(String what, Environment environment) {
    return new Progress(err, Screen.of(Screen.ERR, environment.variables()), System::nanoTime, what);
  }

  /** One JSON value on one line; what could move a terminal's cursor stands as an escape. */
  void json(JsonWriter value) {
    out.println(AuditText.escaped(new String(value.toBytes(), StandardCharsets.UTF_8)));
  }

  /** A list of problems as JSON. */
  static void problems(JsonWriter into, List<Problem> problems) {
    into.beginArray();
    for (Problem problem : problems) {
      into.beginObject().key("file").string(problem.file()).key("line").number(problem.line()).key("column").number(problem.column())
          .key("message").string(problem.message()).key("fix").string(problem.fix()).endObject();
    }
    into.endArray();
  }
}
