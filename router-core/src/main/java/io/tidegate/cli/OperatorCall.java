package io.tidegate.cli;

import io.tidegate.config.Environment;
import io.tidegate.config.Listen;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;

/** Asks a running daemon for what only an operator may ask. */
final class OperatorCall {
  /** More than the daemon gives itself to read things again. */
  private static final int RELOAD_SECONDS = 35;

  @Mixin ConfigOptions options = new ConfigOptions();

  @Mixin OperatorKey operator = new OperatorKey();

  /** What is asked, and the exit code that the answer means. */
  @FunctionalInterface
  interface Question {
    int ask(AdminClient client, @Nullable String key) throws IOException;
  }

  /** The exit code: of the question, or of what stood in its way, which is printed. */
  int ask(Environment environment, Terminal terminal, Question question) {
    return options.load(environment, terminal).map(config -> ask(terminal, config.admin().listen(), question)).orElse(Exit.BAD_CONFIGURATION);
  }

  /** Asks for a reload and prints what came of it: one JSON object, and on standard error what was wrong. */
  int reload(Environment environment, Terminal terminal, String path) {
    return ask(environment, terminal, (client, key) -> {
      AdminClient.Answer answer = client.post(path, RELOAD_SECONDS, key);
      terminal.out().println(answer.body().strip());
      ReloadProblems.print(answer.body(), terminal);
      return answer.status() == 200 ? Exit.GOOD : Exit.FOUND;
    });
  }

  private int ask(Terminal terminal, Listen admin, Question question) {
    String key;
    try {
      key = operator.read();
    } catch (IOException unusable) {
      terminal.err().println(unusable.getMessage());
      return Exit.USAGE;
    }
    try {
      return question.ask(new AdminClient(admin), key);
    } catch (IOException unreachable) {
      return AdminClient.nobody(terminal, admin, unreachable);
    }
  }
}
