package io.tidegate.cli;

import io.tidegate.config.Listen;
import java.io.IOException;

/** Asks a running daemon's {@code /admin/explain} about a request that it decided. */
final class RecordedExplanation {
  private static final int NOT_FOUND = 404;
  private static final int OK = 200;

  private final Terminal terminal;
  private final boolean json;

  RecordedExplanation(Terminal terminal, boolean json) {
    this.terminal = terminal;
    this.json = json;
  }

  /** The exit code. */
  int ask(Listen admin, String id) {
    if (!id.matches("[A-Za-z0-9_-]{1,64}")) {
      terminal.err().println("this is not a request id. Fix: copy it from x-tidegate-request-id");
      return Exit.USAGE;
    }
    try {
      AdminClient.Answer answer = new AdminClient(admin).get("/admin/explain?id=" + id + (json ? "" : "&as=text"));
      if (answer.status() != OK) {
        terminal.err().println(answer.status() == NOT_FOUND ? "there is no record of this request; records end after audit.retention"
            : "the daemon says: " + answer.body().strip());
        return Exit.FOUND;
      }
      terminal.out().println(answer.body().strip());
      return Exit.GOOD;
    } catch (IOException unreachable) {
      return AdminClient.nobody(terminal, admin, unreachable);
    }
  }
}
